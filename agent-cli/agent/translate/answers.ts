// A person's answer as the agent wants it back, and what is wrong with it if it does not fit. Pure.
import type { Question } from './event-body.ts'
import type { AnswerForm } from './permission.ts'

export type Value = string | number | boolean | readonly string[]
export type Values = ReadonlyMap<string, Value>

export const selected = (optionId: string) => ({ outcome: { outcome: 'selected', optionId } })
export const cancelledPermission = () => ({ outcome: { outcome: 'cancelled' } })
export const cancelled = (form: AnswerForm) => (form === 'elicitation' ? { action: 'cancel' } : cancelledPermission())

/** Null when the values answer the questions, else a sentence that says which does not. */
export function misfit(questions: readonly Question[], values: Values): string | null {
  const names = new Set(questions.flatMap((question) => [question.name, question.otherName ?? question.name]))
  for (const name of values.keys()) if (!names.has(name)) return `There is no field “${name}” in this question.`
  for (const question of questions) {
    const value = values.get(question.name)
    const other = question.otherName ? values.get(question.otherName) : undefined
    const problem = value === undefined ? null : wrongWith(question, value)
    if (problem !== null) return `“${question.title}” ${problem}`
    const isEmpty = value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
    if (question.required && isEmpty && (other === undefined || other === ''))
      return `“${question.title}” needs an answer.`
    if (other !== undefined && typeof other !== 'string') return `The free text of “${question.title}” is not text.`
  }
  return null
}

function wrongWith(question: Question, value: Value): string | null {
  const offered = new Set((question.choices ?? []).map((choice) => choice.value))
  const isFree = question.allowsOther === true && !question.otherName
  switch (question.type) {
    case 'number':
    case 'integer': {
      if (typeof value !== 'number' || !Number.isFinite(value)) return 'needs a number.'
      if (question.type === 'integer' && !Number.isInteger(value)) return 'needs a whole number.'
      if (question.minimum != null && value < question.minimum) return `must be at least ${question.minimum}.`
      if (question.maximum != null && value > question.maximum) return `must be at most ${question.maximum}.`
      return null
    }
    case 'boolean':
      return typeof value === 'boolean' ? null : 'needs yes or no.'
    case 'choice':
      if (typeof value !== 'string') return 'needs one of its choices.'
      return isFree || value === '' || offered.has(value) ? null : 'was answered with a choice that is not offered.'
    case 'choices':
      if (!Array.isArray(value)) return 'needs a list of its choices.'
      // A form may have an array without choices: then any text will do.
      return isFree || offered.size === 0 || value.every((item: string) => offered.has(item))
        ? null
        : 'was answered with a choice that is not offered.'
    default:
      if (typeof value !== 'string') return 'needs text.'
      return question.maxLength != null && value.length > question.maxLength
        ? `is longer than ${question.maxLength}.`
        : null
  }
}

/** The accepted form. Empty values are left out: an agent reads an empty string as an answer. */
export function accepted(
  form: AnswerForm,
  questions: readonly Question[],
  values: Values,
  allowOptionId: string | null,
) {
  const given = [...values].filter(([, value]) => value !== '' && !(Array.isArray(value) && value.length === 0))
  if (form !== 'qwenAnswers') return { action: 'accept', content: Object.fromEntries(given) }
  const byName = new Map(given)
  const answers: [string, string][] = questions.flatMap((question) => {
    const chosen = byName.get(question.name)
    const free = question.otherName ? byName.get(question.otherName) : undefined
    const all = [
      ...(Array.isArray(chosen) ? chosen : chosen === undefined ? [] : [chosen]),
      ...(free === undefined ? [] : [free]),
    ]
    return all.length === 0 ? [] : [[question.name, all.join(', ')] as [string, string]]
  })
  return {
    ...(allowOptionId === null ? cancelledPermission() : selected(allowOptionId)),
    answers: Object.fromEntries(answers),
  }
}

/** A declined question. Qwen's has no such answer: its request's own rejection stands for it. */
export function declined(form: AnswerForm, rejectOptionId: string | null) {
  if (form === 'elicitation') return { action: 'decline' }
  return rejectOptionId === null ? cancelledPermission() : selected(rejectOptionId)
}

/** The answer in one line for settlements and transcripts, each question with what was said. */
export function answerText(questions: readonly Question[], values: Values): string {
  return questions
    .flatMap((question) => {
      const given = [values.get(question.name), question.otherName ? values.get(question.otherName) : undefined]
      const shown = given
        .filter((value) => value !== undefined && value !== '')
        .map((value) => valueText(question, value))
      if (shown.length === 0) return []
      return questions.length === 1 ? shown.join(', ') : `${question.title}: ${shown.join(', ')}`
    })
    .join('\n')
}

function valueText(question: Question, value: Value | undefined): string {
  const titleOf = (item: string) => question.choices?.find((choice) => choice.value === item)?.title ?? item
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  if (Array.isArray(value)) return value.map(titleOf).join(', ')
  return typeof value === 'string' ? titleOf(value) : String(value)
}
