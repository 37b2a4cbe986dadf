/**
 * Who a token is, and how that stands now (T3): a cache of at most half a second, emptied by the trust bell, and a poll that ends what is
 * held open even when a bell is lost or the database is gone. Knows no transport: whoever holds something open is called back.
 */
import type { Database } from '../db/database.ts'
import type { Bell } from '../live/bell.ts'
import type { Stands } from '../policy/allowance.ts'
import type { Principal } from '../policy/principal.ts'
import { readStandings, type Standing } from '../store/credentials.ts'
import { noteDevicesSeen } from '../store/devices.ts'
import type { Refused } from '../store/refused.ts'
import { trustTopic } from '../store/topic.ts'
import { principalOf, refusalOf, standsOf, unknown } from './standing.ts'
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

type Known = { standing: Standing | undefined; readAt: number }
type Held = { identity: Identity; watch: Watch; last: Stands | null }

/** How long one wait for a ring lasts; only bounds it. */
const LISTEN_MILLISECONDS = 60_000

export function createTrust(options: TrustOptions): Trust {
  const { database, log, pollMilliseconds = 400 } = options
  const cutOff = options.cutOffMilliseconds ?? (database.kind === 'pglite' ? Number.POSITIVE_INFINITY : 1000)
  const known = new Map<string, Known>()
  const held = new Set<Held>()
  const seen = new Map<string, number>()
  let generation = 0
  let timer: NodeJS.Timeout | undefined
  let checking = false
  let again = false
  let lastGood = performance.now()

  const closed = new AbortController()
  if (options.bell) void listen(options.bell).catch(log)

  async function listen(bell: Bell): Promise<void> {
    const rings = bell.watch(trustTopic)
    while (!closed.signal.aborted) {
      if (await rings.rung(LISTEN_MILLISECONDS, closed.signal)) {
        rings.mark()
        generation++
        known.clear()
        void check()
      }
    }
    rings.close()
  }

  async function read(hashes: string[]): Promise<Map<string, Standing>> {
    const begun = generation
    const found = await database.read((tx) => readStandings(tx, hashes))
    const readAt = performance.now()
    // A ring while we read may have been about what we read: then it is good for this answer and not for the next.
    if (begun === generation) for (const hash of hashes) known.set(hash, { standing: found.get(hash), readAt })
    return found
  }

  async function standing(hash: string): Promise<Standing | undefined> {
    const cached = known.get(hash)
    // A pairing is confirmed between two requests of one device; without the bell a remembered one would send it away.
    if (cached && cached.standing?.kind !== 'pairing' && performance.now() - cached.readAt < pollMilliseconds)
      return cached.standing
    if (known.size > 1000) known.clear()
    return (await read([hash])).get(hash)
  }

  async function check(): Promise<void> {
    if (held.size === 0) return
    if (checking) {
      again = true
      return
    }
    checking = true
    try {
      do {
        again = false
        const watched = [...held]
        const hashes = new Set(watched.map((one) => one.identity.tokenHash ?? ''))
        const found = await read([...hashes])
        lastGood = performance.now()
        for (const one of watched) judge(one, found.get(one.identity.tokenHash ?? ''))
      } while (again)
    } catch (error) {
      log(error)
    } finally {
      checking = false
    }
  }

  function judge(one: Held, standing: Standing | undefined): void {
    if (!held.has(one)) return
    const refusal = refusalOf(standing, { looksLikeHosts: isHost(one.identity.principal) })
    if (refusal) {
      end(one, refusal)
      return
    }
    const now = standsOf(standing)
    const before = one.last
    one.last = now
    if (before?.rung !== now.rung || before.remoteControl !== now.remoteControl) one.watch.onChange?.(now)
  }

  function end(one: Held, why: Refused | CutOff): void {
    held.delete(one)
    one.watch.onEnd(why)
  }

  let due = 0
  function tick(): void {
    const late = performance.now() - due
    due = performance.now() + pollMilliseconds
    // A process that was itself asleep has not heard the database's answers: it asks before it judges.
    if (late < pollMilliseconds && performance.now() - lastGood > cutOff) {
      for (const one of [...held]) end(one, new CutOff('The database does not answer; try again later.'))
    }
    void check()
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
      if (tokenHash === null) return standsOf(undefined)
      const found = await standing(tokenHash)
      const refusal = refusalOf(found, { looksLikeHosts: isHost(principal) })
      if (refusal) {
        // Found out here before the next look: it ends everywhere at once, its socket first, so that a close with 4403 is the last word.
        for (const one of [...held]) if (one.identity.tokenHash === tokenHash) end(one, refusal)
        throw refusal
      }
      return standsOf(found)
    },
    watch: (identity, watch) => {
      if (identity.tokenHash === null) return () => {}
      const one: Held = { identity, watch, last: null }
      held.add(one)
      if (!timer) {
        lastGood = performance.now()
        due = lastGood + pollMilliseconds
        timer = setInterval(tick, pollMilliseconds)
        timer.unref()
      }
      // It may have been revoked between the look that let it in and this line.
      void check()
      return () => {
        held.delete(one)
        if (held.size === 0 && timer) {
          clearInterval(timer)
          timer = undefined
        }
      }
    },
    close: () => {
      closed.abort()
      if (timer) clearInterval(timer)
      held.clear()
    },
  }

  function noteSeen(deviceId: string): void {
    const now = performance.now()
    if (now - (seen.get(deviceId) ?? Number.NEGATIVE_INFINITY) < 60_000) return
    seen.set(deviceId, now)
    database.read((tx) => noteDevicesSeen(tx, [deviceId])).catch(log)
  }
}

const isHost = (principal: Principal): boolean => principal.kind === 'host' || principal.kind === 'session'
