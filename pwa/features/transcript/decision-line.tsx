// A decision in the transcript: open, it asks to be opened; settled, it says who answered, where, when and what (D3).
import { useContext } from 'react'
import { Age, ClockContext } from '../../ui/age.tsx'
import { momentWords } from '../../ui/age-words.ts'
import { Icon } from '../../ui/icon.tsx'
import type { DecisionItem } from './items/shape.ts'
import { saidNo } from './tool-words.ts'
import { useTranscript } from './transcript-context.tsx'
import { settledWords } from './transcript-words.ts'

export function DecisionLine({ decision, inTool }: { decision: DecisionItem; inTool?: boolean }) {
  const { hostName, deviceId, openDecision, standsBelow } = useTranscript()
  const now = useContext(ClockContext).read()
  const { settled, title, openedAt } = decision
  if (settled === null) {
    const quiet = standsBelow.has(decision.decisionId)
    return (
      <button
        type="button"
        className={quiet ? 'tr-asks tr-asks-quiet' : 'tr-asks'}
        onClick={() => openDecision(decision.decisionId)}
      >
        <Icon name="clock" size={18} />
        <span className="tr-asks-title">{title ?? 'A decision is open'}</span>
        {!quiet && openedAt !== null && (
          <span className="tr-asks-age num">
            Waiting for you <Age since={openedAt} />
          </span>
        )}
      </button>
    )
  }
  const words = settledWords(settled, { at: momentWords(Date.parse(settled.at), now), hostName, deviceId })
  return (
    <p className={inTool ? 'tr-settled tr-settled-in-tool' : 'tr-settled'}>
      <Icon name={saidNo(decision) ? 'cross' : 'tick'} size={16} />
      <span>
        {!inTool && title !== null && <span className="ink-3">{title} </span>}
        {words}
      </span>
    </p>
  )
}
