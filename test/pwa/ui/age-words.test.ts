// Ages and clock times in the words of the voice, and the one clock that moves them.
import { describe, expect, it } from 'vitest'
import { ageWords, clockWords, lengthWords, momentWords } from '../../../pwa/ui/age-words.ts'
import { createClock } from '../../../pwa/ui/clock.ts'

const at = (day: number, hour: number, minute: number, second = 0, month = 10, year = 2026) =>
  new Date(year, month, day, hour, minute, second).getTime()
// A Friday.
const now = at(20, 14, 6)

describe('ages', () => {
  it.each([
    [now, '0 s'],
    [now + 90_000, '0 s'],
    [now - 38_000, '38 s'],
    [now - 59_999, '59 s'],
    [now - 60_000, '1 min'],
    [now - 4 * 60_000 - 59_000, '4 min'],
    [now - 59 * 60_000, '59 min'],
    [now - 60 * 60_000, '1 h'],
    [now - 23.9 * 3_600_000, '23 h'],
    [at(19, 14, 6), 'Thu'],
    [at(17, 9, 0), 'Tue'],
    [at(14, 0, 1), 'Sat'],
    [at(13, 23, 59), '13 Nov'],
    [at(12, 8, 0), '12 Nov'],
    [at(31, 8, 0, 0, 11, 2025), '31 Dec 2025'],
  ])('%i is said as %s', (since, words) => {
    expect(ageWords(since, now)).toBe(words)
  })

  it('says clock times in 24 hours, with the day when it was not today', () => {
    expect(clockWords(at(20, 14, 2))).toBe('14:02')
    expect(clockWords(at(20, 4, 2, 9), { seconds: true })).toBe('04:02:09')
    expect(momentWords(at(20, 4, 2), now)).toBe('04:02')
    expect(momentWords(at(19, 23, 59), now)).toBe('Thu 23:59')
    expect(momentWords(at(12, 14, 2), now)).toBe('12 Nov 14:02')
  })

  it.each([
    [14_000, '14 s'],
    [72_000, '1 min 12 s'],
    [120_000, '2 min'],
    [2 * 3_600_000 + 5 * 60_000, '2 h 5 min'],
    [-5, '0 s'],
  ])('a length of %i ms is %s', (length, words) => {
    expect(lengthWords(length)).toBe(words)
  })
})

/** Time that moves by hand; wakes what is due, in order. */
function handClock(start: number) {
  let time = start
  const timers = new Set<{ at: number; run: () => void }>()
  return {
    source: {
      now: () => time,
      after: (delayMs: number, run: () => void) => {
        const timer = { at: time + delayMs, run }
        timers.add(timer)
        return () => timers.delete(timer)
      },
    },
    pending: () => timers.size,
    forward(ms: number) {
      const end = time + ms
      for (;;) {
        const due = [...timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0]
        if (!due) break
        timers.delete(due)
        time = due.at
        due.run()
      }
      time = end
    },
  }
}

describe('the clock', () => {
  it('ticks once a second below a minute, then once a minute', () => {
    const hand = handClock(now)
    const clock = createClock(hand.source)
    const seen: string[] = []
    clock.watch(now - 57_000, () => seen.push(ageWords(now - 57_000, clock.read())))
    hand.forward(4_000)
    expect(seen).toEqual(['58 s', '59 s', '1 min'])
    hand.forward(180_000)
    expect(seen).toEqual(['58 s', '59 s', '1 min', '2 min', '3 min', '4 min'])
  })

  it('has one timer for all, and none when nobody watches', () => {
    const hand = handClock(now)
    const clock = createClock(hand.source)
    expect(hand.pending()).toBe(0)
    const stops = [now, now - 600_000, now - 30_000].map((since) => clock.watch(since, () => {}))
    expect(hand.pending()).toBe(1)
    for (const stop of stops) stop()
    expect(hand.pending()).toBe(0)
  })

  it('shows a newcomer the time it is, not the time of the last tick', () => {
    const hand = handClock(now)
    const clock = createClock(hand.source)
    clock.watch(now - 600_000, () => {})
    hand.forward(40_000)
    clock.watch(now + 10_000, () => {})
    expect(ageWords(now + 10_000, clock.read())).toBe('30 s')
  })

  it('goes quiet when closed', () => {
    const hand = handClock(now)
    const clock = createClock(hand.source)
    let ticks = 0
    clock.watch(now, () => ticks++)
    clock.close()
    hand.forward(10_000)
    expect(ticks).toBe(0)
  })
})
