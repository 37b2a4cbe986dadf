// What was said on this device and has not reached the server yet: kept first, then sent in the order it was said. Sending is safe
// to repeat, each entry keeps its key (C1). Knows no screen and no mutation's fields.
import type { Problem } from '../../graphql/problem.ts'
import type { Command } from './command-fields.ts'
import type { SteeringKind } from './mutations.ts'

export type Entry = {
  key: string
  sessionId: string
  kind: SteeringKind
  /** The mutation's input, key included. */
  input: Record<string, unknown>
  /** What it is, in words for the outbox: a prompt's first line, "Cancel turn". */
  what: string
  /** Name of the mode it chooses, as it stood on the button. */
  modeName?: string | null
  /** Milliseconds since 1970. */
  keptAt: number
  /** Made at the tap where a passkey vouches for it; else it is signed each time it goes. */
  proof?: string
}

/** `sent`: the server has it. `kept`: no answer, it goes when the server is back. `refused`: it will not be sent again. */
export type Outcome = { state: 'sent'; command: Command } | { state: 'kept' } | { state: 'refused'; problem: Problem }

/** Where entries lie between visits. */
export type EntryStore = { read(): Promise<readonly Entry[]>; write(entries: readonly Entry[]): Promise<void> }

/** Asks the server once. OFFLINE means that no answer came. */
export type Send = (entry: Entry) => Promise<{ command: Command } | { problem: Problem }>

export type Outbox = {
  /** In the order in which they go. Those being sent for the first time are not among them. */
  waiting(): readonly Entry[]
  subscribe(onChange: () => void): () => void
  /** Keeps the entry, then tries. Settles with the first outcome; a kept one goes on being tried at each `wake`. */
  put(entry: Entry): Promise<Outcome>
  /** Takes back what has not been sent. False when it is on its way. */
  discard(key: string): boolean
  /** Tries what waits, now. */
  wake(): void
  /** Told of every command the server returned and of every entry it refused, those from earlier visits included. */
  onOutcome(listener: (entry: Entry, outcome: Outcome) => void): () => void
}

const comesBack = new Set(['OFFLINE', 'INTERNAL', 'RATE_LIMITED'])

export function createOutbox(options: { store: EntryStore; send: Send }): Outbox {
  let entries: readonly Entry[] = []
  const tried = new Set<string>()
  const first = new Map<string, (outcome: Outcome) => void>()
  const listeners = new Set<() => void>()
  const hearers = new Set<(entry: Entry, outcome: Outcome) => void>()
  let shown: readonly Entry[] = []
  let sending: Entry | undefined
  let running = false

  const change = (next: readonly Entry[]): Promise<void> => {
    entries = next
    show()
    // A store that fails (a full disk, private browsing) must not stop what can still be sent.
    return options.store.write(next).catch(() => undefined)
  }
  const show = () => {
    shown = entries.filter((entry) => tried.has(entry.key))
    for (const listener of listeners) listener()
  }
  const tell = (entry: Entry, outcome: Outcome) => {
    first.get(entry.key)?.(outcome)
    first.delete(entry.key)
    for (const hear of hearers) hear(entry, outcome)
  }
  const drain = async () => {
    if (running) return
    running = true
    /** Sessions whose first entry could not be sent now: one that fails must not hold up the others (peer 2). */
    const held = new Set<string>()
    try {
      await loaded
      for (;;) {
        const entry = entries.find((one) => !held.has(one.sessionId))
        if (entry === undefined) return
        sending = entry
        const answer = await options.send(entry)
        sending = undefined
        if ('problem' in answer && comesBack.has(answer.problem.code)) {
          // Order matters more than haste: in its session nothing overtakes what could not be sent.
          for (const one of entries)
            if (answer.problem.code === 'OFFLINE' || one.sessionId === entry.sessionId) held.add(one.sessionId)
          continue
        }
        await change(entries.filter((other) => other.key !== entry.key))
        tell(
          entry,
          'command' in answer
            ? { state: 'sent', command: answer.command }
            : { state: 'refused', problem: answer.problem },
        )
      }
    } finally {
      sending = undefined
      running = false
      if (entries.length > 0 && held.size > 0) {
        for (const kept of entries) tried.add(kept.key)
        show()
        for (const kept of entries) tell(kept, { state: 'kept' })
      }
    }
  }
  const loaded = options.store.read().then(
    (kept) => {
      for (const entry of kept) tried.add(entry.key)
      entries = [...kept, ...entries.filter((entry) => !kept.some((other) => other.key === entry.key))]
      show()
    },
    () => undefined,
  )

  return {
    waiting: () => shown,
    subscribe(onChange) {
      listeners.add(onChange)
      return () => listeners.delete(onChange)
    },
    async put(entry) {
      await loaded
      const outcome = new Promise<Outcome>((resolve) => first.set(entry.key, resolve))
      await change([...entries.filter((other) => other.key !== entry.key), entry])
      void drain()
      return outcome
    },
    discard(key) {
      if (sending?.key === key) return false
      void change(entries.filter((entry) => entry.key !== key))
      return true
    },
    wake: () => void drain(),
    onOutcome(listener) {
      hearers.add(listener)
      return () => hearers.delete(listener)
    },
  }
}
