// A form or address the agent puts to the person (elicitation/create) as questions. Pure.
import type { Question } from './event-body.ts'
import { type Fields, fieldsOf, intOf, jsonText, listOf, numberOf, present, textOf, wordOf } from './json.ts'
import type { AskedDecision } from './permission.ts'

/** Reads the params of elicitation/create. Takes anything and never throws; a form nobody can read asks nothing and can be declined. */
export function askedElicitation(params: unknown): AskedDecision {
  const request = fieldsOf(params)
  const schema = fieldsOf(request.requestedSchema)
  const questions = questionsOf(schema)
  const url = wordOf(request.url)
  const text = wordOf(request.message)
  const title = text ?? questions[0]?.title ?? 'The agent asks for something'
  const parts = [title, url, url === null ? jsonText(request.requestedSchema ?? {}) : null]
  return {
    kind: 'QUESTION',
    title,
    evidence: parts.filter((part) => part !== null).join('\n\n'),
    options: [],
    questions,
    paths: [],
    plan: null,
    planPath: null,
    toolCallId: wordOf(request.toolCallId),
    toolKind: null,
    form: 'elicitation',
  }
}

/** A field X with a companion `X_custom` (Claude) or `X_note` (Codex) is one question that takes free text too. */
function questionsOf(schema: Fields): Question[] {
  const properties = fieldsOf(schema.properties)
  const required = new Set(listOf(schema.required))
  const questions: Question[] = []
  for (const [name, value] of Object.entries(properties)) {
    if (name === '' || isCompanion(name, properties)) continue
    const otherName = [`${name}_custom`, `${name}_note`].find((other) => Object.hasOwn(properties, other))
    const question = questionOf(name, fieldsOf(value), required.has(name))
    // With free text beside it the field itself may stay empty.
    questions.push(otherName === undefined ? question : { ...question, required: false, allowsOther: true, otherName })
  }
  return questions
}

function isCompanion(name: string, properties: Fields): boolean {
  const owner = /^(.+)_(?:custom|note)$/.exec(name)?.[1]
  return owner !== undefined && Object.hasOwn(properties, owner)
}

function questionOf(name: string, field: Fields, required: boolean): Question {
  const list = field.type === 'array'
  const choices = choicesOf(list ? fieldsOf(field.items) : field)
  return {
    name,
    title: wordOf(field.title) ?? name,
    type: list ? 'choices' : choices.length > 0 ? 'choice' : typeOf(field.type),
    required,
    choices,
    ...present({
      description: textOf(field.description),
      default: defaultOf(field.default),
      format: textOf(field.format),
      minimum: numberOf(field.minimum),
      maximum: numberOf(field.maximum),
      maxLength: intOf(field.maxLength),
    }),
  }
}

const typeOf = (type: unknown) => (type === 'number' || type === 'integer' || type === 'boolean' ? type : 'string')

function choicesOf(field: Fields) {
  const titled = [...listOf(field.oneOf), ...listOf(field.anyOf)].flatMap((item) => {
    const entry = fieldsOf(item)
    const value = textOf(entry.const)
    if (value === null) return []
    return [{ value, title: wordOf(entry.title) ?? value, ...present({ description: textOf(entry.description) }) }]
  })
  const plain = listOf(field.enum).flatMap((value) => (typeof value === 'string' ? [{ value, title: value }] : []))
  return [...titled, ...plain]
}

function defaultOf(value: unknown): string | null {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return Array.isArray(value) ? jsonText(value, 0) : null
}
