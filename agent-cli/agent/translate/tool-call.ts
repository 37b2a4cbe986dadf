// A tool call as an upsert, from whichever of its three sources speaks first: tool_call, tool_call_update or a permission. Pure.
import { contentBlock } from './content-block.ts'
import type { ToolCall, ToolContent, ToolLocation } from './event-body.ts'
import { fieldsOf, intOf, jsonText, listOf, present, textOf, wordOf } from './json.ts'

/** Null when the value has no tool call id: then nothing can be upserted. */
export function toolCall(value: unknown): ToolCall | null {
  const call = fieldsOf(value)
  const toolCallId = wordOf(call.toolCallId)
  if (toolCallId === null) return null
  return {
    toolCallId,
    ...present({
      title: textOf(call.title),
      name: textOf(call.name),
      kind: wordOf(call.kind),
      status: wordOf(call.status),
      content: Array.isArray(call.content) ? call.content.map(toolContent) : null,
      locations: Array.isArray(call.locations) ? locations(call.locations) : null,
      rawInput: rawText(call.rawInput),
      rawOutput: rawText(call.rawOutput),
    }),
  }
}

export function toolContent(value: unknown): ToolContent {
  const content = fieldsOf(value)
  const type = wordOf(content.type) ?? 'unknown'
  switch (type) {
    case 'content':
      return { type, block: contentBlock(content.content) }
    case 'diff':
      return {
        type,
        ...present({
          path: textOf(content.path),
          oldText: textOf(content.oldText),
          newText: textOf(content.newText),
        }),
      }
    case 'terminal':
      return { type, ...present({ terminalId: textOf(content.terminalId) }) }
    default:
      return { type, json: jsonText(value) }
  }
}

function locations(value: unknown): ToolLocation[] {
  return listOf(value).flatMap((item) => {
    const path = wordOf(fieldsOf(item).path)
    return path === null ? [] : [{ path, ...present({ line: intOf(fieldsOf(item).line) }) }]
  })
}

/** A string stays what it is: quoting a command's output as JSON would only hide it. */
function rawText(value: unknown): string | null {
  if (value === undefined || value === null) return null
  return typeof value === 'string' ? value : jsonText(value)
}
