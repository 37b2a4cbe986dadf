/** What was typed into a field, as the value the agent asked for, or a sentence that says what is wrong. Pure. */
import type { OpenDecision } from '../../bridge/view.ts'

export type Parsed =
  | { readonly is: 'value'; readonly value: string | number | null }
  | { readonly is: 'mistake'; readonly sentence: string }

/** Null is an optional field left empty. */
export function parseField(question: OpenDecision['questions'][number], typed: string): Parsed {
  const text = typed.trim()
  if (text === '')
    return question.required ? mistake('This one needs an answer. Esc declines.') : { is: 'value', value: null }
  if (question.type === 'number' || question.type === 'integer') return parseNumber(question, text)
  if (question.maxLength != null && text.length > question.maxLength)
    return mistake(`At most ${question.maxLength} characters; this is ${text.length}.`)
  return { is: 'value', value: typed }
}

function parseNumber(question: OpenDecision['questions'][number], text: string): Parsed {
  const value = Number(text)
  if (!Number.isFinite(value)) return mistake('Write a number.')
  if (question.type === 'integer' && !Number.isInteger(value)) return mistake('Write a whole number.')
  if (question.minimum != null && value < question.minimum) return mistake(`At least ${question.minimum}.`)
  if (question.maximum != null && value > question.maximum) return mistake(`At most ${question.maximum}.`)
  return { is: 'value', value }
}

const mistake = (sentence: string): Parsed => ({ is: 'mistake', sentence })
