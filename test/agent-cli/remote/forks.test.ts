import fc from 'fast-check'
import { expect, test } from 'vitest'
import { forkOf } from '../../../agent-cli/remote/forks.ts'

type Numbers = { common: number; own: number; theirs: number; holes: readonly number[] }

/** Both have `common` events, then each its own; those in `holes` cannot be compared here. Returns how often the server was asked, too. */
async function fork({ common, own, theirs, holes }: Numbers) {
  let asked = 0
  const theirDigest = (seq: number) => (seq <= common ? `same ${seq}` : `theirs ${seq}`)
  const lastSeq = common + theirs
  const found = await forkOf({
    log: {
      firstSeq: 1,
      lastSeq: common + own,
      digestAt: async (seq) => (holes.includes(seq) ? null : seq <= common ? `same ${seq}` : `own ${seq}`),
    },
    held: { lastSeq, digest: lastSeq === 0 ? null : theirDigest(lastSeq) },
    digestAt: async (seq) => {
      asked += 1
      return seq <= lastSeq ? theirDigest(seq) : null
    },
  })
  return { found, asked }
}

test('[E4] the last number that both have is found, in few questions; without a fork none is asked', async () => {
  expect(await fork({ common: 90_000, own: 10_000, theirs: 0, holes: [] })).toEqual({ found: null, asked: 0 })
  const late = await fork({ common: 99_000, own: 500, theirs: 700, holes: [] })
  expect(late.found).toBe(99_000)
  expect(late.asked).toBeLessThan(25)
  // A journal that was put back: the server has more than it, and nothing contradicts.
  expect((await fork({ common: 40, own: 0, theirs: 3, holes: [] })).found).toBe(40)
  expect((await fork({ common: 0, own: 5, theirs: 2, holes: [] })).found).toBe(0)
})

test('[E4] what cannot be compared is no contradiction, and nothing that is the same is ever called another’s', async () => {
  const few = fc.nat(12)
  const holes = fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(few, few, few, holes, async (common, own, theirs, missing) => {
      const { found } = await fork({ common, own, theirs, holes: missing })
      const both = common + Math.min(own, theirs)
      const differing = Array.from({ length: both - common }, (_, at) => common + 1 + at).filter(
        (seq) => !missing.includes(seq),
      )
      if (theirs <= own && differing.length === 0) {
        expect(found).toBeNull()
        return
      }
      expect(found).not.toBeNull()
      // From the true place on only holes may be counted to either side.
      const [from, to] = [Math.min(found ?? 0, common), Math.max(found ?? 0, common)]
      for (let seq = from + 1; seq <= to; seq += 1) expect(missing).toContain(seq)
    }),
    { numRuns: 400 },
  )
})
