// Times on the screen. One shared clock moves them all; only the words that change are drawn again.
import { createContext, useCallback, useContext, useSyncExternalStore } from 'react'
import { ageWords, clockWords, lengthWords, momentWords } from './age-words.ts'
import { type Clock, createClock } from './clock.ts'

/** The clock of the app; a test or the gallery provides its own. */
export const ClockContext = createContext<Clock>(createClock())

/** A time as the schema gives it (ISO 8601) or in milliseconds since 1970. */
export type Instant = string | number

function milliseconds(at: Instant): number {
  return typeof at === 'number' ? at : Date.parse(at)
}

/** Words that follow the clock from `since` on. `say` must be pure. */
export function useTicking(since: Instant, say: (since: number, now: number) => string): string {
  const clock = useContext(ClockContext)
  const from = milliseconds(since)
  const watch = useCallback((onTick: () => void) => clock.watch(from, onTick), [clock, from])
  const read = () => say(from, clock.read())
  return useSyncExternalStore(watch, read, read)
}

/** `38 s`, `4 min`, `2 h`, `Tue`, `12 Nov`: how long ago, kept current. */
export function Age({ since }: { since: Instant }) {
  const words = useTicking(since, ageWords)
  return (
    <time className="num" dateTime={new Date(milliseconds(since)).toISOString()}>
      {words}
    </time>
  )
}

/** `14:02`; with its day when it was not today. */
export function At({ at, seconds }: { at: Instant; seconds?: boolean | undefined }) {
  const words = useTicking(at, seconds ? (time) => clockWords(time, { seconds }) : momentWords)
  return (
    <time className="num" dateTime={new Date(milliseconds(at)).toISOString()}>
      {words}
    </time>
  )
}

/** A length that has ended: `14 s`, `1 min 42 s`. */
export function Length({ ms }: { ms: number }) {
  return <span className="num">{lengthWords(ms)}</span>
}

/** What is left until a time: `1 min 42 s`, then `0 s`. Runs by the second. */
export function Countdown({ until }: { until: Instant }) {
  // Counted from the end, the age is below a minute (zero), so the clock ticks each second.
  const words = useTicking(until, (end, now) => lengthWords(end - now))
  return <span className="num">{words}</span>
}
