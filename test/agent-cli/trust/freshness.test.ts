import { expect, test } from 'vitest'
import { type Asking, staleness } from '../../../agent-cli/trust/freshness.ts'

const now = Date.UTC(2026, 0, 31, 12)
const minute = 60_000
const answer: Asking = { needs: 'ANSWER', isAnswer: true, takesAway: false }
const prompt: Asking = { needs: 'STEER', isAnswer: false, takesAway: false }
const autopilot: Asking = { needs: 'FULL', isAnswer: false, takesAway: false }
const deny: Asking = { needs: 'ANSWER', isAnswer: true, takesAway: true }

test.each<[string, Asking, number, boolean]>([
  ['an answer of 15 minutes ago', answer, -15 * minute, true],
  ['an answer of 16 minutes ago', answer, -16 * minute, false],
  ['a plan into interactive mode of 16 minutes ago', { ...answer, needs: 'STEER' }, -16 * minute, false],
  ['a prompt of a day ago', prompt, -24 * 60 * minute, true],
  ['a prompt of a day and a minute ago', prompt, -(24 * 60 + 1) * minute, false],
  ['autopilot of 5 minutes ago', autopilot, -5 * minute, true],
  ['autopilot of 6 minutes ago', autopilot, -6 * minute, false],
  ['always-allow of 6 minutes ago', { ...answer, needs: 'FULL' }, -6 * minute, false],
  ['a clock that is 2 minutes ahead', answer, 2 * minute, true],
  ['a clock that is 3 minutes ahead', answer, 3 * minute, false],
  ['a deny of a year ago', deny, -365 * 24 * 60 * minute, true],
  ['a deny of next year', deny, 365 * 24 * 60 * minute, true],
])('[T5] [D5] by the clock of the host: %s', (_name, asking, offMs, isGood) => {
  expect(staleness(asking, now + offMs, now) === null).toBe(isGood)
})

test('[T7] the words name both clocks and what to do', () => {
  expect(staleness(answer, now - 20 * minute, now)).toBe(
    'This was said too long ago to be done now: it was good for 15 minutes. It says 2026-01-31 11:40:00 UTC; the clock of this machine says 2026-01-31 12:00:00 UTC. Look again and say it anew.',
  )
  expect(staleness(answer, 8.64e15 + 1, now)).toContain('a time that is none')
})
