// A value of texts, lists and objects with every text masked, contents in `data:` addresses of texts included. Knows no event's fields. Pure but for
// what the masking counts.
import type { Masking } from './mask.ts'

const textData = /^data:((?:text\/|application\/(?:json|xml|x-yaml|toml|x-sh))[^;,]*(?:;charset=[\w-]+)?);base64,/

/** The very same value where nothing was masked. Keys stay as they are: they are names. */
export function masked<T>(value: T, masking: Masking): T {
  return through(value, masking) as T
}

function through(value: unknown, masking: Masking): unknown {
  if (typeof value === 'string') return textOf(value, masking)
  if (Array.isArray(value)) {
    let isSame = true
    const items = value.map((item) => {
      const next = through(item, masking)
      isSame &&= next === item
      return next
    })
    return isSame ? value : items
  }
  if (typeof value !== 'object' || value === null) return value
  let isSame = true
  const entries = Object.entries(value).map(([key, item]) => {
    const next = through(item, masking)
    isSame &&= next === item
    return [key, next] as const
  })
  // Defines properties, so a key called __proto__ stays a key.
  return isSame ? value : Object.fromEntries(entries)
}

function textOf(text: string, masking: Masking): string {
  const [head, kind] = textData.exec(text.slice(0, 100)) ?? []
  if (head === undefined || kind === undefined) return text.startsWith('data:') ? text : masking.text(text)
  const inside = Buffer.from(text.slice(head.length), 'base64').toString('utf8')
  const next = masking.text(inside)
  return next === inside ? text : `data:${kind};base64,${Buffer.from(next).toString('base64')}`
}
