// A form of questions: drafts, what is wrong with one, and the values that are sent. Pure; the host checks again.
import type { VariablesOf } from '../../graphql/graphql.ts'
import type { AnswerQuestionDocument } from './answer-documents.ts'
import type { Decision } from './decision-store.ts'

export type Question = Decision['questions'][number]
type Given = VariablesOf<typeof AnswerQuestionDocument>['input']['answer']
export type FieldValue = Extract<Given, { accept: unknown }>['accept']['values'][number]

/** What stands in one question's controls. `other` is chosen beside or instead of the choices. */
export type Draft = {
  text: string
  chosen: readonly string[]
  otherChosen: boolean
  other: string
  yes: boolean | null
}

const listIn = (json: string): string[] => {
  try {
    const value: unknown = JSON.parse(json)
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
  } catch {
    return []
  }
}

/** The agent's default, where it gave one. A choice without a default starts with nothing chosen: the person chooses. */
export function firstDraft(question: Question): Draft {
  const empty: Draft = { text: '', chosen: [], otherChosen: false, other: '', yes: null }
  const given = question.default
  if (given === null) return empty
  const offered = (value: string) => question.choices.some((choice) => choice.value === value)
  switch (question.type) {
    case 'boolean':
      return { ...empty, yes: given === 'true' }
    case 'choice':
      return { ...empty, chosen: offered(given) ? [given] : [] }
    case 'choices':
      return { ...empty, chosen: listIn(given).filter(offered) }
    default:
      return { ...empty, text: given }
  }
}

const isEmpty = (question: Question, draft: Draft): boolean => {
  switch (question.type) {
    case 'boolean':
      return draft.yes === null
    case 'choice':
    case 'choices':
      return draft.chosen.length === 0 && (!draft.otherChosen || draft.other.trim() === '')
    default:
      return draft.text.trim() === ''
  }
}

/** A sentence that says what is missing or wrong; null when the draft can be sent. */
export function wrongWith(question: Question, draft: Draft): string | null {
  if (draft.otherChosen && draft.other.trim() === '') return 'Write your own answer, or choose one of the others.'
  if (isEmpty(question, draft)) {
    const needed = question.required || (question.allowsOther && question.type === 'choice')
    return needed ? 'The agent needs an answer to this.' : null
  }
  const { minimum, maximum, maxLength } = question
  if (question.type === 'number' || question.type === 'integer') {
    const number = Number(draft.text.trim().replace(',', '.'))
    if (!Number.isFinite(number)) return 'This must be a number.'
    if (question.type === 'integer' && !Number.isInteger(number)) return 'This must be a whole number.'
    if (minimum !== null && number < minimum) return `This must be ${minimum} or more.`
    if (maximum !== null && number > maximum) return `This must be ${maximum} or less.`
  }
  if (question.type === 'string' && maxLength !== null && draft.text.length > maxLength)
    return `At most ${maxLength} characters; these are ${draft.text.length}.`
  return null
}

/** The values of one question. What was left empty is left out: an agent reads an empty string as an answer. */
export function valuesOf(question: Question, draft: Draft): FieldValue[] {
  if (isEmpty(question, draft)) return []
  const { name } = question
  const own = draft.otherChosen && draft.other.trim() !== '' ? draft.other.trim() : null
  switch (question.type) {
    case 'boolean':
      return [{ name, value: { boolean: draft.yes === true } }]
    case 'number':
    case 'integer':
      return [{ name, value: { number: Number(draft.text.trim().replace(',', '.')) } }]
    case 'choice': {
      if (own !== null) return [{ name: question.otherName ?? name, value: { text: own } }]
      return draft.chosen.slice(0, 1).map((value) => ({ name, value: { text: value } }))
    }
    case 'choices': {
      const chosen = own !== null && question.otherName === null ? [...draft.chosen, own] : draft.chosen
      const values: FieldValue[] = chosen.length > 0 ? [{ name, value: { choices: [...chosen] } }] : []
      if (own !== null && question.otherName !== null) values.push({ name: question.otherName, value: { text: own } })
      return values
    }
    default:
      return [{ name, value: { text: draft.text } }]
  }
}

/** `3 choices, or your own words` · `Your own words` · `2 questions`: what an inbox row says. */
export function questionSummary(questions: readonly Question[]): string {
  const [only] = questions
  if (!only) return 'Open to read it'
  if (questions.length > 1) return `${questions.length} questions`
  switch (only.type) {
    case 'choice':
    case 'choices': {
      const count = only.choices.length === 1 ? '1 choice' : `${only.choices.length} choices`
      return only.allowsOther ? `${count}, or your own words` : count
    }
    case 'boolean':
      return 'Yes or no'
    case 'number':
    case 'integer':
      return 'A number'
    default:
      return 'Your own words'
  }
}
