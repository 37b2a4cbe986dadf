// Which counters each device has used, rebuilt from the ledger: the highest ones, and the last one of each kind. Knows no signature.

export type CounterUse = { readonly deviceId: string; readonly counter: number }

export type Counters = {
  use(use: CounterUse, kind: string): void
  /** `used`: it was taken before. `old`: below all that are remembered, so nobody can say. */
  standing(use: CounterUse): 'free' | 'used' | 'old'
  /** The highest that the device has used for that kind; null for none. */
  lastOf(deviceId: string, kind: string): number | null
}

/** Remembers the `width` highest of each device; counters may have gaps. */
export function createCounters(width: number): Counters {
  const highest = new Map<string, number[]>()
  const last = new Map<string, number>()
  return {
    use({ deviceId, counter }, kind) {
      const known = highest.get(deviceId) ?? []
      if (!known.includes(counter)) known.push(counter)
      known.sort((a, b) => b - a).splice(width)
      highest.set(deviceId, known)
      const name = `${kind} ${deviceId}`
      last.set(name, Math.max(counter, last.get(name) ?? counter))
    },
    standing({ deviceId, counter }) {
      const known = highest.get(deviceId) ?? []
      if (known.includes(counter)) return 'used'
      const lowest = known.at(-1)
      return known.length >= width && lowest !== undefined && counter < lowest ? 'old' : 'free'
    },
    lastOf: (deviceId, kind) => last.get(`${kind} ${deviceId}`) ?? null,
  }
}
