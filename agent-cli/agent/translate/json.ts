// Reads values of unknown shape that an agent sent, without throwing. Knows no ACP word.

export type Fields = Readonly<Record<string, unknown>>

/** The fields of an object, none for anything else. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** A string with something in it, else null: ids and names that say nothing are as good as absent. */
export function wordOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

/** A whole number that fits GraphQL's Int; larger ones become the nearest that fits. */
export function intOf(value: unknown): number | null {
  const number = numberOf(value)
  if (number === null) return null
  return Math.max(-2_147_483_648, Math.min(2_147_483_647, Math.trunc(number)))
}

/** JSON text for reading. What nests too deep for JSON.stringify's stack is said to be so. */
export function jsonText(value: unknown, indent = 2): string {
  try {
    return JSON.stringify(value, null, indent) ?? 'null'
  } catch {
    return '"(nested too deep to show)"'
  }
}

/** The object without the fields that hold null or undefined, so that an upsert leaves them unchanged. */
export function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], null | undefined> } {
  const kept = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], null | undefined> }
}
