// One session/update of the agent in the words of the SDL. Pure: it holds no state, so text stays chunks and modes stay ids;
// the bridge joins chunks (E6) and knows the list of modes. Takes anything and never throws (E7, E9).
import { type ConfigOptions, configOptions } from './config-options.ts'
import { contentBlock, plainText } from './content-block.ts'
import type { ContentBlock, EventBody } from './event-body.ts'
import { type Fields, fieldsOf, intOf, jsonText, listOf, numberOf, present, textOf, wordOf } from './json.ts'
import { toolCall } from './tool-call.ts'

export type Role = 'user' | 'agent' | 'thought'

/** `messageId` is the agent's own, or null where it gives none: then a run of chunks of one role is one message. */
export type TranslatedUpdate =
  | { is: 'chunk'; role: Role; messageId: string | null; text: string }
  | { is: 'block'; role: Role; messageId: string | null; block: ContentBlock }
  | { is: 'event'; body: EventBody }
  | { is: 'mode'; modeId: string }
  | { is: 'configOptions'; options: ConfigOptions }

const roles: Readonly<Record<string, Role>> = {
  user_message_chunk: 'user',
  agent_message_chunk: 'agent',
  agent_thought_chunk: 'thought',
}

/** Gemini says that its mode changed in the conversation itself. */
const modeText = /^\s*\[MODE_UPDATE\]\s+(\S+)\s*$/

export function translateUpdate(value: unknown): TranslatedUpdate {
  const update = fieldsOf(value)
  const kind = wordOf(update.sessionUpdate)
  const role = kind === null ? undefined : Object.hasOwn(roles, kind) ? roles[kind] : undefined
  if (role !== undefined) return chunk(role, update)
  return structured(kind, update) ?? { is: 'event', body: other(kind, value) }
}

function chunk(role: Role, update: Fields): TranslatedUpdate {
  const block = contentBlock(update.content)
  const messageId = wordOf(update.messageId)
  const text = plainText(block)
  if (text === null) return { is: 'block', role, messageId, block }
  const mode = role === 'agent' ? modeText.exec(text)?.[1] : undefined
  return mode === undefined ? { is: 'chunk', role, messageId, text } : { is: 'mode', modeId: mode }
}

function structured(kind: string | null, update: Fields): TranslatedUpdate | null {
  switch (kind) {
    case 'tool_call':
    case 'tool_call_update': {
      const toolCallChanged = toolCall(update)
      return toolCallChanged && { is: 'event', body: { toolCallChanged } }
    }
    case 'plan':
      return plan(update)
    case 'plan_update':
      return Array.isArray(fieldsOf(update.plan).entries) ? plan(fieldsOf(update.plan)) : null
    case 'available_commands_update':
      return {
        is: 'event',
        body: { slashCommandsChanged: { commands: listOf(update.availableCommands).flatMap(command) } },
      }
    case 'current_mode_update': {
      const modeId = wordOf(update.currentModeId)
      return modeId === null ? null : { is: 'mode', modeId }
    }
    case 'config_option_update':
      return { is: 'configOptions', options: configOptions(update.configOptions) }
    case 'session_info_update': {
      const title = wordOf(update.title)
      return title === null ? null : { is: 'event', body: { titleChanged: { title } } }
    }
    case 'usage_update':
      return usage(update)
    case 'notice': {
      const title = wordOf(update.title)
      if (title === null) return null
      const severity = wordOf(update.severity) ?? 'info'
      return {
        is: 'event',
        body: { noticeShown: { severity, title, ...present({ description: textOf(update.description) }) } },
      }
    }
    case 'compaction_update':
      return compaction(update)
    default:
      return null
  }
}

function plan(from: Fields): TranslatedUpdate {
  const entries = listOf(from.entries).flatMap((item) => {
    const entry = fieldsOf(item)
    const content = textOf(entry.content)
    if (content === null) return []
    return [{ content, priority: wordOf(entry.priority) ?? 'medium', status: wordOf(entry.status) ?? 'pending' }]
  })
  return { is: 'event', body: { planChanged: { entries } } }
}

function command(value: unknown) {
  const from = fieldsOf(value)
  const name = wordOf(from.name)
  if (name === null) return []
  const hint = textOf(fieldsOf(from.input).hint)
  return [{ name, description: textOf(from.description) ?? '', ...present({ hint }) }]
}

function usage(update: Fields): TranslatedUpdate | null {
  const used = intOf(update.used)
  const size = intOf(update.size)
  if (used === null || size === null) return null
  const cost = fieldsOf(update.cost)
  const amount = numberOf(cost.amount)
  const costs = present({ costAmount: amount, costCurrency: amount === null ? null : textOf(cost.currency) })
  return { is: 'event', body: { usageChanged: { used, size, ...costs } } }
}

function compaction(update: Fields): TranslatedUpdate | null {
  const compactionId = wordOf(update.compactionId)
  const status = wordOf(update.status)
  if (compactionId === null || status === null) return null
  const blocks = listOf(update.summary).map((item) => plainText(contentBlock(item)) ?? '')
  const summary = blocks.length === 0 ? null : blocks.join('')
  const rest = present({ summary, error: textOf(update.error) })
  return { is: 'event', body: { compactionChanged: { compactionId, status, ...rest } } }
}

/** What a server takes for the name of a kind. */
const kindName = /^[A-Za-z_][A-Za-z0-9_/.:-]{0,127}$/

/** A kind nobody here knows, kept whole and shown as such (E9). */
export function other(kind: string | null, value: unknown): EventBody {
  if (kind === null) return { other: { kind: 'unknown', json: jsonText(value) } }
  if (!kindName.test(kind)) return { other: { kind: 'unknown', json: jsonText({ kind, value }) } }
  return { other: { kind, json: jsonText(value) } }
}
