// What this machine has done about each command: the intent before the act, the result after it (C3, C4).
// Knows ids and words, not what a command does.
import { counterWindow } from '../../protocol/command.ts'
import { type Counters, type CounterUse, createCounters } from './counters.ts'
import type { Disk } from './disk.ts'
import { JournalError } from './failure.ts'
import { limits } from './limits.ts'
import { openLines } from './lines.ts'
import { corrupt } from './verify.ts'

export interface LedgerEntry {
  commandId: string
  kind: string
  at: string
  /** Null between intent and result. */
  state: string | null
  reason: string | null
  /** True when the server has confirmed the result. */
  sent: boolean
}

export interface Ledger {
  /**
   * Notes durably that the command is about to be acted on. `fresh` is false if it was noted before, by this process or an
   * earlier one: then it must not be done again (C3). `use` is the device's counter that is spent with it, noted in the same line:
   * on the disk there is never one without the other (T5).
   */
  intend(commandId: string, kind: string, use?: CounterUse): Promise<{ fresh: boolean; entry: LedgerEntry }>
  /** Counters that devices have used in this session. */
  readonly counters: Pick<Counters, 'standing' | 'lastOf'>
  /** Notes the outcome durably. The first one stands and is returned. Throws NOT_FOUND without an intent. */
  result(commandId: string, state: string, reason?: string): Promise<LedgerEntry>
  /** Notes that the server has the result. */
  sent(commandId: string): Promise<void>
  /** Intents without a result: after a crash these are UNKNOWN and never repeated (C4). */
  unfinished(): LedgerEntry[]
  /** Results the server has not confirmed, oldest first. */
  settledUnsent(): LedgerEntry[]
  lookup(commandId: string): LedgerEntry | undefined
  readonly droppedBytes: number
  /** What opening found unreadable, in sentences; the file was left as it is. What the lost notes were about is in doubt, and stays undone (C4). */
  readonly warnings: readonly string[]
  close(): Promise<void>
}

type Note =
  | { note: 'intent'; commandId: string; kind: string; at: string; use?: CounterUse }
  | { note: 'result'; commandId: string; state: string; reason: string | null }
  | { note: 'sent'; commandId: string }

/**
 * Opens or makes the ledger. Damaged lines cost their own notes: without its intent a command is unknown here, and whoever asks must not take that for
 * "never done" where another attachment took it; without its result it is unfinished. Throws JournalError; CORRUPT, for a line that is whole and says
 * nothing known, leaves the file untouched.
 */
export async function openLedger(path: string, options: { disk?: Disk; now?: () => Date } = {}): Promise<Ledger> {
  const now = options.now ?? (() => new Date())
  const entries = new Map<string, LedgerEntry>()
  /** One note per command at a time, so that two callers cannot both be the first. */
  const turns = new Map<string, Promise<unknown>>()
  const damagedLines: number[] = []
  const counters = createCounters(counterWindow)

  const lines = await openLines(path, {
    ...(options.disk === undefined ? {} : { disk: options.disk }),
    onFound(line, lineNumber) {
      const note = parse(line.json)
      if (note === undefined) throw corrupt(path, lineNumber)
      apply(note)
    },
    onDurable(line) {
      const note = parse(line.json)
      if (note !== undefined) apply(note)
    },
    onDropped() {},
    onDamaged: (lineNumber) => void damagedLines.push(lineNumber),
  })

  function apply(note: Note): void {
    const entry = entries.get(note.commandId)
    if (note.note === 'intent') {
      if (entry !== undefined) return
      const { commandId, kind, at } = note
      if (note.use !== undefined) counters.use(note.use, kind)
      entries.set(commandId, { commandId, kind, at, state: null, reason: null, sent: false })
    } else if (entry !== undefined && note.note === 'result' && entry.state === null) {
      entries.set(note.commandId, { ...entry, state: note.state, reason: note.reason })
    } else if (entry !== undefined && note.note === 'sent') {
      entries.set(note.commandId, { ...entry, sent: true })
    }
  }

  async function inTurn<T>(commandId: string, act: () => Promise<T>): Promise<T> {
    const before = turns.get(commandId) ?? Promise.resolve()
    const mine = before.catch(() => undefined).then(act)
    turns.set(commandId, mine)
    try {
      return await mine
    } finally {
      if (turns.get(commandId) === mine) turns.delete(commandId)
    }
  }

  function known(commandId: string): LedgerEntry {
    const entry = entries.get(commandId)
    if (entry === undefined)
      throw new JournalError('NOT_FOUND', `No intent is noted for the command ${commandId}.`, { path })
    return entry
  }

  function note(value: Note): Promise<unknown> {
    return lines.append(() => JSON.stringify(value))
  }

  return {
    counters,
    intend(commandId, kind, use) {
      return inTurn(commandId, async () => {
        const entry = entries.get(commandId)
        if (entry !== undefined) return { fresh: false, entry }
        await note({ note: 'intent', commandId, kind, at: now().toISOString(), ...(use && { use }) })
        return { fresh: true, entry: known(commandId) }
      })
    },
    result(commandId, state, reason) {
      return inTurn(commandId, async () => {
        const entry = known(commandId)
        if (entry.state !== null) return entry
        await note({ note: 'result', commandId, state, reason: reason?.slice(0, limits.maxReasonLength) ?? null })
        return known(commandId)
      })
    },
    async sent(commandId) {
      await inTurn(commandId, async () => {
        const entry = known(commandId)
        if (entry.state === null) {
          throw new JournalError('CONFLICT', `The command ${commandId} has no result that could be sent.`, { path })
        }
        if (!entry.sent) await note({ note: 'sent', commandId })
      })
    },
    unfinished: () => [...entries.values()].filter((entry) => entry.state === null),
    settledUnsent: () => [...entries.values()].filter((entry) => entry.state !== null && !entry.sent),
    lookup: (commandId) => entries.get(commandId),
    droppedBytes: lines.droppedBytes,
    warnings: damagedLines.length === 0 ? [] : [warningOf(path, damagedLines)],
    close: () => lines.close(),
  }
}

function warningOf(path: string, lines: readonly number[]): string {
  const where =
    lines.length === 1 ? `at line ${lines[0]}` : `in ${lines.length} lines from line ${Math.min(...lines)} on`
  return `${path} is damaged ${where}. What became of some commands from devices is not known any more: they are shown as unknown and are not done again. The file was left as it is: check this disk.`
}

function parse(json: string): Note | undefined {
  const value = JSON.parse(json) as Partial<Note>
  if (typeof value.commandId !== 'string') return undefined
  if (value.note === 'intent' && typeof value.kind === 'string' && typeof value.at === 'string') return value as Note
  if (value.note === 'result' && typeof value.state === 'string') return value as Note
  return value.note === 'sent' ? (value as Note) : undefined
}
