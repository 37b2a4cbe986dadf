// How a tool call is told in one row: the verb in the right tense, its argument, its result. A table; knows no pixels.
import type { IconName } from '../../ui/icon.tsx'
import type { ToolState } from '../../ui/tool-row.tsx'
import type { DecisionItem, ToolCall } from './items/shape.ts'

export type ToolLine = {
  icon: IconName
  verb: string
  /** A path is cut in the middle, code at its end, words are not in mono. Null when the verb says all. */
  argument: { kind: 'path' | 'code'; text: string } | null
}

type Tenses = { icon: IconName; asks: string; runs: string; ran: string; began: string }
const kinds: Record<string, Tenses> = {
  read: { icon: 'read', asks: 'Asks to read', runs: 'Reading', ran: 'Read', began: 'Began to read' },
  edit: { icon: 'pencil', asks: 'Asks to edit', runs: 'Editing', ran: 'Edited', began: 'Began to edit' },
  delete: { icon: 'trash', asks: 'Asks to delete', runs: 'Deleting', ran: 'Deleted', began: 'Began to delete' },
  move: { icon: 'move', asks: 'Asks to move', runs: 'Moving', ran: 'Moved', began: 'Began to move' },
  search: { icon: 'search', asks: 'Asks to search', runs: 'Searching', ran: 'Searched', began: 'Began to search' },
  execute: { icon: 'terminal', asks: 'Asks to run', runs: 'Running', ran: 'Ran', began: 'Started' },
  fetch: { icon: 'fetch', asks: 'Asks to fetch', runs: 'Fetching', ran: 'Fetched', began: 'Began to fetch' },
}
const signs: Record<string, IconName> = { think: 'think', switch_mode: 'sliders' }

const waitsForPerson = (call: ToolCall) => call.decisions.some((decision) => decision.settled === null)

/** Done, failed, running, asking a person, or lost: ended with the turn, nobody knows how far it came. */
export function toolState(call: ToolCall): ToolState {
  if (call.status === 'completed') return 'done'
  if (call.status === 'failed' || call.status === 'cancelled') return 'failed'
  if (call.endedWithTurn) return 'lost'
  return waitsForPerson(call) ? 'asks' : 'running'
}

/** The fields of a JSON object; nothing when the text is none, or is the beginning of a longer one. */
export function fieldsOf(json: string | null): Record<string, unknown> {
  if (json === null || !json.trimStart().startsWith('{')) return {}
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

const textAt = (fields: Record<string, unknown>, ...names: string[]): string | null => {
  for (const name of names) {
    const value = fields[name]
    if (typeof value === 'string' && value !== '') return value
    if (Array.isArray(value) && value.length > 0 && value.every((part) => typeof part === 'string'))
      return value.join(' ')
  }
  return null
}

/** The path as seen from the session's folder. */
export function pathWithin(cwd: string, path: string): string {
  const folder = cwd.endsWith('/') ? cwd : `${cwd}/`
  return path.startsWith(folder) ? path.slice(folder.length) : path
}

/** The path a call is about. */
export function pathOf(call: ToolCall): string | null {
  const diff = call.content?.find((one) => one.type === 'diff' && one.path !== null)
  return (
    diff?.path ??
    call.locations?.[0]?.path ??
    textAt(fieldsOf(call.rawInput), 'path', 'file_path', 'filePath', 'abs_path')
  )
}

/** What would run, or ran: from the input, else the title without its quotes. */
export function commandOf(call: ToolCall): string | null {
  const command = textAt(fieldsOf(call.rawInput), 'command', 'cmd', 'script')
  if (command !== null) return command
  const title = call.title?.trim() ?? ''
  return title === '' ? null : title.replace(/^`([\s\S]*)`$/, '$1')
}

function argumentOf(call: ToolCall, cwd: string): ToolLine['argument'] {
  const code = (text: string | null): ToolLine['argument'] => (text === null ? null : { kind: 'code', text })
  const fields = fieldsOf(call.rawInput)
  switch (call.kind) {
    case 'execute':
      return code(commandOf(call))
    case 'search':
      return code(textAt(fields, 'pattern', 'query', 'regex', 'glob', 'path'))
    case 'fetch':
      return code(textAt(fields, 'url', 'query'))
    case 'read':
    case 'edit':
    case 'delete':
    case 'move': {
      const path = pathOf(call)
      return path === null ? null : { kind: 'path', text: pathWithin(cwd, path) }
    }
    default:
      return null
  }
}

const flat = (text: string) => text.replace(/\s+/g, ' ').trim()

/** The row's words. A kind that is not known, or an argument that is not, is told in the agent's own title. */
export function toolLine(call: ToolCall, cwd: string): ToolLine {
  const tenses = call.kind === null ? undefined : kinds[call.kind]
  const argument = argumentOf(call, cwd)
  const title = flat(call.title ?? call.name ?? '')
  if (!tenses || argument === null)
    return {
      icon: tenses?.icon ?? signs[call.kind ?? ''] ?? 'spark',
      verb: title === '' ? (call.kind ?? 'A tool') : title,
      argument: null,
    }
  const state = toolState(call)
  const verb =
    state === 'asks'
      ? tenses.asks
      : state === 'running'
        ? tenses.runs
        : state === 'lost'
          ? tenses.began
          : state === 'failed' && wasRefused(call)
            ? tenses.asks.replace('Asks', 'Asked')
            : tenses.ran
  return { icon: tenses.icon, verb, argument: { ...argument, text: flat(argument.text) } }
}

/** How the host writes down that a question was declined; an answer has the person's words. */
const DECLINED = 'Declined'

/** Settled without a yes: denied, rejected, declined, cancelled or no longer asked. */
export function saidNo({ settled, rejectIds }: Pick<DecisionItem, 'settled' | 'rejectIds'>): boolean {
  if (settled === null) return false
  if (settled.outcome !== 'ANSWERED') return true
  return settled.optionId === null ? settled.answer === DECLINED : rejectIds.includes(settled.optionId)
}

/** Ended because a person said no: nothing ran. */
export const wasRefused = (call: ToolCall): boolean => call.decisions.some(saidNo)

/** `exit 1` when the agent said how the command ended, else what the state is called; null when the mark says it. */
export function resultWords(call: ToolCall): string | null {
  const state = toolState(call)
  if (state === 'running' || state === 'asks') return null
  if (state === 'lost') return 'Ended with the turn'
  if (state === 'failed' && wasRefused(call)) return 'not run'
  if (call.kind === 'execute') {
    const fields = fieldsOf(call.rawOutput)
    for (const name of ['exitCode', 'exit_code', 'code', 'exit']) {
      const code = fields[name]
      if (typeof code === 'number' && (code !== 0 || state === 'failed')) return `exit ${code}`
    }
  }
  return state === 'failed' ? 'failed' : null
}

/** An output that the agent wrapped in a markdown fence, without it. */
export function withoutFence(text: string): string {
  const found = /^\s*(`{3,})[^\n`]*\n([\s\S]*?)\n?\1\s*$/.exec(text)
  return found?.[2] ?? text
}
