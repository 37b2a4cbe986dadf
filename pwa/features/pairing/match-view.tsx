// The match code and what to compare it with (mockup 08). The person decides; this view only shows.
import type { ReactNode } from 'react'
import { spaced } from '../../../protocol/pairing.ts'
import { Age, Countdown } from '../../ui/age.tsx'
import { Button } from '../../ui/button.tsx'
import { deviceWord } from '../../ui/device-word.ts'
import { Icon } from '../../ui/icon.tsx'
import { Note } from '../../ui/note.tsx'
import { rungSentence } from '../devices/rung-words.ts'
import type { Step } from './handshake.ts'

type Matching = Extract<Step, { kind: 'matching' }>

function BigCode({ code }: { code: string }) {
  return (
    // Read sign by sign: as a word a screen reader would make one up.
    <p className="pair-match type-match" role="img" aria-label={`Match code ${[...code].join(' ')}`}>
      {spaced(code)}
    </p>
  )
}

/** A device waits for the key press at the terminal. */
export function MatchForDevice(props: { step: Matching; deviceName: string; onDiffer: () => void }) {
  const { step } = props
  const word = deviceWord()
  return (
    <>
      <h1 className="type-screen">Does the terminal show the same code?</h1>
      <BigCode code={step.code} />
      <p className="pair-valid">
        Valid for <Countdown until={step.untilMs} />
      </p>
      <pre className="pair-terminal">
        <span className="ink-3">{step.pairing.openerName}, in the terminal</span>
        {'\n'}Pair “{props.deviceName}”?{'   '}
        <strong>{spaced(step.code)}</strong>
        {'\n'}Same code: press <span className="pair-yes">y</span>
        {'   '}Other: <span className="pair-no">n</span>
      </pre>
      <p>
        If they match, press <strong>y</strong> on the workstation. This {word} can do nothing until then.
      </p>
      <dl className="pair-facts">
        <dt>Workstation</dt>
        <dd>{step.pairing.openerName}</dd>
        <dt>This {word}</dt>
        <dd>{rungSentence[step.pairing.rung]}</dd>
      </dl>
      <div className="pair-foot">
        <p className="pair-waiting" role="status">
          <Icon name="working" size={18} />
          <span>
            Waiting for the key press on {step.pairing.openerName}, <Age since={step.sinceMs} />
          </span>
        </p>
        <Button kind="destructive" tall block onClick={props.onDiffer}>
          The codes differ
        </Button>
      </div>
    </>
  )
}

/** A paired device lets a new workstation in: here the person confirms, on this side. */
export function MatchForHost(props: {
  step: Matching
  confirming: boolean
  /** The person's passkey is asked for with the tap. */
  asksPasskey: boolean
  onSame: () => void
  onDiffer: () => void
  /** Another way than the key press that is waited for. */
  children?: ReactNode
}) {
  const { step } = props
  return (
    <>
      <h1 className="type-screen">Does {step.pairing.openerName} show the same code?</h1>
      <BigCode code={step.code} />
      <p className="pair-valid">
        Valid for <Countdown until={step.untilMs} />
      </p>
      <p>
        If they match, {step.pairing.openerName} joins your workstations: its sessions appear here. It takes orders from
        this {deviceWord()} once you have pressed y there too.
      </p>
      {step.pairing.openerAddress && (
        <p className="ink-2">
          It asks from {step.pairing.openerAddress}
          {step.pairing.openerPlatform && ` and says it is ${step.pairing.openerPlatform}`}. If that is not where you
          have just typed “offdesk login”, say no.
        </p>
      )}
      {step.still === 'terminal' && (
        <p role="status">
          One key press is left, at a workstation that is known here already: run <code>offdesk devices admit</code>{' '}
          there and press <strong>y</strong> if it shows the same code.
        </p>
      )}
      {step.still === 'terminal' && props.children}
      {step.still !== null && step.still !== 'terminal' && (
        <div role="alert">
          <Note icon="info" boxed>
            {step.still.message}
          </Note>
        </div>
      )}
      <div className="pair-foot">
        {props.asksPasskey && step.still !== 'terminal' && (
          <p className="pair-valid">Your passkey is asked for: it says yes to this very workstation.</p>
        )}
        {step.still === 'terminal' ? (
          <p className="pair-waiting" role="status">
            <Icon name="working" size={18} />
            <span>
              Waiting for the key press, <Age since={step.sinceMs} />
            </span>
          </p>
        ) : (
          <Button
            kind="primary"
            tall
            block
            waiting={props.confirming}
            onClick={props.onSame}
            {...(props.asksPasskey ? { icon: 'key' as const } : {})}
          >
            {props.confirming ? `Sent, waiting for ${step.pairing.openerName}` : 'Same code, add it'}
          </Button>
        )}
        <Button kind="destructive" tall block onClick={props.onDiffer}>
          The codes differ
        </Button>
      </div>
    </>
  )
}
