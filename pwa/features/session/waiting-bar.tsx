// The amber row above the composer while a decision of this session is open: closing its sheet decides nothing, this opens it again.
import { Age } from '../../ui/age.tsx'
import { DecisionTile } from '../../ui/state-glyph.tsx'
import type { Decision } from '../decisions/decision-store.ts'
import { askedKind } from '../sessions/state-words.ts'

export function WaitingBar(props: { decisions: readonly Decision[]; hidden: boolean; onOpen: (id: string) => void }) {
  const [first] = props.decisions
  return (
    <div aria-live="polite">
      {first && (
        // Hidden, not gone, while its sheet is open: the focus comes back to it.
        <button type="button" className="waiting-bar" hidden={props.hidden} onClick={() => props.onOpen(first.id)}>
          <DecisionTile kind={askedKind(first)} />
          <span className="waiting-bar-text">
            <strong className="cut">{first.title}</strong>
            <span className="num">
              Waiting for you <Age since={first.openedAt} />
              {props.decisions.length > 1 && `, and ${props.decisions.length - 1} more`}
            </span>
          </span>
          <span className="waiting-bar-verb">Answer</span>
        </button>
      )}
    </div>
  )
}
