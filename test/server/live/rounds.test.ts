import { expect, it, vi } from 'vitest'
import { createRounds } from '../../../server/live/rounds.ts'

it('[C5] rounds go on after one has failed, never two at once, and closing waits for the one that runs', async () => {
  let begun = 0
  let ended = 0
  const logged: unknown[] = []
  let finish: (() => void) | null = null
  const round = async () => {
    begun++
    if (begun === 1) throw new RangeError('once')
    await new Promise<void>((resolve) => {
      finish = resolve
    })
    ended++
  }
  const rounds = createRounds({ everySeconds: 0.005, round, log: (error) => logged.push(error) })
  await vi.waitFor(() => expect(begun).toBe(2))
  expect(logged).toEqual([new RangeError('once')])
  const closing = rounds.close()
  expect([begun, ended]).toEqual([2, 0])
  ;(finish as (() => void) | null)?.()
  await closing
  expect([begun, ended]).toEqual([2, 1])
})
