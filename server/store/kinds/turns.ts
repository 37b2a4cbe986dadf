/** What the agent does: turns, tool calls, plan entries, its end. */
import { z } from 'zod'
import { bodyRef, contentBlock, id, int, maybe, short, text } from './values.ts'

export const toolContent = z.object({
  type: short,
  block: maybe(contentBlock),
  path: maybe(text),
  oldText: maybe(text),
  oldTextBody: maybe(bodyRef),
  newText: maybe(text),
  newTextBody: maybe(bodyRef),
  terminalId: maybe(id),
  json: maybe(text),
})
export type ToolContent = z.infer<typeof toolContent>

export const toolLocation = z.object({ path: text, line: maybe(int) })
export type ToolLocation = z.infer<typeof toolLocation>

export const planEntry = z.object({ content: text, priority: short, status: short })
export type PlanEntry = z.infer<typeof planEntry>

export const turnKinds = {
  TurnStarted: z.object({ turnId: id, promptId: maybe(id) }),
  TurnEnded: z.object({
    turnId: id,
    promptId: maybe(id),
    stopReason: short,
    errorCode: maybe(short),
    errorMessage: maybe(text),
    heldPrompts: int.min(0).default(0),
    strayProcessesEnded: int.min(0).default(0),
  }),
  ToolCallChanged: z.object({
    toolCallId: id,
    title: maybe(text),
    name: maybe(short),
    kind: maybe(short),
    status: maybe(short),
    content: maybe(z.array(toolContent)),
    locations: maybe(z.array(toolLocation)),
    rawInput: maybe(text),
    rawInputBody: maybe(bodyRef),
    rawOutput: maybe(text),
    rawOutputBody: maybe(bodyRef),
    endedWithTurn: maybe(z.boolean()),
  }),
  PlanChanged: z.object({ entries: z.array(planEntry) }),
  AgentExited: z.object({ detail: text, exitCode: maybe(int), signal: maybe(short) }),
}
