// A pairing that did not happen, in one sentence, with what can be done.
import { useEffect, useState } from 'react'
import type { PairingPurpose } from '../../../protocol/pairing.ts'
import { Button } from '../../ui/button.tsx'
import type { Failure } from './handshake.ts'
import { failureWords } from './pairing-words.ts'

/** Counts down the seconds the server asked for; 0 when there is nothing to wait for. */
function useSecondsLeft(failure: Failure): number {
  const asked = failure.kind === 'problem' ? (failure.problem.retryAfterSeconds ?? 0) : 0
  const [left, setLeft] = useState(asked)
  useEffect(() => {
    setLeft(asked)
    if (asked === 0) return
    const timer = setInterval(() => setLeft((seconds) => Math.max(0, seconds - 1)), 1000)
    return () => clearInterval(timer)
  }, [asked])
  return left
}

export function FailureView(props: {
  failure: Failure
  purpose: PairingPurpose
  onRetry: () => void
  onOtherCode: () => void
  onLeave: () => void
}) {
  const left = useSecondsLeft(props.failure)
  const shown: Failure =
    props.failure.kind === 'problem' && left > 0
      ? { kind: 'problem', problem: { ...props.failure.problem, retryAfterSeconds: left } }
      : props.failure
  const words = failureWords(shown, props.purpose)
  return (
    <>
      <div role="alert" className="pair-failure">
        <h1 className="type-screen">{words.title}</h1>
        <p>{words.detail}</p>
      </div>
      <div className="pair-foot">
        {words.again === 'stop' ? (
          <Button kind="quiet" tall block onClick={props.onLeave}>
            Close
          </Button>
        ) : (
          <>
            {words.again === 'retry' && (
              <Button tall block disabled={left > 0} onClick={props.onRetry}>
                Try again
              </Button>
            )}
            <Button kind={words.again === 'retry' ? 'quiet' : 'primary'} tall block onClick={props.onOtherCode}>
              Type another code
            </Button>
          </>
        )}
      </div>
    </>
  )
}
