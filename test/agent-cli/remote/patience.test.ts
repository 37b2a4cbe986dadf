/** What a host learns of the way to its server, by its own clock: how long it asks that one to wait (C2). */
import { expect, test } from 'vitest'
import { createPatience, longestWaitSeconds } from '../../../agent-cli/remote/patience.ts'

type Way = {
  /** Every so often something is heard inside a wait; null where a proxy keeps it back, or an older server says nothing. */
  heardEvery: number | null
  /** Whatever lasts longer is cut. */
  cutAfter?: number
  /** An older server's longest wait. */
  answersAfter?: number
}

/** Waits on such a way, one after another, and what each has asked for. */
function onWay({ heardEvery, cutAfter = Infinity, answersAfter = Infinity }: Way, random = () => 0.5) {
  let nowMs = 0
  const patience = createPatience({ random, now: () => nowMs })
  return (waits: number): number[] =>
    Array.from({ length: waits }, () => {
      const { waitSeconds, silenceSeconds } = patience.next()
      const begunMs = nowMs
      const lasts = Math.min(
        waitSeconds,
        answersAfter,
        cutAfter,
        (heardEvery ?? Infinity) > silenceSeconds ? silenceSeconds : Infinity,
      )
      for (let at = heardEvery ?? Infinity; at < lasts; at += heardEvery ?? 0) {
        nowMs = begunMs + at * 1000
        patience.heard()
      }
      nowMs = begunMs + lasts * 1000
      if (lasts === Math.min(waitSeconds, answersAfter)) {
        patience.heard()
        patience.answered(true)
      } else {
        patience.broke()
        patience.lost()
      }
      return waitSeconds
    })
}

test('[C2] where it is heard that the server waits, a host waits for long; the first of those ends at any time, so that a restart brings nobody back together', () => {
  expect(onWay({ heardEvery: 25 })(4)).toEqual([45, 315, 630, 630])
  expect(onWay({ heardEvery: 25 }, () => 0)(4)).toEqual([55, 1, 420, 420])
  const [, ...long] = onWay({ heardEvery: 25 }, () => 0.999)(4)
  expect(Math.max(...long)).toBeLessThanOrEqual(longestWaitSeconds)
})

test('[C2] a server of before, which is silent and answers after 55 s, and a proxy that keeps everything back, are asked for no more than before', () => {
  for (const answersAfter of [55, 40]) {
    const asked = onWay({ heardEvery: null, answersAfter })(5)
    expect(Math.max(...asked)).toBeLessThanOrEqual(55)
    expect(Math.min(...asked)).toBeGreaterThanOrEqual(35)
  }
})

test('[C2] a proxy that cuts whatever lasts is asked for what it bears: at 30 s the short wait, at 300 s no long one', () => {
  expect(onWay({ heardEvery: 25, cutAfter: 30 })(4)).toEqual([45, 45, 25, 25])
  expect(onWay({ heardEvery: null, cutAfter: 30 })(4)).toEqual([45, 45, 25, 25])
  const asked = onWay({ heardEvery: 25, cutAfter: 300 })(8)
  expect(asked.filter((seconds) => seconds > 55)).toHaveLength(2)
  expect(asked.slice(4)).toEqual([45, 45, 45, 45])
})

test('[C2] two breaks at different times are restarts or lost networks: a host goes on asking for long waits', () => {
  let nowMs = 0
  const patience = createPatience({ random: () => 0.5, now: () => nowMs })
  const waits = (seconds: number, isCut: boolean) => {
    const { waitSeconds } = patience.next()
    nowMs += Math.min(25, seconds) * 1000
    patience.heard()
    nowMs += Math.max(0, seconds - 25) * 1000
    if (isCut) {
      patience.broke()
      patience.lost()
    } else patience.answered(true)
    return waitSeconds
  }
  for (const seconds of [100, 200, 280, 60, 170]) {
    expect(waits(45, false)).toBe(45)
    expect(waits(seconds, true)).toBe(315)
  }
})

test('[C2] an answer alone, however its parts come, is nothing that was heard of a wait', () => {
  let nowMs = 0
  const patience = createPatience({ random: () => 0.5, now: () => nowMs })
  patience.next()
  nowMs += 30_000
  patience.heard()
  nowMs += 500
  patience.heard()
  patience.answered(false)
  expect(patience.next().waitSeconds).toBe(45)
})

test('[C2] a long wait in which nothing is heard is given up after 40 s, and the way is tried anew', () => {
  const waits = onWay({ heardEvery: 25 })
  expect(waits(2)).toEqual([45, 315])
  let nowMs = 0
  const patience = createPatience({ random: () => 0.5, now: () => nowMs })
  patience.next()
  patience.heard()
  nowMs += 45_000
  patience.answered(true)
  expect(patience.next()).toEqual({ waitSeconds: 315, silenceSeconds: 40 })
  nowMs += 40_000
  patience.broke()
  patience.lost()
  // Another way perhaps: it is tried again what that one bears.
  expect(patience.next()).toEqual({ waitSeconds: 45, silenceSeconds: 50 })
})

test('[C2] a wait so short that a server may pass all of it in silence (in an operation: up to 55 s) is not taken for lost before its end', () => {
  for (let at = 0; at <= 100; at++) {
    let nowMs = 0
    const patience = createPatience({ random: () => at / 1000, now: () => nowMs })
    patience.next()
    nowMs += 25_000
    patience.heard()
    nowMs += 20_000
    patience.answered(true)
    const { waitSeconds, silenceSeconds } = patience.next()
    if (waitSeconds <= 55) expect(silenceSeconds, `${waitSeconds} s`).toBeGreaterThan(waitSeconds)
  }
})
