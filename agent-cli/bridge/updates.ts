// Takes what the agent says and gives it to the room it is for: text, tool calls, modes, options. Keeps tool calls as upserted so far.
import type { EventBody, ToolCall } from '../agent/translate/event-body.ts'
import { fieldsOf, wordOf } from '../agent/translate/json.ts'
import { type TranslatedUpdate, translateUpdate } from '../agent/translate/update.ts'
import { wellFormed } from '../journal/well-formed.ts'
import type { Modes } from './modes.ts'
import type { Publishing } from './publishing.ts'

export type Updates = {
  /** Raw params of session/update. */
  take(params: unknown): void
  /** Upserts a tool call that a permission named first. */
  sawCall(call: ToolCall): void
  callNow(toolCallId: string): ToolCall | undefined
  /** While an old session is replayed, what it said is in the journal already. */
  isReplaying: boolean
  /** Calls of a turn that is over are not asked about any more. */
  forgetCalls(): void
  /** The text that runs: an agent that echoes it would say it twice. */
  promptText: string | null
}

export function createUpdates(given: {
  publishing: Publishing
  modes: () => Modes | null
  agentSessionId: () => string | null
  onToolCall: (body: EventBody) => void
}): Updates {
  const { publishing } = given
  const calls = new Map<string, ToolCall>()

  function record(body: EventBody): void {
    if ('toolCallChanged' in body) {
      const call = body.toolCallChanged
      calls.set(call.toolCallId, { ...calls.get(call.toolCallId), ...call })
      given.onToolCall(body)
    }
    void publishing.record(body)
  }

  function route(update: TranslatedUpdate, isChild: boolean): void {
    if (update.is === 'event') record(update.body)
    // A sub-agent's words and modes are not this session's; its tool calls are shown.
    else if (!isChild) routeOwn(update)
  }

  function routeOwn(update: Exclude<TranslatedUpdate, { is: 'event' }>): void {
    if (update.is === 'mode') given.modes()?.agentSaid(update.modeId)
    else if (update.is === 'configOptions') given.modes()?.optionsChanged(update.options)
    else if (update.is === 'block') {
      const messageId = update.messageId ?? 'content'
      record({ contentShown: { messageId, role: update.role, block: update.block } })
    } else if (update.role !== 'user' || updates.promptText === null) {
      publishing.text(update.role, update.messageId, update.text)
    }
  }

  /** What is a fact of now, not of the past that is replayed. */
  const isFact = (update: TranslatedUpdate) =>
    update.is === 'mode' ||
    update.is === 'configOptions' ||
    (update.is === 'event' && ('slashCommandsChanged' in update.body || 'usageChanged' in update.body))

  const updates: Updates = {
    isReplaying: false,
    promptText: null,
    take(params) {
      const { update, sessionId } = fieldsOf(wellFormed(params))
      const translated = translateUpdate(update)
      if (updates.isReplaying && !isFact(translated)) return
      const own = given.agentSessionId()
      route(translated, own !== null && wordOf(sessionId) !== null && sessionId !== own)
    },
    sawCall: (call) => record({ toolCallChanged: call }),
    callNow: (toolCallId) => calls.get(toolCallId),
    forgetCalls: () => calls.clear(),
  }
  return updates
}
