// What a one-time link leads to: what it is for, a name, a passkey. Nothing is used up before the passkey is made.
import { useEffect, useState } from 'react'
import type { Problem } from '../../graphql/problem.ts'
import { At } from '../../ui/age.tsx'
import { Button } from '../../ui/button.tsx'
import { deviceWord } from '../../ui/device-word.ts'
import { Field } from '../../ui/field.tsx'
import { suggestName } from '../pairing/this-device.ts'
import type { OpenedInvitation, SignedIn } from './documents.ts'
import { acceptInvitation, openInvitation } from './sign-in.ts'
import { invitationWords } from './sign-in-words.ts'

export function InvitationForm(props: {
  code: string
  /** A device that is somebody's already takes up a link only for that very person. */
  isSomebodys: boolean
  onSignedIn: (signed: SignedIn) => void
  onProblem: (problem: Problem) => void
  onLeave: () => void
}) {
  const { code, onProblem } = props
  const [opened, setOpened] = useState<OpenedInvitation | null>(null)
  const [personName, setPersonName] = useState('')
  const [deviceName, setDeviceName] = useState(() => suggestName(navigator))
  const [busy, setBusy] = useState(false)
  const word = deviceWord()
  useEffect(() => {
    let gone = false
    void openInvitation(code).then((answer) => {
      if (gone) return
      if ('problem' in answer) return onProblem(answer.problem)
      setOpened(answer.value)
      setPersonName(answer.value.kind === 'OWNER' ? '' : answer.value.name)
    })
    return () => {
      gone = true
    }
  }, [code, onProblem])
  if (opened === null)
    return (
      <p className="pair-waiting" role="status">
        Reading the link
      </p>
    )
  const { title, text } = invitationWords(opened)
  const asksName = opened.kind !== 'PASSKEY'
  const take = async () => {
    setBusy(true)
    const names = {
      personName: personName.trim(),
      deviceName: deviceName.trim() || suggestName(navigator),
      passkeyName: deviceName.trim() || suggestName(navigator),
    }
    const answer = await acceptInvitation(code, names)
    setBusy(false)
    if ('problem' in answer) props.onProblem(answer.problem)
    else props.onSignedIn(answer.value)
  }
  if (props.isSomebodys && asksName)
    return (
      <div className="pair-form">
        <h1 className="type-screen">{title}</h1>
        <p>
          This {word} is paired already. Open the link in another browser, or unpair this {word} first under Settings.
        </p>
        <div className="pair-foot">
          <Button tall block onClick={props.onLeave}>
            Back to the sessions
          </Button>
        </div>
      </div>
    )
  return (
    <form
      className="pair-form"
      onSubmit={(event) => {
        event.preventDefault()
        void take()
      }}
    >
      <h1 className="type-screen">{title}</h1>
      <p>{text}</p>
      {asksName && (
        <Field
          label="Your name"
          value={personName}
          onChange={setPersonName}
          maxLength={120}
          autoComplete="name"
          hint="Shown on your screens, and to the admins of your organisation if you belong to one."
        />
      )}
      <Field
        label={`Name of this ${word}`}
        value={deviceName}
        onChange={setDeviceName}
        maxLength={120}
        autoComplete="off"
      />
      <div className="pair-foot">
        <p className="pair-valid">
          The link is good until <At at={opened.expiresAt} />
        </p>
        <Button type="submit" icon="key" tall block waiting={busy} disabled={asksName && personName.trim() === ''}>
          {busy ? 'Waiting for you' : 'Make a passkey'}
        </Button>
      </div>
    </form>
  )
}
