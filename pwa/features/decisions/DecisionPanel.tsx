// The decision on a desktop: a panel above the composer (mockup 12), with keys: A allow once, D deny, J next, K previous.
import './decisions.css'
import { useEffect, useMemo, useState } from 'react'
import { AnswerGuard } from '../../ui/answer-guard.tsx'
import { Answers, Button, TextLink } from '../../ui/button.tsx'
import { Chip, StateWords } from '../../ui/state-chip.tsx'
import { DecisionTile } from '../../ui/state-glyph.tsx'
import { usePreferences } from '../preferences/preferences.ts'
import { lockedWhy } from './answer-words.ts'
import { askedKind } from './asked-kind.ts'
import type { Decision } from './decision-store.ts'
import { EvidenceView } from './evidence-view.tsx'
import { AnswerNotes, fixedOptions, OptionButton, ReasonBody, ReasonFooter } from './permission.tsx'
import { planSummary } from './plan-parts.ts'
import { PlanReview } from './plan-review.tsx'
import { QuestionBody, QuestionFooter, questionHeading, useQuestionForm } from './question.tsx'
import { SettledBody, SettledFooter, useSettledTitle } from './settled.tsx'
import { type Answering, permissionSaying, useAnswering } from './use-answering.ts'
import { type Shown, useShownDecision } from './use-shown-decision.ts'

/** Draws nothing while nothing is asked. */
export function DecisionPanel(props: { sessionId: string; initialDecisionId?: string }) {
  const shown = useShownDecision(props.sessionId, props.initialDecisionId)
  const { decision } = shown
  if (!decision) return null
  return <Panel key={decision.id} decision={decision} shown={shown} onDismiss={shown.leave} />
}

const inField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

const OPENED_MS = 400

/** Single letters, outside fields, and inert for 400 ms like the buttons. */
function useKeys(answering: Answering, shown: Shown, enabled: boolean) {
  const { id, epoch } = answering.decision
  // biome-ignore lint/correctness/useExhaustiveDependencies: another decision, or another epoch of it, is inert anew
  const since = useMemo(() => Date.now(), [id, epoch])
  useEffect(() => {
    if (!enabled) return
    const onKey = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey || event.repeat || inField(event.target)) return
      if (document.querySelector('dialog[open]')) return
      const key = event.key.toLowerCase()
      if (key === 'j' || key === 'k') return shown.next?.()
      if (Date.now() - since < OPENED_MS || answering.decision.kind !== 'PERMISSION') return
      const { deny, once } = fixedOptions(answering.decision.options)
      const option = key === 'a' ? once : key === 'd' ? deny : undefined
      if (option && answering.lock(option) === null) answering.say(permissionSaying(answering, option), option.rung)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  })
}

function PermissionAnswers(props: { answering: Answering; keys: boolean; onReason: () => void }) {
  const { answering } = props
  const { options } = answering.decision
  const { deny, once } = fixedOptions(options)
  const [why, setWhy] = useState(false)
  const locked = options.filter((option) => answering.lock(option) === 'rung')
  // Allow once and Deny first, as in the hand's memory of A and D; the others follow in the agent's order.
  const ordered = [once, deny, ...options.filter((option) => option !== once && option !== deny)]
  return (
    <>
      <div className="panel-answers">
        {ordered.map(
          (option) =>
            option && (
              <OptionButton
                key={option.id}
                answering={answering}
                option={option}
                {...(props.keys && option === once ? { shortcut: 'A' } : {})}
                {...(props.keys && option === deny ? { shortcut: 'D' } : {})}
              />
            ),
        )}
        <span className="panel-answers-end">
          {locked.length > 0 && <TextLink onClick={() => setWhy(!why)}>Why?</TextLink>}
          {deny && answering.lock(deny) === null && <TextLink onClick={props.onReason}>Deny with a reason</TextLink>}
        </span>
      </div>
      {why &&
        locked.map((option) => (
          <p key={option.id} className="type-second decision-why">
            {lockedWhy(option, answering.decision)}
          </p>
        ))}
    </>
  )
}

function Panel({ decision, shown, onDismiss }: { decision: Decision; shown: Shown; onDismiss: () => void }) {
  const answering = useAnswering(decision)
  const form = useQuestionForm(decision)
  const [reason, setReason] = useState<string | null>(null)
  const [reading, setReading] = useState(false)
  const { shortcuts } = usePreferences()
  const settledTitle = useSettledTitle(decision)
  const settled = decision.state === 'SETTLED'
  useKeys(answering, shown, shortcuts && !settled && reason === null)
  const guardKey = `${decision.id}.${decision.epoch}.${settled}.${reason !== null}.${form.index}`
  const title = settled
    ? settledTitle
    : decision.kind === 'QUESTION'
      ? questionHeading(decision.title, form)
      : decision.title

  const content = () => {
    if (settled) return <SettledBody decision={decision} said={answering.said} />
    if (decision.kind === 'QUESTION') return <QuestionBody answering={answering} form={form} />
    if (decision.kind === 'PLAN')
      return (
        <>
          <p className="panel-plan">{planSummary(decision.plan)}</p>
          <AnswerNotes answering={answering} />
        </>
      )
    if (reason !== null) return <ReasonBody answering={answering} reason={reason} onChange={setReason} />
    return (
      <>
        <div className="panel-evidence">
          <EvidenceView decision={decision} evidence={answering.evidence} folded />
        </div>
        <AnswerNotes answering={answering} />
      </>
    )
  }
  const answers = () => {
    if (settled)
      return <SettledFooter decision={decision} said={answering.said} onNext={shown.next} onClose={onDismiss} />
    if (decision.kind === 'QUESTION') return <QuestionFooter answering={answering} form={form} />
    if (decision.kind === 'PLAN')
      return (
        <Answers>
          <Button onClick={() => setReading(true)}>Review the plan</Button>
        </Answers>
      )
    if (reason !== null) return <ReasonFooter answering={answering} reason={reason} onBack={() => setReason(null)} />
    return <PermissionAnswers answering={answering} keys={shortcuts} onReason={() => setReason('')} />
  }
  return (
    <section className={settled ? 'asked-panel asked-panel-settled' : 'asked-panel'} aria-label={title}>
      <header className="asked-panel-head">
        {settled ? <Chip icon="tick">Settled</Chip> : <DecisionTile kind={askedKind(decision)} />}
        <h2 className="type-bar" aria-live="polite">
          {title}
        </h2>
        {!settled && (
          <span className="asked-panel-age">
            {form.count > 1 && `Question ${form.index + 1} of ${form.count} · `}
            <StateWords state={{ kind: 'waiting', since: decision.openedAt }} />
          </span>
        )}
      </header>
      <div className="asked-panel-body">{content()}</div>
      <AnswerGuard className="asked-panel-foot" guardKey={guardKey}>
        {answers()}
      </AnswerGuard>
      {reading && !settled && <PlanReview answering={answering} onClose={() => setReading(false)} />}
    </section>
  )
}
