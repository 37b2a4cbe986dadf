// Gives a session's screen its steering: send a command, see what waits here and how each command stands.
import { createContext, type ReactNode, useContext, useEffect, useMemo, useSyncExternalStore } from 'react'
import { useConnection } from '../../graphql/connection-context.tsx'
import type { Problem } from '../../graphql/problem.ts'
import { useIdentity } from '../../keys/identity-context.tsx'
import type { Command } from './command-fields.ts'
import { outboxOf } from './device-outbox.ts'
import { newKey } from './key.ts'
import type { SteeringInput, SteeringKind } from './mutations.ts'
import type { Entry, Outbox, Outcome } from './outbox.ts'
import { createSessionCommands, type SessionCommands } from './session-commands.ts'
import { hostOfSession } from './session-host.ts'

/** Something said here that the server refused to take: there is no command to show it on. */
export type Refused = { entry: Entry; problem: Problem }

export type Steering = {
  sessionId: string
  deviceId: string | null
  /** Makes the key, keeps the entry, signs and sends it. `what` names it in the outbox, `modeName` the mode it chooses. */
  send<Kind extends SteeringKind>(
    kind: Kind,
    input: Omit<SteeringInput<Kind>, 'sessionId'>,
    what: string,
    modeName?: string | null,
  ): Promise<Outcome>
}

type Parts = { steering: Steering; commands: SessionCommands; outbox: Outbox; refusals: Refusals }
type Refusals = {
  all(): readonly Refused[]
  subscribe(onChange: () => void): () => void
  put(refused: Refused): void
  dismiss(key: string): void
}

const Context = createContext<Parts | null>(null)

function createRefusals(): Refusals {
  let all: readonly Refused[] = []
  const listeners = new Set<() => void>()
  const change = (next: readonly Refused[]) => {
    all = next
    for (const listener of listeners) listener()
  }
  const without = (key: string) => all.filter((one) => one.entry.key !== key)
  return {
    all: () => all,
    subscribe(onChange) {
      listeners.add(onChange)
      return () => listeners.delete(onChange)
    },
    put: (refused) => change([...without(refused.entry.key), refused]),
    dismiss: (key) => change(without(key)),
  }
}

/** One per session screen. */
export function SteeringProvider({ sessionId, children }: { sessionId: string; children: ReactNode }) {
  const connection = useConnection()
  const identity = useIdentity()
  const deviceId = 'identity' in identity ? identity.identity.deviceId : null
  const outbox = outboxOf(connection, deviceId ?? 'none')
  const commands = useMemo(createSessionCommands, [])
  const refusals = useMemo(createRefusals, [])

  useEffect(() => {
    const following = new AbortController()
    commands.follow(connection, sessionId, following.signal)
    // Known before the first tap.
    void hostOfSession(connection, sessionId)
    const stop = outbox.onOutcome((entry, outcome) => {
      if (entry.sessionId !== sessionId) return
      if (outcome.state === 'sent') commands.put(outcome.command)
      if (outcome.state === 'refused') refusals.put({ entry, problem: outcome.problem })
    })
    return () => {
      following.abort()
      stop()
    }
  }, [connection, commands, refusals, outbox, sessionId])

  const parts = useMemo<Parts>(() => {
    const steering: Steering = {
      sessionId,
      deviceId,
      send(kind, input, what, modeName = null) {
        const key = newKey()
        const said = { what, modeName, keptAt: Date.now() }
        return outbox.put({ key, sessionId, kind, input: { ...input, sessionId, key }, ...said })
      },
    }
    return { steering, commands, outbox, refusals }
  }, [sessionId, deviceId, outbox, commands, refusals])
  return <Context value={parts}>{children}</Context>
}

function useParts(): Parts {
  const parts = useContext(Context)
  if (!parts) throw new Error('SteeringProvider is missing')
  return parts
}

/** Throws outside the provider: a mistake of the programmer. */
export const useSteering = (): Steering => useParts().steering

/** The session's commands, oldest first. */
export function useCommands(): readonly Command[] {
  const { commands } = useParts()
  return useSyncExternalStore(commands.subscribe, commands.all)
}

/** What waits on this device for this session, in the order it goes, and the way to take one back. */
export function useOutbox(): { waiting: readonly Entry[]; discard(key: string): boolean } {
  const { outbox, steering } = useParts()
  const all = useSyncExternalStore(outbox.subscribe, outbox.waiting)
  const waiting = useMemo(
    () => all.filter((entry) => entry.sessionId === steering.sessionId),
    [all, steering.sessionId],
  )
  return { waiting, discard: outbox.discard }
}

export function useRefusals(): { all: readonly Refused[]; dismiss(key: string): void } {
  const { refusals } = useParts()
  return { all: useSyncExternalStore(refusals.subscribe, refusals.all), dismiss: refusals.dismiss }
}
