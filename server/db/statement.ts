/** A statement written by hand, whose text is made once: its names and placeholders are resolved at its first use, and only values are put in later. Knows no table. */
import { is, Placeholder, type SQL, sql } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'

/** Where a value goes. */
export const given = (name: string): Placeholder => sql.placeholder(name)

/** What a placeholder may stand for: what both drivers take as it is. */
export type Value = string | number | boolean | null

/**
 * Gives the statement with what is `given` put in. `make` is called once; a value that it writes itself stays as it is. Throws when a
 * placeholder has no value.
 */
export function statement<Names extends string>(make: () => SQL): (values: Readonly<Record<Names, Value>>) => SQL {
  let made: { texts: TemplateStringsArray; params: unknown[] } | null = null
  return (values) => {
    made ??= split(make())
    const filled = made.params.map((param) => {
      if (!is(param, Placeholder)) return param
      const value = values[param.name as Names]
      if (value === undefined) throw new Error(`no value for ${param.name}`)
      return value
    })
    return sql(made.texts, ...filled)
  }
}

/** The text between its parameters, in the form of a template's. */
function split(template: SQL): { texts: TemplateStringsArray; params: unknown[] } {
  const { sql: text, params } = new PgDialect().sqlToQuery(template)
  const ordered: unknown[] = []
  const texts: string[] = []
  let from = 0
  for (const { index, 0: mark, 1: number } of text.matchAll(/\$(\d+)/g)) {
    texts.push(text.slice(from, index))
    ordered.push(params[Number(number) - 1])
    from = index + mark.length
  }
  texts.push(text.slice(from))
  return { texts: Object.assign(texts, { raw: texts }), params: ordered }
}
