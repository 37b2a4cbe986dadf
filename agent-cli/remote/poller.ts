// Asks the server for this host's commands, again and again, and hands on those that someone here takes (C2). Runs none of them.
import type { Caller } from './credentials.ts'
import { codeOf, isPassing, RemoteError } from './failure.ts'
import { AcknowledgeCommands, type HostCommand, PollCommands } from './host-operations.ts'
import { createPatience } from './patience.ts'
import { createBackoff, pause, probeTimeoutSeconds, sendTimeoutSeconds } from './pause.ts'
import type { Acknowledgement } from './takers.ts'

export type Poller = {
  /** Reads every unsettled command again: someone new is here to take some. */
  rewind(): void
  /** The way may be lost, or open again: asks at once, for a short answer. */
  probe(): void
  close(): Promise<void>
}

export type PolicyFacts = { remoteControl: string; version: number }

export type LinkNews = {
  /** Facts that came with an answer, from poll or heartbeat. */
  onFacts(facts: PolicyFacts & { revokedDeviceIds: readonly string[] }): void
  onReached(): void
  /** `isFinal`: trying again is of no use (revoked, not enrolled). */
  onLost(error: RemoteError, isFinal: boolean): void
}

/** No answer, or one that is not this server's: a proxy may say in JSON that it waits no longer. */
/** A wait that is heard and still not answered so long after its time is none: what stands there says spaces and no more. */
const overdueSeconds = 60

const isCut = (code: string) => ['UNREACHABLE', 'BAD_RESPONSE'].includes(code)
/** No command of these codes can come without a person doing something first. */
export const isFinalForHost = (code: string) => ['REVOKED', 'NOT_FOUND', 'UNAUTHENTICATED'].includes(code)

export function createPoller(options: {
  call: Caller
  hostId: string
  /** Several processes poll for one host: true for commands of a session or pairing of this one. */
  takes: (command: HostCommand) => boolean
  /** The attachments that would carry them out (E4). */
  epochsOf?: (commands: readonly HostCommand[]) => { sessionId: string; epoch: number }[]
  /**
   * Must not throw; called in the order of the commands, with what the server said to the taking: one that is not DELIVERED was refused, lost or
   * overdue meanwhile and its sender has been told so (C5), or is another attachment's. A command may come again: the ledger tells (C3).
   */
  onCommand: (command: HostCommand, said: Acknowledgement) => void
  news: LinkNews
  /** Commands are handed on when what holds under that policy is known; rejects when it cannot be had. */
  learnt?: (policy: PolicyFacts) => Promise<void>
  random?: () => number
  /** Milliseconds, never back. */
  now?: () => number
}): Poller {
  const { call, hostId, news, random, now } = options
  const ended = new AbortController()
  const backoff = createBackoff(random ? { random } : {})
  const patience = createPatience({ ...(random && { random }), ...(now && { now }) })
  let after: string | null = null
  let turn = new AbortController()
  /** Not heard since the last failure: then a quick answer says that the way is open, before a long wait begins. */
  let isLost = true

  async function once(): Promise<void> {
    turn = new AbortController()
    const signal = AbortSignal.any([ended.signal, turn.signal])
    const wait = after === null || isLost ? null : patience.next()
    const { waitSeconds, silenceSeconds } = wait ?? { waitSeconds: 0, silenceSeconds: probeTimeoutSeconds }
    const asked = {
      signal,
      timeoutSeconds: silenceSeconds,
      ...(wait && { onHeard: patience.heard, longestSeconds: waitSeconds + overdueSeconds }),
    }
    const { hostCommands } = await call(PollCommands, { hostId, after, waitSeconds }, asked)
    if (wait) patience.answered(hostCommands.commands.length === 0)
    isLost = false
    news.onReached()
    news.onFacts({ ...hostCommands.policy, revokedDeviceIds: hostCommands.revokedDeviceIds })
    await options.learnt?.(hostCommands.policy)
    const mine = hostCommands.commands.filter(options.takes)
    if (mine.length > 0) {
      const said = await acknowledged(mine)
      if (said === null) return
      for (const command of mine) {
        const one = said.get(command.id)
        if (one !== undefined) options.onCommand(command, one)
      }
    }
    // Rewound meanwhile: the new taker has not seen what was read before it came.
    if (!turn.signal.aborted) after = hostCommands.after
    backoff.reset()
  }

  /** Null when one of them is gone (its session was deleted in this moment): what is left is read again, and nobody else is held up. */
  async function acknowledged(mine: readonly HostCommand[]): Promise<ReadonlyMap<string, Acknowledgement> | null> {
    try {
      const ids = mine.map((command) => command.id)
      const asked = { signal: ended.signal, timeoutSeconds: sendTimeoutSeconds(0) }
      const epochs = options.epochsOf?.(mine) ?? []
      const { acknowledgeCommands } = await call(AcknowledgeCommands, { hostId, ids, epochs }, asked)
      return new Map(acknowledgeCommands.map((one) => [one.id, one]))
    } catch (error) {
      if (codeOf(error) !== 'NOT_FOUND') throw error
      await pause(backoff.next(), ended.signal).catch(() => undefined)
      return null
    }
  }

  async function run(): Promise<void> {
    while (!ended.signal.aborted) {
      try {
        await once()
      } catch (error) {
        if (ended.signal.aborted) return
        if (turn.signal.aborted) {
          patience.left()
          continue
        }
        isLost = true
        // Behind a server that was away may be an older database, in which what was read and settled waits again (C2): the ledger knows it.
        after = null
        const failure = error instanceof RemoteError ? error : new RemoteError('BAD_RESPONSE', String(error))
        const code = codeOf(failure) ?? ''
        if (isCut(code)) patience.broke()
        else patience.left()
        patience.lost()
        news.onLost(failure, isFinalForHost(code))
        const waitMs = isPassing(failure) ? backoff.next() : 15_000
        await pause(waitMs, AbortSignal.any([ended.signal, turn.signal])).catch(() => undefined)
      }
    }
  }

  const running = run()
  return {
    rewind() {
      after = null
      turn.abort()
    },
    probe() {
      isLost = true
      backoff.reset()
      turn.abort()
    },
    async close() {
      ended.abort()
      await running
    },
  }
}
