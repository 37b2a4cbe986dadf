// A new workstation joins: its code is typed here, both sides show a match code, and this person confirms (ENROL_HOST).
import '../pairing/pairing.css'
import { useEffect, useState } from 'react'
import { useIdentity } from '../../keys/identity-context.tsx'
import { Age } from '../../ui/age.tsx'
import { Answers, Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Note } from '../../ui/note.tsx'
import { Sheet, SheetPart } from '../../ui/sheet.tsx'
import { CodeField, isWholeCode } from '../pairing/code-field.tsx'
import { FailureView } from '../pairing/failure-view.tsx'
import { MatchForHost } from '../pairing/match-view.tsx'
import { useHandshake } from '../pairing/use-handshake.ts'
import { useConsent } from './consent.ts'

export function EnrolSheet(props: { onClose: () => void; onJoined: () => void }) {
  const identity = useIdentity()
  const [code, setCode] = useState('')
  const [confirming, setConfirming] = useState(false)
  const { step, start, refuse, confirm, reset } = useHandshake()
  const { onJoined } = props
  const { consent, asks } = useConsent()
  const still = step.kind === 'matching' ? step.still : null
  useEffect(() => {
    if (still !== null) setConfirming(false)
  }, [still])

  useEffect(() => {
    if (step.kind === 'done') onJoined()
  }, [step.kind, onJoined])

  const add = () => {
    if (identity.kind !== 'paired') return
    const { token, deviceName } = identity.identity
    setConfirming(false)
    start({ code, link: null, purpose: 'ENROL_HOST', deviceName, ownToken: token })
  }
  const again = () => {
    setCode('')
    reset()
  }
  const content = () => {
    switch (step.kind) {
      case 'none':
        return (
          <>
            <h2 className="type-sheet">Add a workstation</h2>
            <p>
              On the new machine, run <code className="mono">offdesk login</code> with this server’s address. It shows a
              code.
            </p>
            <CodeField code={code} onChange={setCode} hint="Eight signs, from the new machine's terminal." />
          </>
        )
      case 'claiming':
      case 'revealing':
        return (
          <p className="pair-waiting" role="status">
            <Icon name="working" size={18} />
            <span>
              {step.kind === 'claiming' ? 'Asking the server' : `Waiting for ${step.pairing.openerName}`},{' '}
              <Age since={step.sinceMs} />
            </span>
          </p>
        )
      case 'matching':
        return (
          <MatchForHost
            step={step}
            confirming={confirming}
            asksPasskey={asks}
            onSame={() => {
              setConfirming(true)
              void consent().then(confirm)
            }}
            onDiffer={refuse}
          />
        )
      case 'done':
        return (
          <>
            <h2 className="type-sheet">{step.pairing.openerName} has joined</h2>
            <Note icon="info">
              It asks once at its own terminal which devices it trusts. Until then it takes no orders from here.
            </Note>
          </>
        )
      case 'failed':
        return <FailureView failure={step.failure} onRetry={add} onOtherCode={again} onLeave={props.onClose} />
    }
  }
  const footer =
    step.kind === 'none' ? (
      <Answers>
        <Button kind="quiet" tall onClick={props.onClose}>
          Cancel
        </Button>
        <Button tall disabled={!isWholeCode(code)} onClick={add}>
          Add it
        </Button>
      </Answers>
    ) : step.kind === 'done' ? (
      <Button kind="quiet" tall block onClick={props.onClose}>
        Close
      </Button>
    ) : undefined
  return (
    <Sheet
      open
      onClose={props.onClose}
      label="Add a workstation"
      guardKey={step.kind}
      {...(footer === undefined ? {} : { footer })}
    >
      <SheetPart>
        <div className="enrol">{content()}</div>
      </SheetPart>
    </Sheet>
  )
}
