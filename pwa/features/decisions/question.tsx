// A form of questions, one after another (mockup 04). Nothing is sent before the last one.
import { useState } from 'react'
import { Answers, Button, TextLink } from '../../ui/button.tsx'
import { ChoiceRow } from '../../ui/choice.tsx'
import { Field, TextArea } from '../../ui/field.tsx'
import { SheetPart } from '../../ui/sheet.tsx'
import { VisibleText } from '../../ui/visible-controls.tsx'
import { isPending, pendingLabel } from './answer-words.ts'
import type { Saying } from './answers.ts'
import type { Decision } from './decision-store.ts'
import { EvidenceView } from './evidence-view.tsx'
import { AnswerNotes } from './permission.tsx'
import { type Draft, firstDraft, type Question, valuesOf, wrongWith } from './question-form.ts'
import type { Answering } from './use-answering.ts'

export type QuestionForm = {
  index: number
  count: number
  question: Question | undefined
  draft: Draft
  problem: string | null
  change(draft: Partial<Draft>): void
  back(): void
  /** True when it was the last question and everything may be sent. */
  forward(): boolean
  values(): ReturnType<typeof valuesOf>
}

const nothing: Draft = { text: '', chosen: [], otherChosen: false, other: '', yes: null }

/** The drafts of one decision's questions. Kept while the sheet is open; another decision starts anew. */
export function useQuestionForm(decision: Decision | undefined): QuestionForm {
  const questions = decision?.questions ?? []
  const [state, setState] = useState<{
    id: string | undefined
    index: number
    drafts: Draft[]
    problem: string | null
  }>({
    id: undefined,
    index: 0,
    drafts: [],
    problem: null,
  })
  const fresh = { id: decision?.id, index: 0, drafts: questions.map(firstDraft), problem: null }
  const now = state.id === decision?.id ? state : fresh
  const question = questions[now.index]
  const draft = now.drafts[now.index] ?? nothing
  return {
    index: now.index,
    count: questions.length,
    question,
    draft,
    problem: now.problem,
    change: (change) =>
      setState({
        ...now,
        problem: null,
        drafts: now.drafts.map((one, at) => (at === now.index ? { ...one, ...change } : one)),
      }),
    back: () => setState({ ...now, index: Math.max(0, now.index - 1), problem: null }),
    forward() {
      const problem = question ? wrongWith(question, draft) : null
      if (problem !== null) {
        setState({ ...now, problem })
        return false
      }
      if (now.index >= questions.length - 1) return true
      setState({ ...now, index: now.index + 1, problem: null })
      return false
    },
    values: () => questions.flatMap((one, at) => valuesOf(one, now.drafts[at] ?? nothing)),
  }
}

/**
 * What is asked, as the heading. A form of one question asks it in the decision's own words and its field's title is a label; in a
 * longer form each question stands in its field.
 */
export function questionHeading(asked: string, form: QuestionForm): string {
  const { question, count } = form
  if (!question || count === 1) return asked
  return question.description ?? question.title
}

function Choices({ form, question }: { form: QuestionForm; question: Question }) {
  const many = question.type === 'choices'
  const { draft } = form
  const toggle = (value: string, checked: boolean) =>
    many
      ? { chosen: checked ? [...draft.chosen, value] : draft.chosen.filter((one) => one !== value) }
      : { chosen: [value], otherChosen: false }
  const kind = many ? 'checkbox' : 'radio'
  return (
    <fieldset className="decision-choices">
      <legend className="sr-only">{question.title}</legend>
      {question.choices.map((choice) => (
        <ChoiceRow
          key={choice.value}
          ruled
          kind={kind}
          name={question.name}
          value={choice.value}
          checked={draft.chosen.includes(choice.value)}
          onChange={(checked) => form.change(toggle(choice.value, checked))}
          title={<VisibleText text={choice.title} mode="text" />}
          {...(choice.description === null ? {} : { detail: <VisibleText text={choice.description} mode="text" /> })}
        />
      ))}
      {question.allowsOther && (
        <ChoiceRow
          ruled
          kind={kind}
          name={question.name}
          value=" own words"
          checked={draft.otherChosen}
          onChange={(checked) => form.change(many ? { otherChosen: checked } : { otherChosen: true, chosen: [] })}
          title="Something else"
        >
          <TextArea
            label="Your own answer"
            hideLabel
            rows={2}
            placeholder="Your own answer"
            value={draft.other}
            onChange={(other) =>
              form.change(many ? { other, otherChosen: other !== '' } : { other, otherChosen: true, chosen: [] })
            }
          />
        </ChoiceRow>
      )}
    </fieldset>
  )
}

function Control({ form, question }: { form: QuestionForm; question: Question }) {
  const { draft } = form
  const label = form.count === 1 ? (question.description ?? question.title) : question.title
  // Its own heading already says it.
  const hideLabel = form.count > 1 && question.description === null
  const wrong = form.problem === null ? {} : { error: form.problem }
  switch (question.type) {
    case 'choice':
    case 'choices':
      return <Choices form={form} question={question} />
    case 'boolean':
      return (
        <fieldset className="decision-choices">
          <legend className="sr-only">{question.title}</legend>
          {[true, false].map((yes) => (
            <ChoiceRow
              key={String(yes)}
              ruled
              kind="radio"
              name={question.name}
              value={String(yes)}
              checked={draft.yes === yes}
              onChange={() => form.change({ yes })}
              title={yes ? 'Yes' : 'No'}
            />
          ))}
        </fieldset>
      )
    case 'number':
    case 'integer': {
      const { minimum, maximum } = question
      const range = [minimum === null ? '' : `from ${minimum}`, maximum === null ? '' : `to ${maximum}`]
        .join(' ')
        .trim()
      return (
        <SheetPart>
          <Field
            {...{ label, hideLabel, ...wrong }}
            inputMode={question.type === 'integer' && (minimum ?? -1) >= 0 ? 'numeric' : 'decimal'}
            value={draft.text}
            onChange={(text) => form.change({ text })}
            {...(range === '' ? {} : { hint: `A number ${range}` })}
          />
        </SheetPart>
      )
    }
    default:
      return (
        <SheetPart>
          <TextArea
            {...{ label, hideLabel, ...wrong }}
            rows={3}
            value={draft.text}
            onChange={(text) => form.change({ text })}
          />
        </SheetPart>
      )
  }
}

export function QuestionBody({ answering, form }: { answering: Answering; form: QuestionForm }) {
  const { question } = form
  const chooses = question?.type === 'choice' || question?.type === 'choices'
  const problem = chooses || question?.type === 'boolean' ? form.problem : null
  return (
    <>
      {question && chooses && question.description !== null && (
        <SheetPart>
          <p className="type-second">
            <VisibleText text={question.description} mode="text" />
          </p>
        </SheetPart>
      )}
      <div className="decision-form">
        {question ? (
          <Control key={question.name} form={form} question={question} />
        ) : (
          <SheetPart>
            <EvidenceView decision={answering.decision} />
          </SheetPart>
        )}
      </div>
      <SheetPart>
        {problem !== null && <p {...{ className: 'decision-problem', role: 'alert' }}>{problem}</p>}
        {form.index > 0 && <TextLink onClick={form.back}>Back to question {form.index}</TextLink>}
        {form.count > 1 && form.index < form.count - 1 && (
          <p className="type-second">Nothing is sent before the last question.</p>
        )}
      </SheetPart>
      <AnswerNotes answering={answering} />
    </>
  )
}

const questionSaying = (
  { decision, evidence }: Answering,
  what: string,
  answer: Extract<Saying, { kind: 'QUESTION' }>['input']['answer'],
) => ({
  kind: 'QUESTION' as const,
  what,
  isDeny: 'decline' in answer,
  seen: { hostId: decision.session.host.id, optionName: null },
  input: {
    sessionId: decision.session.id,
    decisionId: decision.id,
    epoch: decision.epoch,
    evidenceDigest: evidence.kind === 'checking' ? null : evidence.digest,
    answer,
  },
})

export function QuestionFooter({
  answering,
  form,
  tall,
}: {
  answering: Answering
  form: QuestionForm
  tall?: boolean
}) {
  const { decision, said } = answering
  const host = decision.session.host.name
  const pending = isPending(said) ? said : null
  const size = tall ? { tall: true } : {}
  const last = form.index >= form.count - 1
  const locked = answering.lockQuestion(false) === 'rung'
  return (
    <>
      {locked && <p className="type-second decision-why">This device may only read here. Answering needs answer.</p>}
      <Answers>
        <Button
          kind="quiet"
          {...size}
          disabled={locked}
          waiting={answering.lockQuestion(true) === 'waiting'}
          onClick={() => answering.say(questionSaying(answering, 'Decline', { decline: { reason: null } }), 'ANSWER')}
        >
          {pending?.answer.isDeny ? pendingLabel(pending, host) : 'Decline'}
        </Button>
        <Button
          {...size}
          wide
          disabled={locked}
          waiting={answering.lockQuestion(false) === 'waiting'}
          onClick={() => {
            if (form.forward())
              answering.say(questionSaying(answering, 'answer', { accept: { values: form.values() } }), 'ANSWER')
          }}
        >
          {pending && !pending.answer.isDeny
            ? pendingLabel(pending, host)
            : form.count === 0
              ? 'Accept'
              : last
                ? 'Send answer'
                : 'Next question'}
        </Button>
      </Answers>
    </>
  )
}
