// How long a signed word is good, by this host's clock (T5, E10). Pure.
import { clockSlackSeconds, validSeconds } from '../../protocol/command.ts'
import type { Rung } from '../remote/roster.ts'

/** What is asked for, as this host reads it. `takesAway`: deny, decline, cancel: always good (D5). */
export type Asking = { readonly needs: Rung; readonly isAnswer: boolean; readonly takesAway: boolean }

function secondsFor({ needs, isAnswer, takesAway }: Asking): number | null {
  if (takesAway) return validSeconds.takesAway
  if (needs === 'FULL') return validSeconds.full
  return isAnswer ? validSeconds.answer : validSeconds.steer
}

/** A sentence that says what is wrong with the time, or null. */
export function staleness(asking: Asking, madeAtMs: number, nowMs: number): string | null {
  const seconds = secondsFor(asking)
  if (seconds === null) return null
  const clocks = `It says ${clock(madeAtMs)}; the clock of this machine says ${clock(nowMs)}.`
  if (madeAtMs > nowMs + clockSlackSeconds * 1000)
    return `The device’s clock is ahead of this machine’s. ${clocks} Set the clock that is wrong and do it again.`
  if (nowMs - madeAtMs <= seconds * 1000) return null
  return `This was said too long ago to be done now: it was good for ${lasting(seconds)}. ${clocks} Look again and say it anew.`
}

const clock = (ms: number): string => {
  const at = new Date(ms)
  return Number.isNaN(at.getTime()) ? 'a time that is none' : `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

const lasting = (seconds: number): string => (seconds >= 7200 ? `${seconds / 3600} hours` : `${seconds / 60} minutes`)
