// The commands of one session as this screen has heard of them, kept in step with `commandsChanged`. Knows no words.
import type { Connection } from '../../graphql/connection.ts'
import { type Command, CommandDocument, CommandsChangedDocument, isSettled } from './command-fields.ts'

export type SessionCommands = {
  /** In the order they were made; a new array when something changed. */
  all(): readonly Command[]
  subscribe(onChange: () => void): () => void
  /** A command the server returned by other means (a mutation). A settled one never goes back. */
  put(command: Command): void
  /** Ends with the signal. */
  follow(connection: Connection, sessionId: string, signal: AbortSignal): void
}

const rank: Record<Command['state'], number> = {
  QUEUED: 0,
  DELIVERED: 1,
  APPLIED: 2,
  EXPIRED: 2,
  REFUSED: 2,
  SUPERSEDED: 2,
  UNKNOWN: 2,
}

export function createSessionCommands(): SessionCommands {
  const known = new Map<string, Command>()
  const listeners = new Set<() => void>()
  let all: readonly Command[] = []

  const take = (command: Command) => {
    const before = known.get(command.id)
    // The mutation's answer may arrive after the host has settled it.
    if (before && rank[before.state] > rank[command.state]) return
    known.set(command.id, command)
  }
  const changed = () => {
    all = [...known.values()].sort(
      (a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt) || (a.id < b.id ? -1 : 1),
    )
    for (const listener of listeners) listener()
  }
  return {
    all: () => all,
    subscribe(onChange) {
      listeners.add(onChange)
      return () => listeners.delete(onChange)
    },
    put(command) {
      take(command)
      changed()
    },
    follow(connection, sessionId, signal) {
      connection.live({
        document: CommandsChangedDocument,
        variables: () => ({ sessionId }),
        signal,
        onData: ({ commandsChanged: change }) => {
          for (const command of change.commands) take(command)
          changed()
          if (!change.isSnapshot) return
          // Settled while nobody listened, and so old that the snapshot leaves it out: its end is asked for.
          const there = new Set(change.commands.map((command) => command.id))
          for (const lost of all.filter((command) => !isSettled(command) && !there.has(command.id))) {
            void connection.urql
              .query(CommandDocument, { id: lost.id }, { requestPolicy: 'network-only' })
              .toPromise()
              .then((result) => {
                if (!result.data?.command || signal.aborted) return
                take(result.data.command)
                changed()
              })
          }
        },
      })
    },
  }
}
