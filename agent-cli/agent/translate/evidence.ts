// All that a permission asks as one verbatim string, which phone and host hash alike (D1). Pure.
// Nothing is elided, with one exception that is stated in the text itself: what would not fit into an event.
import { createHash } from 'node:crypto'
import type { ToolCall, ToolContent } from './event-body.ts'
import { fieldsOf, isObject, jsonText, listOf } from './json.ts'

/** JSON bytes of evidence or plan that fit into an event of 256 KiB beside everything else it carries. */
export const maxEvidenceBytes = 96 * 1024

export function evidenceOf(asked: {
  call: ToolCall
  rawInput: unknown
  cwd: string
  paths: readonly string[]
}): string {
  const { call, rawInput } = asked
  const command = commandOf(rawInput)
  const parts: (string | null)[] = [
    command ?? call.title ?? call.name ?? null,
    // A title may say other things than the command does: show both.
    command !== null && call.title && call.title !== command ? `Title: ${call.title}` : null,
    `Folder: ${workingFolder(rawInput) ?? asked.cwd}`,
    asked.paths.length > 0 ? `Paths:\n${asked.paths.join('\n')}` : null,
    restOfInput(rawInput, command !== null),
    ...(call.content ?? []).map(contentText),
  ]
  return fitting(parts.filter((part) => part !== null).join('\n\n'))
}

/** The plan itself, else what the request said. */
export function planEvidence(plan: string | null, call: ToolCall, rawInput: unknown): string {
  return fitting(
    plan ?? [call.title ?? '', restOfInput(rawInput, false) ?? ''].filter((part) => part !== '').join('\n\n'),
  )
}

/**
 * The text, or as much of it as an event can carry with a last line that says how much is missing and commits to the whole by
 * its SHA-256. The tool call shows the rest.
 */
export function fitting(text: string): string {
  if (jsonBytes(text) <= maxEvidenceBytes) return text
  let length = text.length
  while (jsonBytes(text.slice(0, length)) > maxEvidenceBytes) length = Math.floor(length * 0.8)
  const shown = text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '')
  const digest = createHash('sha256').update(text).digest('hex')
  return `${shown}\n\n[${text.length - shown.length} more characters are in the tool call; SHA-256 of all: ${digest}]`
}

const jsonBytes = (text: string) => Buffer.byteLength(JSON.stringify(text))

/** A shell command as it will run: a string as given, an argument list quoted where a blank would mislead. */
function commandOf(rawInput: unknown): string | null {
  const command = fieldsOf(rawInput).command ?? fieldsOf(rawInput).cmd
  if (typeof command === 'string' && command !== '') return command
  const words = listOf(command)
  if (words.length === 0 || !words.every((word) => typeof word === 'string')) return null
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ')
}

function workingFolder(rawInput: unknown): string | null {
  const input = fieldsOf(rawInput)
  const folder = input.cwd ?? input.workdir ?? input.working_directory ?? input.directory
  return typeof folder === 'string' && folder !== '' ? folder : null
}

/** The raw input; without the command where that stands above already. */
function restOfInput(rawInput: unknown, commandShown: boolean): string | null {
  if (rawInput === undefined || rawInput === null) return null
  if (!isObject(rawInput)) return typeof rawInput === 'string' ? rawInput : jsonText(rawInput)
  const fields = Object.entries(rawInput).filter(([name]) => !(commandShown && isShownCommand(name, rawInput)))
  return fields.length === 0 ? null : jsonText(Object.fromEntries(fields))
}

const isShownCommand = (name: string, input: Record<string, unknown> | Readonly<Record<string, unknown>>) =>
  name === 'command' || (name === 'cmd' && input.command === undefined)

function contentText(content: ToolContent): string | null {
  if (content.type === 'diff') return diffText(content)
  return content.block?.text ?? content.json ?? null
}

/** Old and new text whole, each line marked; lines equal at both ends are left to the file. */
function diffText(diff: ToolContent): string {
  const before = diff.oldText === null || diff.oldText === undefined ? [] : diff.oldText.split('\n')
  const after = (diff.newText ?? '').split('\n')
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1
  let end = 0
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  )
    end += 1
  const removed = before.slice(start, before.length - end).map((line) => `-${line}`)
  const added = after.slice(start, after.length - end).map((line) => `+${line}`)
  const head =
    before.length === 0 ? `New file ${diff.path ?? ''}` : `Change in ${diff.path ?? ''}, from line ${start + 1}`
  return [head, ...removed, ...added].join('\n')
}
