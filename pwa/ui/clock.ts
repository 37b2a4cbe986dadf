// One ticking clock for every age on the screen: a running number changes once a second below a minute, then once a minute.
// Knows no words and no React.

export type Clock = {
  /** Milliseconds since 1970, as of the last tick while somebody watches. Stable between ticks. */
  read(): number
  /** Calls back at each tick that may change an age counted from `since`. Returns the way to stop. */
  watch(since: number, onTick: () => void): () => void
  close(): void
}

/** What the clock stands on; tests give their own. */
export type ClockSource = {
  now(): number
  after(delayMs: number, run: () => void): () => void
}

const system: ClockSource = {
  now: () => Date.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
}

/** Sleeps when nobody watches; wakes for the soonest change among its watchers, and no sooner. */
export function createClock(source: ClockSource = system): Clock {
  const watchers = new Set<{ since: number; onTick: () => void }>()
  let shown = 0
  let wakesAt = Number.POSITIVE_INFINITY
  let cancel = () => {}

  const nextChange = (since: number, now: number) => {
    const age = Math.max(0, now - since)
    const step = age < 60_000 ? 1000 : 60_000
    // From the start of the age, so that "1 min" appears a minute after and all numbers of one age keep their beat.
    return now + (step - (age % step))
  }
  const schedule = (at: number) => {
    cancel()
    wakesAt = at
    cancel = Number.isFinite(at) ? source.after(Math.max(1, at - source.now()), tick) : () => {}
  }
  const tick = () => {
    shown = source.now()
    let soonest = Number.POSITIVE_INFINITY
    for (const { since } of watchers) soonest = Math.min(soonest, nextChange(since, shown))
    schedule(soonest)
    for (const { onTick } of [...watchers]) onTick()
  }
  return {
    read: () => (watchers.size > 0 ? shown : source.now()),
    watch(since, onTick) {
      const watcher = { since, onTick }
      // A newcomer must not be shown by a minute-old reading; the others are at most ahead of their own next tick.
      shown = source.now()
      watchers.add(watcher)
      const at = nextChange(since, shown)
      if (at < wakesAt) schedule(at)
      return () => {
        watchers.delete(watcher)
        if (watchers.size === 0) schedule(Number.POSITIVE_INFINITY)
      }
    },
    close() {
      watchers.clear()
      schedule(Number.POSITIVE_INFINITY)
    },
  }
}
