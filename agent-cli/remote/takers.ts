// Who on this machine takes a session's commands, and whether that attachment is the one that writes the session (E4). Carries out none.
import type { HostCommand } from './host-operations.ts'

export type CommandTaker = {
  /** Which attachment takes: the server delivers to the current one alone. */
  readonly epoch: number
  /** `isInDoubt`: another attachment took it before, and what became of it is not known here unless the ledger says so (C4). */
  take(command: HostCommand, isInDoubt: boolean): void
  /** Another attachment writes this session now. It gets no more commands. */
  fenced(currentEpoch: number): void
  /** The server does not know this attachment yet, or was put back to before it did. `Takers.started` follows. */
  behind(): void
}

/** What the server says about a command that was asked for. */
export type Acknowledgement = {
  readonly id: string
  readonly state: string
  readonly sessionEpoch: number | null
  readonly deliveredEpoch: number | null
}

export type Takers = {
  has(sessionId: string): boolean
  /** What is asked for, and by whom. */
  epochsOf(commands: readonly HostCommand[]): { sessionId: string; epoch: number }[]
  give(command: HostCommand, said: Acknowledgement): void
  /** Returns what ends it; a taker that came after it stays. */
  add(sessionId: string, taker: CommandTaker): () => void
  /** The server knows the attachment: what it kept back is asked for again. */
  started(sessionId: string): void
}

export function createTakers(options: { rereads: () => void }): Takers {
  const takers = new Map<string, CommandTaker>()
  const keptBack = new Set<string>()

  return {
    has: (sessionId) => takers.has(sessionId),
    epochsOf(commands) {
      const sessionIds = new Set(commands.map(({ sessionId }) => sessionId))
      return [...sessionIds].flatMap((sessionId) => {
        const taker = sessionId === null ? undefined : takers.get(sessionId)
        return sessionId === null || taker === undefined ? [] : [{ sessionId, epoch: taker.epoch }]
      })
    },
    give(command, { state, sessionEpoch, deliveredEpoch }) {
      const { sessionId } = command
      const taker = sessionId === null ? undefined : takers.get(sessionId)
      if (sessionId === null || taker === undefined) return
      if (sessionEpoch !== null && sessionEpoch > taker.epoch) {
        takers.delete(sessionId)
        taker.fenced(sessionEpoch)
      } else if (sessionEpoch !== null && sessionEpoch < taker.epoch) {
        keptBack.add(sessionId)
        taker.behind()
      } else if (state === 'DELIVERED') taker.take(command, deliveredEpoch !== null && deliveredEpoch !== taker.epoch)
    },
    add(sessionId, taker) {
      takers.set(sessionId, taker)
      options.rereads()
      return () => {
        if (takers.get(sessionId) === taker) takers.delete(sessionId)
      }
    },
    started(sessionId) {
      if (keptBack.delete(sessionId)) options.rereads()
    },
  }
}
