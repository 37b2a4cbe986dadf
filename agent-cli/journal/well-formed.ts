// Repairs text before it becomes an event: no lone surrogate, no NUL, no bottomless nesting (E7). Pure; knows no file.
import { limits } from './limits.ts'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

const unwanted = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]|\0/g

/** The same text with every lone surrogate and every NUL replaced by U+FFFD. */
export function wellFormedText(text: string): string {
  return text.replace(unwanted, '\uFFFD')
}

/**
 * A JSON value whose every string and key is well-formed and free of NUL. Containers more than `maxDepth` levels down become
 * a string holding their JSON text. What JSON cannot say is treated as JSON.stringify treats it, except that a bigint becomes
 * its decimal text. Applying it twice changes nothing more.
 */
export function wellFormed(value: unknown, maxDepth: number = limits.maxDepth): Json {
  return repair(value, maxDepth) ?? null
}

function repair(value: unknown, depthLeft: number): Json | undefined {
  const plain = scalar(value)
  if (plain !== container) return plain
  if (depthLeft <= 0) return jsonText(value)
  if (Array.isArray(value)) return value.map((item) => repair(item, depthLeft - 1) ?? null)
  const used = new Set<string>()
  const entries: [string, Json][] = []
  for (const [key, item] of Object.entries(value as object)) {
    const kept = repair(item, depthLeft - 1)
    if (kept !== undefined) entries.push([unusedKey(key, used), kept])
  }
  // fromEntries defines properties, so a key called __proto__ stays a key.
  return Object.fromEntries(entries)
}

/** Two keys can become equal by the repair; the later one is lengthened, so that neither value is lost. */
function unusedKey(key: string, used: Set<string>): string {
  let name = wellFormedText(key)
  while (used.has(name)) name += '\uFFFD'
  used.add(name)
  return name
}

const container = Symbol('container')

function scalar(value: unknown): Json | undefined | typeof container {
  if (value === null) return null
  switch (typeof value) {
    case 'string':
      return wellFormedText(value)
    case 'number':
      return Number.isFinite(value) ? value : null
    case 'boolean':
      return value
    case 'bigint':
      return value.toString()
    case 'object':
      return container
    default:
      return undefined
  }
}

/** JSON text of a container of any depth. JSON.stringify calls itself and overflows the stack at some thousands of levels. */
function jsonText(root: unknown): string {
  const out: string[] = []
  const todo: ({ text: string } | { value: unknown })[] = [{ value: root }]
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if ('text' in next) {
      out.push(next.text)
      continue
    }
    const plain = scalar(next.value)
    if (plain !== container) {
      out.push(JSON.stringify(plain ?? null))
      continue
    }
    const parts: ({ text: string } | { value: unknown })[] = []
    if (Array.isArray(next.value)) {
      parts.push({ text: '[' })
      for (const [at, value] of next.value.entries()) parts.push({ text: at === 0 ? '' : ',' }, { value })
      parts.push({ text: ']' })
    } else {
      const used = new Set<string>()
      for (const [key, value] of Object.entries(next.value as object)) {
        if (scalar(value) === undefined) continue
        const name = JSON.stringify(unusedKey(key, used))
        parts.push({ text: `${parts.length === 0 ? '{' : ','}${name}:` }, { value })
      }
      parts.push({ text: parts.length === 0 ? '{}' : '}' })
    }
    for (let at = parts.length - 1; at >= 0; at -= 1) {
      const part = parts[at]
      if (part !== undefined) todo.push(part)
    }
  }
  return out.join('')
}
