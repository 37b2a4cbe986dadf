// A permission as a question that a person can answer at a glance. Pure; the evidence, not the title, says all that is asked.
import type { ToolCall } from './event-body.ts'
import { fieldsOf, wordOf } from './json.ts'

const longestTitle = 120

export function questionTitle(call: ToolCall, rawInput: unknown): string {
  const file = fileNamed(call, rawInput)
  switch (call.kind) {
    case 'execute':
      return 'Run this command?'
    case 'edit':
      return file === null ? 'Make this change?' : file
    case 'delete':
      return file === null ? 'Delete this?' : file
    case 'move':
      return file === null ? 'Move this?' : file
    case 'read':
      return file === null ? 'Read this?' : file
    case 'fetch':
      return `Fetch ${hostIn(call, rawInput) ?? 'this address'}?`
    case 'switch_mode':
      return 'Switch the mode?'
    default: {
      const name = wordOf(call.title) ?? wordOf(call.name)
      return name === null ? 'Allow this?' : `Allow “${cut(name)}”?`
    }
  }
}

function fileNamed(call: ToolCall, rawInput: unknown): string | null {
  const input = fieldsOf(rawInput)
  const changed = (call.content ?? []).filter((content) => content.type === 'diff')
  const named = [...changed.map((content) => content.path), ...(call.locations ?? []).map((location) => location.path)]
  const given = wordOf(input.file_path) ?? wordOf(input.path) ?? wordOf(input.filePath)
  const paths = [...new Set(named.flatMap((path) => wordOf(path) ?? []))]
  const all = paths.length > 0 ? paths : given === null ? [] : [given]
  if (all.length === 0) return null
  const isNew = call.kind === 'edit' && changed.length > 0 && changed.every((content) => (content.oldText ?? '') === '')
  const verb =
    { edit: isNew ? 'Create' : 'Edit', delete: 'Delete', move: 'Move', read: 'Read' }[call.kind ?? ''] ?? 'Touch'
  const [only] = all
  return all.length === 1 && only !== undefined ? `${verb} ${cut(lastPart(only))}?` : `${verb} ${all.length} files?`
}

function hostIn(call: ToolCall, rawInput: unknown): string | null {
  const text = wordOf(fieldsOf(rawInput).url) ?? /https?:\/\/[^\s"'`<>)]+/.exec(call.title ?? '')?.[0]
  try {
    return text === undefined ? null : cut(new URL(text).host) || null
  } catch {
    return null
  }
}

const lastPart = (path: string) => path.split(/[\\/]/).findLast((part) => part !== '') ?? path
const cut = (text: string) => {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > longestTitle ? `${line.slice(0, longestTitle - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : line
}
