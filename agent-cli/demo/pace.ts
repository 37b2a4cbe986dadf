// How fast the demo speaks and pretends to think. Knows nothing of what is said.
import { setTimeout as delay, setImmediate as nextTick } from 'node:timers/promises'

export interface Pace {
  /** 1 is normal, 0 never waits. */
  factor: number
  /** Waits `ms` at normal pace; rejects at once when `signal` aborts. Even at pace 0 it lets input in. */
  pause(ms: number, signal: AbortSignal): Promise<void>
}

/** Reads OFFDESK_DEMO_PACE: a factor from 0 to 10, 1 if absent or not a number. */
export function createPace(text: string | undefined): Pace {
  const asked = text === undefined || text.trim() === '' ? 1 : Number(text)
  const pace: Pace = {
    factor: Number.isFinite(asked) ? Math.min(Math.max(asked, 0), 10) : 1,
    async pause(ms, signal) {
      const wait = ms * pace.factor
      await (wait > 0 ? delay(wait, undefined, { signal }) : nextTick(undefined, { signal }))
    },
  }
  return pace
}
