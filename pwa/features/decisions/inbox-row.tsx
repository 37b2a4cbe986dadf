// One open decision in the inbox. Allow once stands here only when everything asked is visible here; Deny may stand anywhere.
import { useMemo } from 'react'
import { Age } from '../../ui/age.tsx'
import { AnswerGuard } from '../../ui/answer-guard.tsx'
import { Answers } from '../../ui/button.tsx'
import { CommandBlock } from '../../ui/command-block.tsx'
import { Row } from '../../ui/row.tsx'
import { DecisionTile } from '../../ui/state-glyph.tsx'
import { askedKind } from './asked-kind.ts'
import type { Decision } from './decision-store.ts'
import { evidenceParts, evidenceSummary, isAllVisible } from './evidence-parts.ts'
import { MismatchNote } from './evidence-view.tsx'
import { AnswerNotes, fixedOptions, OptionButton } from './permission.tsx'
import { planSummary } from './plan-parts.ts'
import { questionSummary } from './question-form.ts'
import { useAnswering } from './use-answering.ts'

const isOffline = (decision: Decision): boolean => {
  const { liveUntil } = decision.session.host
  return liveUntil === null || Date.parse(liveUntil) < Date.now()
}

/** `onOpen` goes to the decision itself. */
export function InboxRow({ decision, onOpen }: { decision: Decision; onOpen: () => void }) {
  const answering = useAnswering(decision)
  const parts = useMemo(() => evidenceParts(decision.evidence), [decision.evidence])
  const { session } = decision
  const inline = decision.kind === 'PERMISSION' && isAllVisible(decision.evidence, parts)
  const { deny, once } = fixedOptions(decision.options)
  const summary =
    decision.kind === 'QUESTION'
      ? questionSummary(decision.questions)
      : decision.kind === 'PLAN'
        ? planSummary(decision.plan)
        : evidenceSummary(decision.evidence, parts)
  const offline = isOffline(decision) ? '. Offline, answer waits there.' : ''
  return (
    <Row
      tone="waiting"
      lead={<DecisionTile kind={askedKind(decision)} />}
      leadKind="tile"
      wrap
      title={decision.title}
      age={<Age since={decision.openedAt} />}
      detail={
        <>
          {session.title} · {session.host.name}
          {(!inline || offline !== '') && (
            <>
              <br />
              {inline ? 'Offline, answer waits there.' : `${summary}${offline}`}
            </>
          )}
        </>
      }
      {...(inline ? {} : { chevron: true })}
      href={`/s/${session.id}?d=${decision.id}`}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return
        event.preventDefault()
        onOpen()
      }}
      {...(inline
        ? {
            below: (
              <div className="inbox-inline">
                <CommandBlock text={parts?.command ?? decision.evidence} label="What is asked" />
                {parts && <p className="type-meta inbox-folder">in {parts.folder}</p>}
                <MismatchNote evidence={answering.evidence} />
                <AnswerNotes answering={answering} />
                <AnswerGuard guardKey={`${decision.id}.${decision.epoch}`}>
                  <Answers>
                    {deny && <OptionButton answering={answering} option={deny} />}
                    {once && <OptionButton answering={answering} option={once} />}
                  </Answers>
                </AnswerGuard>
              </div>
            ),
          }
        : {})}
    />
  )
}
