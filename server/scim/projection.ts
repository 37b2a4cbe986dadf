/** Which attributes an answer shows: `attributes` and `excludedAttributes` (RFC 7644 §3.9). Pure. */
import { nameOf } from './filter.ts'
import { OURS, ScimError } from './messages.ts'

const MOST_CHARS = 2000
/** Shown whatever is asked (RFC 7643 §7, returned: always). */
const ALWAYS = ['id', 'schemas']

export type Projection = {
  shows(attribute: string): boolean
  of(resource: object): object
}

/** Throws invalidValue for a list that is too long. What is named and not there is passed over. */
export function projectionOf(query: URLSearchParams): Projection {
  const [only, without] = [namesIn(query.get('attributes')), namesIn(query.get('excludedAttributes'))]
  const isWhole = (names: readonly string[], name: string) => names.includes(name)
  const hasPart = (names: readonly string[], name: string) => names.some((one) => one.startsWith(`${name}.`))
  const shows = (attribute: string): boolean => {
    const name = attribute.toLowerCase()
    if (ALWAYS.includes(name)) return true
    if (only.length > 0 && !isWhole(only, name) && !hasPart(only, name)) return false
    return !isWhole(without, name)
  }
  const part = (name: string, value: unknown): unknown => {
    if (Array.isArray(value)) return value.map((one) => part(name, one))
    if (typeof value !== 'object' || value === null) return value
    const narrows = only.length > 0 && !isWhole(only, name)
    const kept = Object.entries(value).filter(([key]) => {
      const whole = `${name}.${key.toLowerCase()}`
      return (!narrows || isWhole(only, whole)) && !isWhole(without, whole)
    })
    return Object.fromEntries(kept)
  }
  return {
    shows,
    of: (resource) =>
      Object.fromEntries(
        Object.entries(resource)
          .filter(([key]) => shows(key))
          .map(([key, value]) => [key, value instanceof Date ? value : part(key.toLowerCase(), value)]),
      ),
  }
}

function namesIn(list: string | null): string[] {
  if (list === null) return []
  if (list.length > MOST_CHARS)
    throw new ScimError(400, `At most ${MOST_CHARS} characters name attributes.`, 'invalidValue')
  const names = list.split(',').map((one) => one.trim())
  const ours = OURS.toLowerCase()
  return names
    .filter((one) => one !== '')
    .map((one) =>
      one.toLowerCase() === ours ? ours : one.toLowerCase() === `${ours}:ownerid` ? `${ours}.ownerid` : nameOf(one),
    )
}
