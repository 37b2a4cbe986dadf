// How long a host asks its server to wait for commands: learns what the way between them bears. Knows no request.

/**
 * How long a wait may be: `long` where something is heard meanwhile, `tried` to find that out and wherever nothing is, `short` where something on the way cuts
 * also that.
 */
type Kind = 'long' | 'tried' | 'short'

export type Patience = {
  /** The next wait, from now on. `silenceSeconds`: when so long nothing at all has come, the way is lost. */
  next(): { waitSeconds: number; silenceSeconds: number }
  /** A part of its answer has come. */
  heard(): void
  /** It was answered; `isInVain`: with nothing. What fails from here on is no wait. */
  answered(isInVain: boolean): void
  /** It was given up on this side, or its server ended it in words: that says nothing for the way, and what fails from here on is no wait. */
  left(): void
  /** It broke off with no answer of this server's. */
  broke(): void
  /** The way was lost; the next one may be another. */
  lost(): void
}

/**
 * The longest, half of it the shortest of the long ones: hosts that a restart brings together drift apart. A credential is renewed after 45 of its 60 minutes
 * (credentials.ts), so none ends inside a wait.
 */
export const longestWaitSeconds = 840
/** Below the minute after which most proxies cut a request that is not answered, and above what a server lets pass before it is heard. */
const triedSeconds = { least: 35, most: 55 }
const shortSeconds = 25
/** A server is heard every 25 seconds (server/http/parked.ts). */
const silenceSeconds = 40
/** Between what was heard and the answer, so that it was no part of that. */
const apartMs = 5_000
/** A wait that breaks off sooner has lost its server, and not its proxy's patience. */
const patienceMs = 20_000
/** Whoever bears a wait of this length bears one that is tried. */
const wholeMs = 50_000

export function createPatience(options: { random?: () => number; now?: () => number } = {}): Patience {
  const { random = Math.random, now = () => performance.now() } = options
  /** Of each kind: waits that were cut after the same time, and how long the way bore the last one. */
  const cuts = { long: { count: 0, borneMs: 0 }, tried: { count: 0, borneMs: 0 } }
  /** Something was heard inside a wait since the way was last lost. */
  let isHeard = false
  /** It came with others, from a restart or at everyone's ring: its next wait ends at any time. */
  let isTogether = true
  let asked: { kind: Kind; begunMs: number; heardMs: number | null } | null = null

  const kindNow = (): Kind => {
    if (cuts.tried.count > 1) return 'short'
    return isHeard && cuts.long.count < 2 ? 'long' : 'tried'
  }

  function secondsOf(kind: Kind): number {
    if (kind === 'short') return shortSeconds
    if (kind === 'tried') return triedSeconds.most - Math.floor(random() * (triedSeconds.most - triedSeconds.least))
    const least = longestWaitSeconds / 2
    // As if it had waited before: so many end in any second as will always.
    const mean = (least + longestWaitSeconds) / 2
    return Math.max(1, Math.round(isTogether ? random() * mean : least + random() * least))
  }

  return {
    next() {
      const kind = kindNow()
      const waitSeconds = secondsOf(kind)
      asked = { kind, begunMs: now(), heardMs: null }
      // A wait of up to a minute a server may pass in an operation, where nothing is heard; a longer one it answers sooner.
      if (kind === 'long' && waitSeconds > triedSeconds.most) return { waitSeconds, silenceSeconds }
      return { waitSeconds, silenceSeconds: Math.max(kind === 'long' ? silenceSeconds : 0, waitSeconds + 5) }
    },
    heard() {
      if (asked) asked.heardMs ??= now()
    },
    answered(isInVain) {
      if (!asked) return
      const { kind, begunMs, heardMs } = asked
      asked = null
      const at = now()
      if (heardMs !== null && at - heardMs > apartMs) isHeard = true
      isTogether = !(isInVain && kind === 'long')
      // What was answered sooner than the last one was cut says nothing for the way.
      if (kind !== 'short' && at - begunMs > cuts[kind].borneMs) cuts[kind].count = 0
    },
    left() {
      asked = null
    },
    broke() {
      if (!asked) return
      const { kind, begunMs } = asked
      asked = null
      const lastedMs = now() - begunMs
      if (kind === 'short' || lastedMs < patienceMs) return
      const { count, borneMs } = cuts[kind]
      const boreMs = kind === 'tried' ? Math.min(lastedMs, wholeMs) : lastedMs
      // Restarts and lost networks come at any time, a proxy's patience is always as long.
      const isSame = Math.abs(boreMs - borneMs) <= Math.max(5_000, borneMs / 10)
      cuts[kind] = { count: isSame ? count + 1 : 1, borneMs: boreMs }
    },
    lost() {
      isHeard = false
      isTogether = true
    },
  }
}
