/** What a resolver is given for one operation: who asks, until when, and the server's parts. Made by http/ and sockets/, by nobody else. */
import type { RelyingParty } from '../auth/sign-in/oidc-relying.ts'
import type { CutOff, Identity, Trust } from '../auth/trust.ts'
import type { Database } from '../db/database.ts'
import type { Bell } from '../live/bell.ts'
import { type Allowance, allowance, requireSight, type Stands } from '../policy/allowance.ts'
import type { Principal } from '../policy/principal.ts'
import type { Rung } from '../policy/rung.ts'
import type { Notifier } from '../push/notifier.ts'
import type { RecentEvents } from '../store/recent-events.ts'
import type { Refused } from '../store/refused.ts'
import type { SessionSearch } from '../store/search.ts'
import type { Append } from './appending.ts'

/** The parts of one server process; every context shares them. `write(context, …)` of live/ takes it as it is. */
export type Parts = {
  readonly database: Database
  readonly bell: Bell
  readonly trust: Trust
  /** `push.committed(…)` after the commit of `pushEvents`: devices are told, nobody waits. */
  readonly push: Notifier
  /** The short way of a push; null leaves it to the long one. */
  readonly append: Append
  /** What has just been committed here, for those who follow it here. */
  readonly recent: RecentEvents
  /** Words in a session's transcript: from the store here, from its host where the server cannot read it. */
  readonly search: SessionSearch
  /** Talks with organisations' providers of single sign-on. */
  readonly oidc: RelyingParty
  /** Called after a setup code has been used up and the enrolment is committed. */
  readonly onSetupCodeUsed: () => void
  /** Where devices reach this server; null when it is only here. */
  readonly publicUrl: string | null
  readonly version: string
  readonly pushPublicKey: string
}

export type Context = Parts & {
  /** The database, for what is read on behalf of many: `looking` leaves it as it is. */
  readonly shared: Database
  /** As of the start of the operation; `allowed` and `stands` are as of now. */
  readonly principal: Principal
  /** Address of the peer as the limits count it. */
  readonly address: string
  /**
   * Aborts when the request is dropped, the operation is completed, the server stops, or the principal is revoked (T3; then its reason is the
   * `Refused` to throw). Everything that waits takes it.
   */
  signal(): AbortSignal
  /** Whoever asked has gone: what has not begun for them need not begin. */
  isLeft(): boolean
  /** `signal`, and also when policy takes sight from a device: its reason is then the POLICY refusal. For what shows sessions. */
  sightSignal(): AbortSignal
  /**
   * Calls back once with the reason that `signal` (or with `sight`, `sightSignal`) would have, until it is released. For those of whom many wait: a
   * signal for each is large.
   */
  ends(onEnd: (why: unknown) => void, how?: { sight: boolean }): () => void
  /** Rung and policy as of the last half second. Throws REVOKED and the like. */
  stands(): Promise<Stands>
  /** min(device rung, session ceiling, policy) and the rule that limits it; for a session, or in general with null. */
  allowed(session: { ceiling: Rung } | null): Promise<Allowance>
}

/** The end of a request, as far as an AbortSignal says it: one of those is dear, and most requests wait for nothing. */
export type Ending = {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(name: 'abort', onAbort: () => void, how: { once: true }): void
  removeEventListener(name: 'abort', onAbort: () => void): void
}

/** `signal` is null where whoever asks ends what waits by itself. */
export type Operation = { identity: Identity; address: string; signal: Ending | null }

// Functions and not getters: a context is copied property by property on its way to the resolvers, and getters would all run.
/** Nothing is watched until something asks for a signal: an operation that never waits costs no watch. */
export function createContext(parts: Parts, { identity, address, signal }: Operation): Context {
  const { trust } = parts
  let watched: AbortSignal | undefined
  let sighted: AbortSignal | undefined

  /** Ends with the operation; what the trust poll finds becomes the reason. */
  function watch(sight: boolean): AbortSignal {
    const ended = new AbortController()
    const stop = (why: Refused | CutOff | undefined) => {
      unwatch()
      ended.abort(why)
    }
    const look = (stands: Stands) => {
      const refusal = sightRefusal(identity.principal, stands)
      if (refusal) stop(refusal)
    }
    const unwatch = trust.watch(identity, { onEnd: stop, ...(sight && { onChange: look }) })
    if (signal?.aborted) stop(undefined)
    else signal?.addEventListener('abort', () => stop(undefined), { once: true })
    return ended.signal
  }

  function ends(onEnd: (why: unknown) => void, { sight = false } = {}): () => void {
    const release = () => {
      unwatch()
      signal?.removeEventListener('abort', onAbort)
    }
    const end = (why: unknown) => {
      release()
      onEnd(why)
    }
    const onAbort = () => end(signal?.reason)
    const onChange = (stands: Stands) => {
      const refusal = sightRefusal(identity.principal, stands)
      if (refusal) end(refusal)
    }
    const unwatch = trust.watch(identity, { onEnd: end, ...(sight && { onChange }) })
    signal?.addEventListener('abort', onAbort, { once: true })
    if (signal?.aborted) queueMicrotask(onAbort)
    return release
  }

  const stands = () => trust.stands(identity)
  return {
    ...parts,
    shared: parts.database,
    principal: identity.principal,
    address,
    signal: () => {
      watched ??= watch(false)
      return watched
    },
    sightSignal: () => {
      sighted ??= watch(true)
      return sighted
    },
    isLeft: () => signal?.aborted ?? false,
    ends,
    stands,
    allowed: async (session) => allowance(identity.principal, await stands(), session),
  }
}

/**
 * Makes the context of an operation that only looks: what it reads is dropped where whoever asked has gone before it begins. Not for a mutation: one of its reads may stand between
 * a commit and its ring, so there each statement says for itself whether it may be left out.
 */
export function looking(context: Context): Context {
  const { database, isLeft } = context
  return Object.assign(context, {
    database: { ...database, read: ((work) => database.read(work, isLeft)) as Database['read'] },
  })
}

function sightRefusal(principal: Principal, stands: Stands): Refused | null {
  try {
    requireSight(allowance(principal, stands, null))
    return null
  } catch (refused) {
    return refused as Refused
  }
}
