// The decision on a phone: a sheet for permissions and questions, full screen for plans. Closing decides nothing.
import './decisions.css'
import { useState } from 'react'
import { Icon } from '../../ui/icon.tsx'
import { Sheet, SheetTitle } from '../../ui/sheet.tsx'
import { Chip, StateChip } from '../../ui/state-chip.tsx'
import type { Decision } from './decision-store.ts'
import { kindWords } from './decision-words.ts'
import { PermissionBody, PermissionFooter, ReasonBody, ReasonFooter } from './permission.tsx'
import { PlanReview } from './plan-review.tsx'
import { QuestionBody, QuestionFooter, questionHeading, useQuestionForm } from './question.tsx'
import { SettledBody, SettledFooter, useSettledTitle } from './settled.tsx'
import { useAnswering } from './use-answering.ts'
import { type Shown, useShownDecision } from './use-shown-decision.ts'

export type DecisionSheetProps = { sessionId: string; onClose(): void; initialDecisionId?: string }

/** Shows the session's open decision, or the one asked for; nothing when there is none. */
export function DecisionSheet(props: DecisionSheetProps) {
  const shown = useShownDecision(props.sessionId, props.initialDecisionId)
  return shown.decision ? <Opened decision={shown.decision} shown={shown} onClose={props.onClose} /> : null
}

const who = ({ session }: Decision) => `${session.agent.name} · ${session.title} · ${session.host.name}`

function MoreWaiting({ shown }: { shown: Shown }) {
  const { othersWaiting, next } = shown
  if (othersWaiting === 0 || !next) return null
  return (
    <button type="button" className="decision-more" onClick={next}>
      {othersWaiting} more waiting
      <Icon name="chevron-right" size={18} />
    </button>
  )
}

function Opened(props: { decision: Decision; shown: Shown; onClose: () => void }) {
  const { decision, shown, onClose } = props
  const answering = useAnswering(decision)
  const form = useQuestionForm(decision)
  const [reason, setReason] = useState<{ id: string; text: string } | null>(null)
  const settledTitle = useSettledTitle(decision)
  const { said } = answering
  const settled = decision.state === 'SETTLED'
  const reasoning = !settled && reason?.id === decision.id ? reason : null
  const back = () => setReason(null)

  if (decision.kind === 'PLAN' && !settled)
    return <PlanReview key={decision.id} answering={answering} onClose={onClose} />

  const chip = settled ? (
    <Chip icon="tick">Settled</Chip>
  ) : (
    <StateChip state={{ kind: 'waiting', since: decision.openedAt }} />
  )
  const question = decision.kind === 'QUESTION' ? form.question : undefined
  const title = settled
    ? settledTitle
    : reasoning
      ? 'Deny with a reason'
      : question
        ? questionHeading(decision.title, form)
        : decision.title
  const aside =
    question && form.count > 1 && !settled ? (
      `Question ${form.index + 1} of ${form.count}`
    ) : (
      <MoreWaiting shown={shown} />
    )
  const subtitle = reasoning
    ? `${kindWords(decision)} · ${decision.session.title} · ${decision.session.host.name}`
    : who(decision)

  const body = settled ? (
    <SettledBody decision={decision} said={said} />
  ) : decision.kind === 'QUESTION' ? (
    <QuestionBody answering={answering} form={form} />
  ) : reasoning ? (
    <ReasonBody
      answering={answering}
      reason={reasoning.text}
      onChange={(text) => setReason({ id: decision.id, text })}
    />
  ) : (
    <PermissionBody answering={answering} onReason={() => setReason({ id: decision.id, text: '' })} />
  )
  const footer = settled ? (
    <SettledFooter key={decision.id} decision={decision} said={said} onNext={shown.next} onClose={onClose} />
  ) : decision.kind === 'QUESTION' ? (
    <QuestionFooter answering={answering} form={form} tall />
  ) : reasoning ? (
    <ReasonFooter answering={answering} reason={reasoning.text} onBack={back} />
  ) : (
    <PermissionFooter answering={answering} />
  )
  const stage = settled ? 'settled' : reasoning ? 'reason' : `ask${form.index}`
  return (
    <Sheet
      open
      onClose={reasoning ? back : onClose}
      label={title}
      footer={footer}
      guardKey={`${decision.id}.${decision.epoch}.${stage}`}
    >
      <SheetTitle chip={chip} aside={aside} title={<span aria-live="polite">{title}</span>} who={subtitle} />
      {body}
    </Sheet>
  )
}
