/**
 * Who a token is, and how that stands now (T3): a cache of at most half a second, emptied by the trust bell, and a poll that ends what is
 * held open even when a bell is lost or the database is gone. Knows no transport: whoever holds something open is called back.
 */
import type { Database, Tx } from '../db/database.ts'
import { readTrustMark } from '../db/trust-mark.ts'
import type { Bell } from '../live/bell.ts'
import type { Stands } from '../policy/allowance.ts'
import type { Principal } from '../policy/principal.ts'
import { readStandings, type Standing } from '../store/credentials.ts'
import type { Refused } from '../store/refused.ts'
import { lookingTopic, ownerTopic, trustTopic } from '../store/topic.ts'
import { createSeen } from './seen.ts'
import { isHost, isOther, principalOf, refusalOf, standsOf, unknown } from './standing.ts'
import { bearerToken, hashToken } from './tokens.ts'

/** The database has not answered for too long to say that anyone is still trusted. Channels close; nobody is logged out. */
export class CutOff extends Error {
  override name = 'CutOff'
}

/** A token that has been found good: what the rest of the server holds in its stead. */
export type Identity = { principal: Principal /** Null for a stranger. */; tokenHash: string | null }

export type Watch = {
  /** Called once: the principal is revoked, expired, or nobody can tell any more. */
  onEnd: (why: Refused | CutOff) => void
  /** Called with the first look, and whenever rung or policy differ from the look before. */
  onChange?: (stands: Stands) => void
}

export type Trust = {
  /** From an `Authorization` value. Nothing is a stranger; anything that is not good throws REVOKED, CREDENTIAL_EXPIRED or UNAUTHENTICATED. */
  identify(authorization: unknown): Promise<Identity>
  /** Rung and policy as of the last half second. Throws like `identify`. */
  stands(identity: Identity): Promise<Stands>
  /** Until the returned function is called. A stranger is never ended. */
  watch(identity: Identity, watch: Watch): () => void
  close(): void
}

export type TrustOptions = {
  database: Database
  /** Null leaves the poll alone to find what changed. */
  bell: Bell | null
  pollMilliseconds?: number
  /** How long the database may be silent before channels close. An embedded one cannot be cut off. */
  cutOffMilliseconds?: number
  log: (error: unknown) => void
}

type Known = { standing: Standing; readAt: number }
type Held = { identity: Identity; watch: Watch; last: Stands | null }

/** Tokens whose standing is kept; more than ever wait at once in one process. */
const MAX_KNOWN = 10_000
/** How long one wait for a ring lasts; only bounds it. */
const LISTEN_MILLISECONDS = 60_000
/** How long it goes on looking when nobody holds anything: a host that comes back from its wait finds that what was known is still known. */
const LINGER_MILLISECONDS = 10_000
/** What was changed past this program, and past its mark, is found by then. */
const SWEEP_MILLISECONDS = 15_000

export function createTrust(options: TrustOptions): Trust {
  const { database, bell, log, pollMilliseconds = 400 } = options
  const cutOff = options.cutOffMilliseconds ?? (database.kind === 'pglite' ? Number.POSITIVE_INFINITY : 1000)
  const known = new Map<string, Known>()
  const held = new Set<Held>()
  const noteSeen = createSeen(database, log)
  /** Rises whenever what is known may be out of date. */
  let generation = 0
  /** As of the last look; null while nobody looks. */
  let mark: string | null = null
  /** Begin of the last look that was answered: until then all that is known was confirmed. */
  let confirmedAt = Number.NEGATIVE_INFINITY
  /** The database's clock less ours. */
  let clockOffset: number | null = null
  let nextExpiry = Number.POSITIVE_INFINITY
  let sweptAt = 0
  /** Since when nobody holds anything. */
  let idleSince = 0
  let timer: NodeJS.Timeout | undefined
  let looking = false
  let rung = false
  const closed = new AbortController()
  if (bell) void listen(bell).catch(log)

  async function listen(bell: Bell): Promise<void> {
    const rings = bell.watch(trustTopic)
    while (!closed.signal.aborted) {
      if (await rings.rung(LISTEN_MILLISECONDS, closed.signal)) {
        rings.mark()
        forget()
        rung = true
        void look()
      }
    }
    rings.close()
  }

  const forget = (): void => {
    generation++
    known.clear()
  }

  async function read(hashes: string[], ask: Database['read'] = database.read): Promise<Map<string, Standing>> {
    const begun = generation
    const found = await ask((tx) => readStandings(tx, hashes))
    const readAt = performance.now()
    for (const standing of found.values()) if (standing.kind === 'device') clockOffset = standing.readAt - readAt
    // A ring while we read may have been about what we read: then it is good for this answer and not for the next. What is not good yet may be at any moment.
    if (begun === generation)
      for (const [hash, standing] of found)
        if (standing.kind !== 'pairing' && !standing.isRevoked) known.set(hash, { standing, readAt })
    return found
  }

  async function standing(hash: string): Promise<Standing | undefined> {
    const cached = known.get(hash)
    const freshUntil = Math.max(cached?.readAt ?? 0, confirmedAt) + pollMilliseconds
    if (cached && performance.now() < freshUntil && !hasExpired(cached)) return cached.standing
    if (known.size > MAX_KNOWN) known.clear()
    return (await read([hash])).get(hash)
  }

  /** Read with every device, so it is known wherever it is asked for. */
  const databaseNow = () => performance.now() + (clockOffset ?? 0)

  // By the database's clock, however long ago it was read (E10).
  const hasExpired = ({ standing, readAt }: Known): boolean =>
    (standing.kind === 'host' || standing.kind === 'admin') &&
    (clockOffset === null
      ? performance.now() - readAt > pollMilliseconds
      : standing.expiresAt.getTime() <= performance.now() + clockOffset)

  /** Compares the mark, and looks at everyone only when it has moved: what waits costs nothing while nothing changes. One at a time. */
  async function look(): Promise<void> {
    if (looking || !timer) return
    const begun = performance.now()
    if (held.size === 0 && begun - idleSince > LINGER_MILLISECONDS) return rest()
    looking = true
    try {
      const found = await judged(readTrustMark)
      clockOffset = found.now.getTime() - performance.now()
      const hasMoved = found.mark !== mark
      // A mark that moved with no ring: others in this process have missed it too.
      const wasMissed = hasMoved && mark !== null && !rung
      if (hasMoved) forget()
      const isDue = hasMoved || rung || found.now.getTime() >= nextExpiry || begun - sweptAt > SWEEP_MILLISECONDS
      rung = false
      mark = found.mark
      confirmedAt = begun
      if (isDue) await sweep()
      if (wasMissed) bell?.ring(trustTopic)
    } catch (error) {
      log(error)
      // It said no, or the way to it is closed: counted from the last answer.
      if (performance.now() - confirmedAt > cutOff) cut()
    } finally {
      looking = false
    }
    if (rung) void look()
  }

  async function sweep(): Promise<void> {
    sweptAt = performance.now()
    const watched = [...held]
    if (watched.length === 0) return
    const found = await read([...new Set(watched.map((one) => one.identity.tokenHash ?? ''))], judged)
    nextExpiry = Number.POSITIVE_INFINITY
    for (const one of watched) judge(one, found.get(one.identity.tokenHash ?? ''))
    for (const one of held) heed(one)
  }

  // What ends by the clock alone: a credential, and for how long a device may look.
  const heed = ({ identity: { principal }, last }: Held) => {
    if ('expiresAt' in principal) nextExpiry = Math.min(nextExpiry, principal.expiresAt.getTime())
    if (last?.looksUntil !== undefined && !last.mustVerify) nextExpiry = Math.min(nextExpiry, last.looksUntil)
  }

  /**
   * Measures the database's silence from when the question could be on its way, on a connection that carries nothing else: a busy database answers it, one that
   * is lost does not. Answers that lie unread in a process that was busy or asleep are read before anyone is judged.
   */
  function judged<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const givenUp = new AbortController()
    const asked = database.apart(work, givenUp.signal)
    if (!Number.isFinite(cutOff)) return asked
    let isOver = false
    let timer: NodeJS.Timeout
    const wait = () => {
      const from = performance.now()
      timer = setTimeout(() => {
        const wasAway = performance.now() - from > cutOff + pollMilliseconds
        const decide = () => {
          if (isOver) return
          if (wasAway) return wait()
          cut()
          givenUp.abort(new Error('the database has been silent for too long'))
        }
        // Two turns: one that reads, one for what was read.
        setImmediate(() => setImmediate(decide))
      }, cutOff)
      timer.unref()
    }
    wait()
    return asked.finally(() => {
      isOver = true
      clearTimeout(timer)
    })
  }

  function cut(): void {
    forget()
    for (const one of [...held]) end(one, new CutOff('The database does not answer; try again later.'))
  }

  function judge(one: Held, standing: Standing | undefined): void {
    if (!held.has(one)) return
    const refusal = refusalOf(standing, { looksLikeHosts: isHost(one.identity.principal) })
    if (refusal) {
      end(one, refusal)
      return
    }
    const now = standsOf(standing, databaseNow())
    const before = one.last
    one.last = now
    heed(one)
    if (!before || isOther(before, now)) one.watch.onChange?.(now)
    // Nobody has changed anything: lists that show less from now on are woken by nobody else.
    const { principal: who } = one.identity
    if (before && !before.mustVerify && now.mustVerify && who.kind === 'device')
      bell?.ring(lookingTopic(who.deviceId), ownerTopic(who.ownerId))
  }

  function end(one: Held, why: Refused | CutOff): void {
    release(one)
    one.watch.onEnd(why)
  }

  function begin(): void {
    // As if answered now: silence is counted from here.
    confirmedAt = performance.now()
    forget()
    timer = setInterval(() => void look(), pollMilliseconds)
    timer.unref()
    void look()
  }

  function rest(): void {
    clearInterval(timer)
    timer = undefined
    mark = null
    confirmedAt = Number.NEGATIVE_INFINITY
  }

  function release(one: Held): void {
    if (held.delete(one) && held.size === 0) idleSince = performance.now()
  }

  return {
    identify: async (authorization) => {
      const token = bearerToken(authorization)
      if (token === null) return { principal: { kind: 'anonymous' }, tokenHash: null }
      if (token === undefined) throw unknown()
      const tokenHash = hashToken(token)
      const found = await standing(tokenHash)
      const refusal = refusalOf(found, { looksLikeHosts: /^od[hs]_/.test(token) })
      if (refusal || !found) throw refusal ?? unknown()
      if (found.kind === 'device') noteSeen(found.deviceId)
      return { principal: principalOf(found), tokenHash }
    },
    stands: async ({ principal, tokenHash }) => {
      if (tokenHash === null) return standsOf(undefined, databaseNow())
      const found = await standing(tokenHash)
      const refusal = refusalOf(found, { looksLikeHosts: isHost(principal) })
      if (refusal) {
        // Found out here before the next look: it ends everywhere at once, its socket first, so that a close with 4403 is the last word.
        for (const one of [...held]) if (one.identity.tokenHash === tokenHash) end(one, refusal)
        throw refusal
      }
      return standsOf(found, databaseNow())
    },
    watch: (identity, watch) => {
      if (identity.tokenHash === null) return () => {}
      const one: Held = { identity, watch, last: null }
      held.add(one)
      heed(one)
      if (!timer) begin()
      // It may have been revoked between the look that let it in and this line.
      void standing(identity.tokenHash).then((found) => judge(one, found), log)
      return () => release(one)
    },
    close: () => {
      closed.abort()
      rest()
      held.clear()
    },
  }
}
