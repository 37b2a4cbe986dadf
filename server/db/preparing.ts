/**
 * A postgres.js client whose statements are prepared. Drizzle asks for none to be, and postgres.js then describes each before it runs it: two
 * round trips and a new plan every time. Knows no query.
 */
import type postgres from 'postgres'

/** As many as a statement of fixed form has. Longer ones hold lists of any length: kept, they would fill the database's memory. */
const MAX_VALUES = 32

type Unsafe = (text: string, values?: unknown[], how?: object) => unknown
type Begin = (...given: unknown[]) => unknown

/** The same client, each statement prepared once per connection, inside transactions too. */
export function preparing<C extends postgres.Sql | postgres.TransactionSql>(client: C): C {
  return new Proxy(client, {
    get(target, name) {
      const own: unknown = Reflect.get(target, name)
      if (name === 'unsafe')
        return (text: string, values: unknown[] = [], how: object = {}) =>
          (own as Unsafe)(text, values, { ...how, prepare: values.length <= MAX_VALUES })
      if (name !== 'begin' && name !== 'savepoint') return own
      return (...given: unknown[]) => (own as Begin)(...given.map(inside))
    },
  })
}

/** What `begin` is given: options, and the work, which gets a client of its own. */
function inside(given: unknown): unknown {
  if (typeof given !== 'function') return given
  return (inner: postgres.TransactionSql) => given(preparing(inner))
}
