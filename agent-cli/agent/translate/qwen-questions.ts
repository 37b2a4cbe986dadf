// Qwen Code asks its questions as a permission request; the answers go beside the outcome. Pure.
import type { Question } from './event-body.ts'
import { type Fields, fieldsOf, listOf, present, textOf, wordOf } from './json.ts'

/** The questions of such a request, named by their index as Qwen wants them back; null for any other request. */
export function qwenQuestions(request: Fields): Question[] | null {
  const call = fieldsOf(request.toolCall)
  const marks = [fieldsOf(call._meta), fieldsOf(request._meta)]
  if (!marks.some((meta) => meta.qwenInteractionKind === 'user_question')) return null
  const asked = listOf(fieldsOf(call.rawInput).questions)
  const questions = asked.map((item, index) => question(fieldsOf(item), String(index)))
  return questions.length === 0 ? null : questions
}

function question(from: Fields, name: string): Question {
  const choices = listOf(from.options).flatMap((item) => {
    const value = wordOf(fieldsOf(item).label) ?? wordOf(item)
    return value === null
      ? []
      : [{ value, title: value, ...present({ description: textOf(fieldsOf(item).description) }) }]
  })
  const title = wordOf(from.question) ?? wordOf(from.header) ?? `Question ${Number(name) + 1}`
  const common = { name, title, required: true, ...present({ description: wordOf(from.header) }) }
  if (choices.length === 0) return { ...common, type: 'string' }
  const type = from.multiSelect === true ? 'choices' : 'choice'
  return { ...common, type, choices, allowsOther: true, otherName: `${name}_custom` }
}
