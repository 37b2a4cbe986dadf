// Tells whether a permission asks to approve a plan, and where the plan is. Three styles are known. Pure: reads no file.
import type { ToolCall } from './event-body.ts'
import { fieldsOf, wordOf } from './json.ts'

/** `text` is the plan; `path` the file that holds it where the agent gives only that (Gemini). Null: this is no plan. */
export function planAsked(call: ToolCall, rawInput: unknown): { text: string | null; path: string | null } | null {
  const text = wordOf(fieldsOf(rawInput).plan) ?? contentText(call)
  if (call.kind === 'switch_mode') {
    // An agent may also ask to *enter* plan mode; that is a permission.
    const speaksOfPlan = text !== null || /plan/i.test(`${call.title ?? ''} ${call.toolCallId}`)
    return speaksOfPlan ? { text, path: null } : null
  }
  if (call.toolCallId.startsWith('exit_plan_mode'))
    return { text, path: text === null ? pathIn(call.title ?? '') : null }
  return null
}

function contentText(call: ToolCall): string | null {
  const parts = (call.content ?? []).flatMap((content) => content.block?.text ?? [])
  return wordOf(parts.join('\n\n'))
}

/** The last thing in a title that looks like a document's path; a path may hold blanks, so an absolute one runs to the ending. */
function pathIn(title: string): string | null {
  const absolute = /(?:^|[\s"'`(:])((?:\/|[A-Za-z]:[\\/]).*\.(?:md|markdown|txt))/i.exec(title)?.[1]
  return absolute ?? /[^\s"'`()]+\.(?:md|markdown|txt)/i.exec(title)?.[0] ?? null
}
