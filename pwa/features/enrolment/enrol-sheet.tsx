// A new workstation joins: its code is typed here, both sides show a match code, and this person confirms (ENROL_HOST).
import '../pairing/pairing.css'
import { useEffect, useState } from 'react'
import { useIdentity } from '../../keys/identity-context.tsx'
import { Age } from '../../ui/age.tsx'
import { Answers, Button } from '../../ui/button.tsx'
import { deviceWord } from '../../ui/device-word.ts'
import { Icon } from '../../ui/icon.tsx'
import { Note } from '../../ui/note.tsx'
import { Sheet, SheetPart } from '../../ui/sheet.tsx'
import { CodeField, isWholeCode } from '../pairing/code-field.tsx'
import { FailureView } from '../pairing/failure-view.tsx'
import { MatchForHost } from '../pairing/match-view.tsx'
import { useHandshake } from '../pairing/use-handshake.ts'
import { useDoors, type WhyNot, whyNotWords } from '../sign-in/doors.ts'
import { AskAgainAnswers, AskAgainFirst, AskAgainInstead, AskedAgain, useAskAgain } from './ask-again.tsx'
import { useConsent } from './consent.ts'

/** Said before a code is typed in vain (F3): whoever comes from `offdesk login` opens this sheet by its address. */
function MayNot({ why }: { why: WhyNot }) {
  return (
    <>
      <h2 className="type-sheet">This {deviceWord()} may not add a workstation</h2>
      <p>{whyNotWords(why)}</p>
    </>
  )
}

export function EnrolSheet(props: { onClose: () => void; onJoined: () => void }) {
  const identity = useIdentity()
  const [code, setCode] = useState('')
  const [confirming, setConfirming] = useState(false)
  const { step, start, refuse, confirm, reset } = useHandshake()
  const { onJoined } = props
  const { consent, asks } = useConsent()
  const doors = useDoors()
  const [otherwise, setOtherwise] = useState(false)
  const again = useAskAgain(asks ? null : (doors?.provider ?? null))
  const asksFirst = again !== null && again.freshUntilMs === null && !otherwise && step.kind === 'none'
  const mayNot = step.kind === 'none' ? (doors?.whyNotEnrol ?? null) : null
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
  const anew = () => {
    setCode('')
    reset()
  }
  const content = () => {
    switch (step.kind) {
      case 'none':
        if (mayNot) return <MayNot why={mayNot} />
        if (again && asksFirst) return <AskAgainFirst ask={again} onOtherwise={() => setOtherwise(true)} />
        return (
          <>
            <h2 className="type-sheet">Add a workstation</h2>
            <p>
              On the new machine, run <code className="mono">offdesk login {window.location.origin}</code>. It shows a
              code.
            </p>
            <CodeField
              code={code}
              onChange={setCode}
              hint="Eight letters and digits, from the new machine’s terminal."
            />
            {again && again.freshUntilMs !== null && <AskedAgain name={again.name} untilMs={again.freshUntilMs} />}
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
          >
            {again && <AskAgainInstead ask={again} />}
          </MatchForHost>
        )
      case 'done':
        return (
          <>
            <h2 className="type-sheet">{step.pairing.openerName} has joined</h2>
            <Note icon="info">
              One key press is left at its own terminal: y, if it shows the same code. Until then it takes no orders
              from here.
            </Note>
          </>
        )
      case 'failed':
        return (
          <FailureView
            failure={step.failure}
            purpose="ENROL_HOST"
            onRetry={add}
            onOtherCode={anew}
            onLeave={props.onClose}
          />
        )
    }
  }
  const footer = mayNot ? (
    <Button kind="quiet" tall block onClick={props.onClose}>
      Close
    </Button>
  ) : again && asksFirst ? (
    <AskAgainAnswers ask={again} onCancel={props.onClose} />
  ) : step.kind === 'none' ? (
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
      guardKey={asksFirst ? 'first' : step.kind}
      {...(footer === undefined ? {} : { footer })}
    >
      <SheetPart>
        <div className="enrol">{content()}</div>
      </SheetPart>
    </Sheet>
  )
}
