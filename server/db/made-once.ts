/** A statement that is asked all day is made once for each handle: Drizzle takes longer to make a select than the database to answer it. Knows no query. */
import type { Tx } from './handle.ts'

/**
 * What `make` gives for this handle, kept as long as the handle lives: make it of placeholders and `.prepare(name)`. A transaction's handle is used once, so there nothing is
 * saved and nothing lost.
 */
export function madeOnce<Q>(make: (tx: Tx) => Q): (tx: Tx) => Q {
  const made = new WeakMap<Tx, Q>()
  return (tx) => {
    const known = made.get(tx)
    if (known) return known
    const query = make(tx)
    made.set(tx, query)
    return query
  }
}
