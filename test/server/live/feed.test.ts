/** What many follow alike is read once (L7), nothing slips between a look and a ring (L3), and who is slow holds nobody up (L5). */
import { describe, expect, it } from 'vitest'
import { createBell } from '../../../server/live/bell.ts'
import { createFeed, type Follower, type Page } from '../../../server/live/feed.ts'

const topic = 'session:one' as const

/** A log of numbers behind a feed. Reading waits for `open` when it is held shut. */
async function desk() {
  const bell = await createBell(null)
  let end = 0
  /** As much of it as the process holds. */
  let heldTo = 0
  let gate: Promise<void> = Promise.resolve()
  let open = () => {}
  const reads: number[] = []
  let isEmpty = false
  const feed = createFeed<number>({
    ...{ bell, topics: [topic] },
    read: async (after): Promise<Page<number> | null> => {
      reads.push(after)
      const seen = end
      await gate
      // What is held is given before the store is asked.
      if (heldTo > after) return { text: `${after + 1}-${heldTo}`, last: heldTo, isHeldToTheEnd: true }
      return seen > after ? { text: `${after + 1}-${seen}`, last: seen } : null
    },
    onEmpty: () => {
      isEmpty = true
    },
  })
  return {
    ...{ bell, feed, reads },
    get isEmpty() {
      return isEmpty
    },
    grows: (by = 1) => {
      end += by
    },
    rings: () => bell.ring(topic),
    ringsHeld: () => {
      heldTo = end
      bell.ringHeld(topic)
    },
    shut: () => {
      gate = new Promise((resolve) => {
        open = resolve
      })
    },
    open: () => {
      open()
      gate = Promise.resolve()
    },
  }
}

function follower(after = 0, deliver: Follower<number>['deliver'] = () => {}) {
  const got: string[] = []
  const failed: unknown[] = []
  const one: Follower<number> = {
    after,
    deliver: (text) => {
      got.push(text)
      return deliver(text)
    },
    fail: (error) => void failed.push(error),
  }
  return { ...one, got, failed }
}

describe('a feed', () => {
  it('[L7] reads once for all who stand at the same place', async () => {
    const { feed, reads, grows, rings } = await desk()
    const all = Array.from({ length: 8 }, () => follower())
    for (const one of all) feed.follow(one)
    await expect.poll(() => reads.length).toBe(1)
    grows(3)
    rings()
    await expect.poll(() => all.every(({ got }) => got.join() === '1-3')).toBe(true)
    // One read found it, one found that nothing is behind it.
    expect(reads).toEqual([0, 0, 3])
  })

  it('[L7] asks the store no more about what this process holds to its end', async () => {
    const { feed, reads, grows, ringsHeld } = await desk()
    const one = follower()
    feed.follow(one)
    await expect.poll(() => reads).toEqual([0])
    for (const number of [1, 2, 3]) {
      grows()
      ringsHeld()
      await expect.poll(() => one.got.length).toBe(number)
    }
    // One for each, and none that would find nothing behind it.
    expect(reads).toEqual([0, 0, 1, 2])
  })

  it('[L3] a ring from elsewhere is heeded though one for what is held has come with it', async () => {
    for (const order of ['held first', 'held last']) {
      const { feed, grows, rings, ringsHeld, shut, open, reads } = await desk()
      const one = follower()
      feed.follow(one)
      await expect.poll(() => reads).toEqual([0])
      shut()
      grows()
      if (order === 'held first') ringsHeld()
      // Another process goes on with the session: its event is in the store alone.
      const elsewhere = () => {
        grows()
        rings()
      }
      if (order === 'held first') elsewhere()
      else {
        rings()
        ringsHeld()
        grows()
      }
      open()
      await expect.poll(() => one.got).toEqual(['1-1', '2-2'])
    }
  })

  it('[L3] what is committed while a read is under way is found by the ring that comes meanwhile', async () => {
    const { feed, grows, rings, shut, open, reads } = await desk()
    shut()
    const one = follower()
    feed.follow(one)
    await expect.poll(() => reads.length).toBe(1)
    grows()
    rings()
    // Who comes now must not be content with the read that was begun before the ring.
    const late = follower()
    feed.follow(late)
    open()
    await expect.poll(() => [one.got.join(), late.got.join()]).toEqual(['1-1', '1-1'])
  })

  it('[L5] who is slow is given later what is there then, and holds nobody up', async () => {
    const { feed, grows, rings } = await desk()
    let taken = () => {}
    const slow = follower(0, () => new Promise<void>((resolve) => (taken = resolve)))
    const quick = follower()
    feed.follow(slow)
    feed.follow(quick)
    for (let number = 1; number <= 3; number++) {
      grows()
      rings()
      await expect.poll(() => quick.got.length).toBe(number)
    }
    expect(slow.got).toEqual(['1-1'])
    taken()
    await expect.poll(() => slow.got).toEqual(['1-1', '2-3'])
  })

  it('[L6] each goes on from its own cursor', async () => {
    const { feed, grows } = await desk()
    grows(10)
    const [first, middle, end] = [follower(0), follower(4), follower(10)]
    for (const one of [first, middle, end]) feed.follow(one)
    await expect.poll(() => [first.got, middle.got]).toEqual([['1-10'], ['5-10']])
    expect(end.got).toEqual([])
  })

  it('[L4] who has left is given nothing more, and the last one ends it', async () => {
    const place = await desk()
    const { feed, grows, rings, shut, open } = place
    const [one, other] = [follower(), follower()]
    const leave = feed.follow(one)
    const leaveToo = feed.follow(other)
    shut()
    grows()
    rings()
    leave()
    open()
    await expect.poll(() => other.got).toEqual(['1-1'])
    expect(one.got).toEqual([])
    expect(place.isEmpty).toBe(false)
    leaveToo()
    expect(place.isEmpty).toBe(true)
  })

  it('tells each follower once that it cannot be read any more', async () => {
    const bell = await createBell(null)
    const gone = new Error('taken away')
    const feed = createFeed<number>({ bell, topics: [topic], read: () => Promise.reject(gone), onEmpty: () => {} })
    const [one, other] = [follower(), follower()]
    feed.follow(one)
    feed.follow(other)
    await expect.poll(() => [one.failed, other.failed]).toEqual([[gone], [gone]])
  })

  it('[T3] who may see differently at this moment is read for apart, and asked anew before each look', async () => {
    const bell = await createBell(null)
    const reads: string[] = []
    let end = 1
    const feed = createFeed<number, string>({
      ...{ bell, topics: [topic] },
      read: async (after, sight) => {
        reads.push(`${sight} ${after}`)
        return end > after ? { text: `${sight}: ${after + 1}-${end}`, last: end } : null
      },
      onEmpty: () => {},
    })
    const sights = ['all', 'all', 'little']
    const all = sights.map((_, at) => ({ ...follower(), sight: async () => sights[at] ?? '' }))
    for (const one of all) feed.follow(one)
    await expect.poll(() => all.map(({ got }) => got)).toEqual([['all: 1-1'], ['all: 1-1'], ['little: 1-1']])
    sights[1] = 'little'
    end = 2
    bell.ring(topic)
    await expect.poll(() => all.map(({ got }) => got.at(-1))).toEqual(['all: 2-2', 'little: 2-2', 'little: 2-2'])
    expect(reads.filter((one) => one === 'little 1')).toHaveLength(2)
  })

  it('[L7] a page that is all there is needs no second look, but one that others asked for before the last ring does [L3]', async () => {
    const bell = await createBell(null)
    let end = 1
    let gate: Promise<void> = Promise.resolve()
    const reads: number[] = []
    const feed = createFeed<number>({
      ...{ bell, topics: [topic], onEmpty: () => {} },
      read: async (after) => {
        reads.push(after)
        const seen = end
        await gate
        return seen > after ? { text: `${after + 1}-${seen}`, last: seen, isWhole: true } : null
      },
    })
    const early = follower()
    feed.follow(early)
    await expect.poll(() => early.got).toEqual(['1-1'])
    expect(reads).toEqual([0])
    end = 2
    bell.ring(topic)
    await expect.poll(() => early.got).toEqual(['1-1', '2-2'])
    expect(reads).toEqual([0, 1])
    // What was found from there stays true, and is given to who comes later; it is not all there is any more.
    end = 3
    const late = follower()
    feed.follow(late)
    await expect.poll(() => late.got).toEqual(['1-1', '2-2', '3-3'])
    // A ring in the middle of a look makes another due.
    let open = () => {}
    gate = new Promise((resolve) => {
      open = resolve
    })
    end = 4
    bell.ring(topic)
    await expect.poll(() => reads.at(-1)).toBe(3)
    end = 5
    bell.ring(topic)
    open()
    await expect.poll(() => late.got.at(-1)).toBe('5-5')
  })

  it('[L5] a cursor moves on though there is nothing to tell', async () => {
    const bell = await createBell(null)
    const reads: number[] = []
    const feed = createFeed<number>({
      ...{ bell, topics: [topic], onEmpty: () => {} },
      read: async (after) => {
        reads.push(after)
        return after < 3 ? { text: after === 2 ? 'three' : null, last: after + 1 } : null
      },
    })
    const one = follower()
    feed.follow(one)
    await expect.poll(() => one.got).toEqual(['three'])
    await expect.poll(() => reads).toEqual([0, 1, 2, 3])
  })
})
