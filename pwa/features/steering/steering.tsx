// Gives a session's screen its steering: send a command, see what waits here and how each command stands.
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import { useConnection } from '../../graphql/connection-context.tsx'
import type { Problem } from '../../graphql/problem.ts'
import { useIdentity } from '../../keys/identity-context.tsx'
import type { Rung } from '../devices/rung-words.ts'
import { PasskeySheet } from '../passkeys/PasskeySheet.tsx'
import { useStepUp } from '../passkeys/step-up.ts'
import { useSessionRow } from '../sessions/sessions.ts'
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
  /**
   * Makes the key, keeps the entry, signs and sends it. `what` names it in the outbox, `modeName` the mode it chooses, `rung` what it needs
   * (STEER when left out; a passkey is asked for where that is due).
   */
  send<Kind extends SteeringKind>(
    kind: Kind,
    input: Omit<SteeringInput<Kind>, 'sessionId'>,
    what: string,
    how?: { modeName?: string | null; rung?: Rung },
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

  const stepUp = useStepUp()
  const newest = useRef(stepUp)
  useEffect(() => {
    newest.current = stepUp
  })
  const [needs, setNeeds] = useState<{ what: string; host: { id: string; name: string } } | null>(null)
  const hostName = useSessionRow(sessionId)?.host.name ?? 'the workstation'

  const parts = useMemo<Parts>(() => {
    const steering: Steering = {
      sessionId,
      deviceId,
      async send(kind, input, what, { modeName = null, rung = 'STEER' } = {}) {
        const key = newKey()
        const given = { ...input, sessionId, key }
        const entry: Entry = { key, sessionId, kind, input: given, what, modeName, keptAt: Date.now() }
        const hostId = await hostOfSession(connection, sessionId)
        // Cancelling needs nobody to be known (D5); where the workstation is not known the outbox says so.
        if (kind === 'cancelTurn' || typeof hostId !== 'string') return outbox.put(entry)
        const wasRefused = refusals.all().some(({ problem }) => problem.code === 'PASSKEY_REQUIRED')
        const due = newest.current.due(rung, hostId, wasRefused)
        if (due === 'no') return outbox.put(entry)
        const refuse = (problem: Problem): Outcome => {
          refusals.put({ entry, problem })
          return { state: 'refused', problem }
        }
        if (due !== 'ask') {
          setNeeds({ what, host: { id: hostId, name: hostName } })
          return refuse({
            code: 'PASSKEY_MISSING',
            message: 'It needs a passkey that counts there: Settings, Passkey of this device.',
          })
        }
        const proven = await newest.current.prove(kind, given, { hostId, modeName }, entry.keptAt)
        return 'problem' in proven ? refuse(proven.problem) : outbox.put({ ...entry, proof: proven.proof })
      },
    }
    return { steering, commands, outbox, refusals }
  }, [connection, sessionId, deviceId, hostName, outbox, commands, refusals])
  return (
    <Context value={parts}>
      {children}
      {needs && <PasskeySheet what={needs.what} host={needs.host} onClose={() => setNeeds(null)} />}
    </Context>
  )
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
