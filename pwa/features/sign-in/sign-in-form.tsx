// The ways into a server for somebody who has been here before: their passkey, their organisation, or a workstation's QR.
import { useEffect, useState } from 'react'
import { ask } from '../../graphql/ask.ts'
import type { Problem } from '../../graphql/problem.ts'
import { passkeysArePossible } from '../../keys/passkeys.ts'
import { Button } from '../../ui/button.tsx'
import { deviceWord } from '../../ui/device-word.ts'
import { Field } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import { suggestName } from '../pairing/this-device.ts'
import { type SignedIn, SignInOptionsDocument } from './documents.ts'
import { beginOidc, signInWithPasskey } from './sign-in.ts'

/** Whether anybody signs in here with a passkey; while it is not known, as if. */
function useAnyPasskey(): boolean {
  const [any, setAny] = useState(true)
  useEffect(() => {
    let gone = false
    void ask(SignInOptionsDocument, {}).then(
      ({ signInOptions }) => !gone && setAny(signInOptions.passkeys),
      () => undefined,
    )
    return () => {
      gone = true
    }
  }, [])
  return any
}

export function SignInForm(props: {
  /** The organisation's short name, where the address names one. */
  handle: string | null
  onSignedIn: (signed: SignedIn) => void
  onProblem: (problem: Problem) => void
  onPair: () => void
}) {
  const [name, setName] = useState(() => suggestName(navigator))
  const [handle, setHandle] = useState(props.handle ?? '')
  const [busy, setBusy] = useState<'passkey' | 'organisation' | null>(null)
  const anyPasskey = useAnyPasskey()
  const word = deviceWord()
  const byPasskey = async () => {
    setBusy('passkey')
    const answer = await signInWithPasskey(name.trim() || suggestName(navigator))
    setBusy(null)
    if ('problem' in answer) props.onProblem(answer.problem)
    else props.onSignedIn(answer.value)
  }
  const byOrganisation = async () => {
    setBusy('organisation')
    const answer = await beginOidc(handle.trim())
    if ('value' in answer) return window.location.assign(answer.value)
    setBusy(null)
    props.onProblem(answer.problem)
  }
  const mayPasskey = anyPasskey && passkeysArePossible()
  return (
    <div className="pair-form">
      <h1 className="type-screen">Sign in</h1>
      <p>
        From here you see your sessions. A workstation takes orders from this {word} once you have let it, at its
        terminal or from a device it trusts.
      </p>
      {mayPasskey && (
        <form
          className="sign-in-way"
          onSubmit={(event) => {
            event.preventDefault()
            void byPasskey()
          }}
        >
          <Field label={`Name of this ${word}`} value={name} onChange={setName} maxLength={120} autoComplete="off" />
          <Button
            type="submit"
            kind={props.handle === null ? 'primary' : 'quiet'}
            icon="key"
            tall
            block
            waiting={busy === 'passkey'}
          >
            {busy === 'passkey' ? 'Waiting for you' : 'Sign in with a passkey'}
          </Button>
        </form>
      )}
      {!anyPasskey && (
        <Note icon="info">
          Nobody has a passkey for this server yet. Its owner makes the first one with the link that the server prints
          when it starts.
        </Note>
      )}
      {anyPasskey && !mayPasskey && (
        <Note icon="info">
          This address cannot hold a passkey. Open Offdesk by its https address, in a browser with a screen lock.
        </Note>
      )}
      <form
        className="sign-in-way"
        onSubmit={(event) => {
          event.preventDefault()
          void byOrganisation()
        }}
      >
        <Field
          label="Or with your organisation"
          placeholder="its short name"
          value={handle}
          onChange={setHandle}
          maxLength={64}
          autoComplete="organization"
          autoCapitalize="none"
          spellCheck={false}
          hint="You go on at its own sign-in page and come back here."
        />
        <Button
          type="submit"
          kind={props.handle === null ? 'quiet' : 'primary'}
          icon="building"
          tall
          block
          disabled={handle.trim() === ''}
          waiting={busy === 'organisation'}
        >
          {busy === 'organisation' ? 'Going there' : 'Go to its sign-in page'}
        </Button>
      </form>
      <div className="pair-foot">
        <Button kind="quiet" tall block icon="qr" onClick={props.onPair}>
          Pair with a workstation
        </Button>
      </div>
    </div>
  )
}
