// Pairing this device: the QR's fragment or a typed code, then the match code and the key press at the terminal (mockup 08).
import '../features/pairing/pairing.css'
import { useEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { type PairingLink, parsePairingFragment } from '../../protocol/pairing.ts'
import { CodeField, isWholeCode, shownCode } from '../features/pairing/code-field.tsx'
import { FailureView } from '../features/pairing/failure-view.tsx'
import type { Step } from '../features/pairing/handshake.ts'
import { MatchForDevice } from '../features/pairing/match-view.tsx'
import { isUninstalledApple, suggestName } from '../features/pairing/this-device.ts'
import { useHandshake } from '../features/pairing/use-handshake.ts'
import { keysArePossible, readDeviceKey } from '../keys/device-key.ts'
import { useIdentityStore } from '../keys/identity-context.tsx'
import { Age } from '../ui/age.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { deviceWord } from '../ui/device-word.ts'
import { Field } from '../ui/field.tsx'
import { Icon } from '../ui/icon.tsx'
import { Note } from '../ui/note.tsx'

/** Reads the fragment once and takes it out of the address: it holds a secret that history must not keep. */
function takeFragment(): PairingLink | null {
  const link = parsePairingFragment(window.location.hash)
  if (window.location.hash !== '') window.history.replaceState(window.history.state, '', window.location.pathname)
  return link
}

function NoKeys() {
  return (
    <div role="alert" className="pair-failure">
      <h1 className="type-screen">This address cannot hold a key</h1>
      <p>
        Browsers give keys, notifications and offline use to https pages only, and this is {window.location.origin}.
        Open Offdesk by its https address: on the workstation, offdesk serve --reach tailscale sets one up or says what
        is missing.
      </p>
    </div>
  )
}

export default function PairScreen() {
  const [, go] = useLocation()
  const identity = useIdentityStore()
  const [link, setLink] = useState(takeFragment)
  const [code, setCode] = useState('')
  const [name, setName] = useState(() => suggestName(navigator))
  const { step, start, refuse, reset } = useHandshake()
  const kept = useRef(false)
  const word = deviceWord()

  useEffect(() => {
    // A QR scanned while this page is open changes the fragment only.
    const onHash = () => {
      const next = takeFragment()
      if (next) setLink(next)
    }
    window.addEventListener('hashchange', onHash)
    return () => window.removeEventListener('hashchange', onHash)
  }, [])

  const finish = async (done: Extract<Step, { kind: 'done' }>) => {
    const key = await readDeviceKey()
    if (!key) return
    const { pairing, token } = done
    await identity.keep({
      token,
      deviceId: key.id,
      deviceName: name,
      hostId: pairing.hostId,
      hostName: pairing.openerName,
      pairedAt: new Date().toISOString(),
    })
    go(pairing.sessionId === null ? '/' : `/s/${pairing.sessionId}`, { replace: true })
  }
  useEffect(() => {
    if (step.kind !== 'done' || kept.current) return
    kept.current = true
    void finish(step)
  })

  const pair = () => {
    const deviceName = name.trim() || suggestName(navigator)
    start({ code: link?.code ?? code, link, purpose: 'PAIR_DEVICE', deviceName })
  }
  const otherCode = () => {
    setLink(null)
    setCode('')
    reset()
  }

  const begin = () => (
    <form
      className="pair-form"
      onSubmit={(event) => {
        event.preventDefault()
        pair()
      }}
    >
      <h1 className="type-screen">Pair this {word}</h1>
      {link ? (
        <p>
          The code <strong className="num">{shownCode(link.code)}</strong> was read from the QR. Next, both sides show a
          match code and you press y at the terminal.
        </p>
      ) : (
        <CodeField
          code={code}
          onChange={setCode}
          hint="Eight letters and digits, under the QR in the terminal. Ctrl+E shows them."
        />
      )}
      <Field
        label={`Name of this ${word}`}
        value={name}
        onChange={setName}
        maxLength={120}
        autoComplete="off"
        hint="The workstation shows it when it asks."
      />
      {isUninstalledApple() && (
        <Note icon="info">
          Using the home screen? Add Offdesk to it first and pair inside it: the installed app does not share Safari’s
          storage.
          {link && <> There, type the code {shownCode(link.code)}.</>}
        </Note>
      )}
      <div className="pair-foot">
        <Button type="submit" tall block disabled={!link && !isWholeCode(code)}>
          Pair this {word}
        </Button>
        {link && (
          <Button kind="quiet" tall block onClick={otherCode}>
            Type another code
          </Button>
        )}
      </div>
    </form>
  )

  const content = () => {
    if (!keysArePossible()) return <NoKeys />
    switch (step.kind) {
      case 'none':
        return begin()
      case 'claiming':
      case 'revealing':
        return (
          <>
            <h1 className="type-screen">Pair this {word}</h1>
            <p className="pair-waiting" role="status">
              <Icon name="working" size={18} />
              <span>
                {step.kind === 'claiming' ? 'Asking the server' : `Waiting for ${step.pairing.openerName}`},{' '}
                <Age since={step.sinceMs} />
              </span>
            </p>
          </>
        )
      case 'matching':
        return <MatchForDevice step={step} deviceName={name} onDiffer={refuse} />
      case 'done':
        return <h1 className="type-screen">Paired with {step.pairing.openerName}</h1>
      case 'failed':
        return (
          <FailureView
            failure={step.failure}
            purpose="PAIR_DEVICE"
            onRetry={pair}
            onOtherCode={otherCode}
            onLeave={() => go('/')}
          />
        )
    }
  }

  return (
    <main className="pair">
      <div className="pair-top">
        <IconButton icon="cross" label="Close" onClick={() => (step.kind === 'none' ? go('/') : otherCode())} />
      </div>
      {content()}
    </main>
  )
}
