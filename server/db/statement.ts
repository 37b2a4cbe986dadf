/** A statement written by hand, whose text is made once: its names and placeholders are resolved at its first use, and only values are put in later. Knows no table. */
import { is, Placeholder, type SQL, sql } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import type { Tx } from './handle.ts'
import { rowsOf } from './rows.ts'

/** Where a value goes. */
export const given = (name: string): Placeholder => sql.placeholder(name)

/** What a placeholder may stand for: what both drivers take as it is. */
export type Value = string | number | boolean | null

export type Statement<Names extends string> = {
  /** The statement with what is `given` put in. Throws when a placeholder has no value. */
  (values: Readonly<Record<Names, Value>>): SQL
  /** Its rows. What the columns hold is the statement's author's word. */
  rows<Row>(tx: Tx, values: Readonly<Record<Names, Value>>): Promise<Row[]>
}

/** Runs a text with its values past Drizzle, and gives the rows as Drizzle would. */
export type Straight = (text: string, values: unknown[]) => PromiseLike<unknown>

const straights = new WeakMap<Tx, Straight>()

/** For a handle that is no transaction: Drizzle takes a tenth of a millisecond to hand a finished text on. */
export const goStraight = (tx: Tx, straight: Straight): void => void straights.set(tx, straight)

/** `make` is called once; a value that it writes itself stays as it is. */
export function statement<Names extends string>(make: () => SQL): Statement<Names> {
  let made: { texts: TemplateStringsArray; whole: string; params: unknown[] } | null = null
  const filled = ({ params }: NonNullable<typeof made>, values: Readonly<Record<Names, Value>>) =>
    params.map((param) => {
      if (!is(param, Placeholder)) return param
      const value = values[param.name as Names]
      if (value === undefined) throw new Error(`no value for ${param.name}`)
      return value
    })
  const put = (values: Readonly<Record<Names, Value>>): SQL => {
    made ??= split(make())
    return sql(made.texts, ...filled(made, values))
  }
  return Object.assign(put, {
    async rows<Row>(tx: Tx, values: Readonly<Record<Names, Value>>): Promise<Row[]> {
      const straight = straights.get(tx)
      if (!straight) return rowsOf<Row>(await tx.execute(put(values)))
      made ??= split(make())
      return rowsOf<Row>(await straight(made.whole, filled(made, values)))
    },
  })
}

/** The text between its parameters, in the form of a template's. */
function split(template: SQL): { texts: TemplateStringsArray; whole: string; params: unknown[] } {
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
  // A parameter that is used twice is there twice: numbered anew, in their order.
  const whole = texts.reduce((before, part, index) => `${before}$${index}${part}`)
  return { texts: Object.assign(texts, { raw: texts }), whole, params: ordered }
}
