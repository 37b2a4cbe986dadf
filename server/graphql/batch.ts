/** Gathers what many resolvers of one operation ask for in the same moment into one read. Knows no table and keeps nothing. */
import type { Tx } from '../db/database.ts'
import type { Context } from './context.ts'

type Waiting<K, V> = { key: K; resolve: (value: V | undefined) => void; reject: (error: unknown) => void }

/**
 * `load` is given all keys at once and answers by key text. A subscription's context lives for hours, so nothing is remembered:
 * the same key asked for later is read again.
 */
export function createBatch<K, V>(
  textOf: (key: K) => string,
  load: (tx: Tx, keys: K[], context: Context) => Promise<ReadonlyMap<string, V>>,
): (context: Context, key: K) => Promise<V | undefined> {
  const waiting = new WeakMap<Context, Waiting<K, V>[]>()

  async function run(context: Context, batch: Waiting<K, V>[]): Promise<void> {
    waiting.delete(context)
    const keys = new Map(batch.map(({ key }) => [textOf(key), key]))
    try {
      const found = await context.database.read((tx) => load(tx, [...keys.values()], context))
      for (const { key, resolve } of batch) resolve(found.get(textOf(key)))
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }

  return (context, key) =>
    new Promise((resolve, reject) => {
      const batch = waiting.get(context)
      if (batch) {
        batch.push({ key, resolve, reject })
        return
      }
      const first = [{ key, resolve, reject }]
      waiting.set(context, first)
      // After every resolver that is ready now: graphql-js resolves a list's items in one run of microtasks.
      setImmediate(() => void run(context, first))
    })
}
