/** What waits for the database waits in order, and is not begun for those who have gone meanwhile. */
import { describe, expect, it } from 'vitest'
import { afterTurn, createTurns } from '../../../server/db/turns.ts'

/** Work that ends when it is told to. */
function held() {
  const begun: number[] = []
  const ends: (() => void)[] = []
  const work = (number: number) => () => {
    begun.push(number)
    return new Promise<number>((resolve) => ends.push(() => resolve(number)))
  }
  return { begun, work, end: () => ends.shift()?.() }
}

describe('turns', () => {
  it('lets in so many at once and the others in their order', async () => {
    const turn = createTurns({ atOnce: 2 })
    const { begun, work, end } = held()
    const all = Promise.all([1, 2, 3, 4].map((number) => turn(work(number))))
    await expect.poll(() => begun).toEqual([1, 2])
    end()
    await expect.poll(() => begun).toEqual([1, 2, 3])
    for (let left = 0; left < 3; left++) {
      end()
      await afterTurn()
    }
    expect(await all).toEqual([1, 2, 3, 4])
  })

  it('does not begin what nobody waits for any more, and never drops what has begun', async () => {
    const turn = createTurns({ atOnce: 1, pause: afterTurn })
    const { begun, work, end } = held()
    const gone = new Set<number>()
    const [first, second, third] = [1, 2, 3].map((number) => turn(work(number), () => gone.has(number)))
    await expect.poll(() => begun).toEqual([1])
    gone.add(1).add(2)
    end()
    expect(await first).toBe(1)
    await expect(second).rejects.toMatchObject({ name: 'AbortError' })
    await expect.poll(() => begun).toEqual([1, 3])
    end()
    expect(await third).toBe(3)
  })

  it('goes on after one that failed', async () => {
    const turn = createTurns({ atOnce: 1 })
    const failed = turn(() => Promise.reject(new Error('no')))
    const next = turn(async () => 'yes')
    await expect(failed).rejects.toThrow('no')
    expect(await next).toBe('yes')
  })

  it('serves sockets and timers between two of them, however many wait', async () => {
    const turn = createTurns({ atOnce: 1, pause: afterTurn })
    let isServed = false
    setImmediate(() => {
      isServed = true
    })
    const seen = await Promise.all(Array.from({ length: 5 }, () => turn(async () => isServed)))
    expect(seen).toEqual([false, true, true, true, true])
  })
})
