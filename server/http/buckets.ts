/** Token buckets by name, in one process: each take costs the same however many there are, and their memory is bounded. Knows no request. */

export type BucketRule = {
  /** What comes back in a second. */
  perSecond: number
  /** What a bucket holds; it begins full. */
  burst: number
  /** Names kept; the longest unused are forgotten, which is to say full again. */
  most: number
}

export type Buckets = {
  /** Null when it was taken; else the seconds until it can be. */
  take(name: string): number | null
  /** The same, taking nothing. */
  look(name: string): number | null
  /** Takes one that is not there: the next ones wait for it. At most a burst is owed. */
  owe(name: string): void
  /** Whether anything is kept under that name. */
  has(name: string): boolean
}

type Bucket = { held: number; at: number }

/** `now` in milliseconds, never back. */
export function createBuckets({ perSecond, burst, most }: BucketRule, now = () => performance.now()): Buckets {
  // Two halves instead of an order of use: what is asked for moves into the young one, and the old one goes as a whole.
  let young = new Map<string, Bucket>()
  let old = new Map<string, Bucket>()

  function find(name: string): Bucket {
    const known = young.get(name)
    if (known) return filled(known)
    const bucket = old.get(name) ?? { held: burst, at: now() }
    if (young.size >= most / 2) {
      old = young
      young = new Map()
    }
    young.set(name, bucket)
    return filled(bucket)
  }

  function filled(bucket: Bucket): Bucket {
    const at = now()
    bucket.held = Math.min(burst, bucket.held + ((at - bucket.at) / 1000) * perSecond)
    bucket.at = at
    return bucket
  }

  const waitOf = ({ held }: Bucket): number | null =>
    held >= 1 ? null : Math.max(1, Math.ceil((1 - held) / perSecond))

  return {
    take: (name) => {
      const bucket = find(name)
      const wait = waitOf(bucket)
      if (wait === null) bucket.held -= 1
      return wait
    },
    look: (name) => waitOf(find(name)),
    owe: (name) => {
      const bucket = find(name)
      bucket.held = Math.max(-burst, bucket.held - 1)
    },
    has: (name) => young.has(name) || old.has(name),
  }
}
