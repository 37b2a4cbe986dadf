import { expect, test } from 'vitest'
import { watchClock } from '../../../agent-cli/remote/clock-watch.ts'
import { eventually } from '../bridge/desk.ts'

test('time that passed unseen is noticed once, whichever clock tells it; a clock that is set back is nothing', async () => {
  for (const which of ['wall', 'steady'] as const) {
    const ahead = { wall: 0, steady: 0 }
    let ticks = 0
    let jumps = 0
    const onJump = () => {
      jumps += 1
    }
    const watch = watchClock(onJump, {
      everyMs: 5,
      // No stall of a busy machine is as long.
      slackMs: 60_000,
      wallMs: () => Date.now() + ahead.wall,
      steadyMs: () => {
        ticks += 1
        return performance.now() + ahead.steady
      },
    })
    const passes = async (count: number) => {
      const from = ticks
      await eventually(() => ticks >= from + count)
    }
    await passes(2)
    ahead.wall -= 3_600_000
    await passes(2)
    expect(jumps).toBe(0)
    ahead[which] += 7_200_000
    await passes(2)
    expect(jumps).toBe(1)
    await passes(2)
    expect(jumps).toBe(1)
    watch.close()
    ahead[which] += 7_200_000
    expect(jumps).toBe(1)
  }
})
