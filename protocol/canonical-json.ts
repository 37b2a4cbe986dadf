/** JSON with one spelling for one value (RFC 8785): keys sorted, no blanks, numbers as ECMAScript writes them. Knows no meaning. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/** Throws RangeError for a number that JSON does not have. Keys are sorted by UTF-16 code units, as the RFC asks. */
export function canonicalJson(value: Json): string {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError('not a number of JSON')
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const fields = Object.entries(value as { readonly [name: string]: Json }).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`).join(',')}}`
}
