// Finds out whether the server holds other events under this journal's numbers: another process wrote on after the folder was copied, and was fenced
// too late (E4). Knows digests and numbers, no event.
import type { PublishedLog } from '../journal/published.ts'
import type { Caller } from './credentials.ts'
import { ReadDigest } from './session-operations.ts'

export type Held = { readonly lastSeq: number; readonly digest: string | null }

/**
 * The last number under which both have the same event, or null where nothing here contradicts the server. What cannot be compared (damaged, let go,
 * another's) counts as the same.
 */
export async function forkOf(given: {
  log: Pick<PublishedLog, 'firstSeq' | 'lastSeq' | 'digestAt'>
  /** The server's last event. */
  held: Held
  /** The server's digest under that number; null when it has none (deleted by retention). */
  digestAt: (seq: number) => Promise<string | null>
}): Promise<number | null> {
  const { log, held } = given

  async function isSame(seq: number): Promise<boolean | null> {
    const own = await log.digestAt(seq)
    if (own === null) return null
    const theirs = seq === held.lastSeq ? held.digest : await given.digestAt(seq)
    return theirs === null ? null : own === theirs
  }

  /** The first number from `from` on, down to `floor` and then up to `ceiling` (both left out), that can be compared. */
  async function comparable(from: number, floor: number, ceiling: number) {
    for (let seq = from, step = -1; seq < ceiling; seq += step) {
      if (seq <= floor) [seq, step] = [from + 1, 1]
      if (seq >= ceiling) return null
      const same = seq < log.firstSeq ? null : await isSame(seq)
      if (same !== null) return { seq, same }
    }
    return null
  }

  const both = Math.min(held.lastSeq, log.lastSeq)
  const last = await comparable(both, 0, both + 1)
  if (last === null || last.same) return held.lastSeq > log.lastSeq ? log.lastSeq : null
  // Numbers are given out in order and never twice: up to some number all are the same, and after it none is.
  let [common, other] = [0, last.seq]
  while (other - common > 1) {
    const found = await comparable(common + Math.floor((other - common) / 2), common, other)
    if (found === null) break
    if (found.same) common = found.seq
    else other = found.seq
  }
  // Between the two only what cannot be compared is left.
  return common
}

/** Numbers of another process that the server keeps: the first and the last. */
export type Foreign = { readonly firstSeq: number; readonly lastSeq: number }

/** What of another process the server holds under numbers of this journal, or null. Rejects like `call`. */
export async function foreignAt(given: {
  call: Caller
  sessionId: string
  log: PublishedLog
  held: Held
}): Promise<Foreign | null> {
  const { call, sessionId, log, held } = given
  const digestAt = async (seq: number): Promise<string | null> => {
    const { session } = await call(ReadDigest, { sessionId, after: String(seq - 1) })
    const node = session?.events.edges[0]?.node
    return node?.seq === seq ? node.digest : null
  }
  const commonSeq = await forkOf({ log, held, digestAt })
  return commonSeq === null ? null : { firstSeq: commonSeq + 1, lastSeq: held.lastSeq }
}
