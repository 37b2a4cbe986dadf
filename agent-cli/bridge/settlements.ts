// Tells the server what became of commands, until it has heard: results wait in the ledger, not in memory (C3, C4).
import type { Ledger, LedgerEntry } from '../journal/ledger.ts'
import { wellFormedText } from '../journal/well-formed.ts'
import { createMasking } from '../masking/mask.ts'
import type { Caller } from '../remote/credentials.ts'
import { isPassing, RemoteError } from '../remote/failure.ts'
import { type CommandSettlement, SettleCommand } from '../remote/host-operations.ts'
import { createBackoff, pause, sendTimeoutSeconds } from '../remote/pause.ts'
import { createUnderWay } from '../remote/under-way.ts'
import type { Refused } from './facts.ts'

export type CommandResult = CommandSettlement['state']

export type Settlements = {
  /** Notes the result durably and tells the server when it can be reached. What the disk will not note is told from memory. Never rejects. */
  settle(commandId: string, state: CommandResult, refusal?: Refused | null): Promise<void>
  /**
   * Says what is untold, and again the result of that command: the server asks by sending it again, also after it was put back to before it
   * heard (C2).
   */
  repeat(commandId?: string): void
  /** The way to the server has changed: what waits to try again does so now, and what has been on its way for so long is given up and sent again. */
  wake(hangsAfterMs: number): void
  /** True for a command whose result was told, or will be, without the ledger: it is not begun again. */
  isUnnoted(commandId: string): boolean
  /** Resolves when everything noted is told, or at the signal. Never rejects. */
  flushed(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

export function createSettlements(given: {
  ledger: Ledger
  call: Caller
  /** Of the attachment that says so: the server hears nothing of one that is fenced (E4). */
  epoch: number
  /** Resolves when the server has every event that is now in the journal, or never will. A loser is told after the event that names the winner (D3). */
  said?: (signal: AbortSignal) => Promise<void>
}): Settlements {
  const { ledger, epoch, said = async () => undefined } = given
  const ended = new AbortController()
  const underWay = createUnderWay(given.call)
  const backoff = createBackoff()
  let waking = new AbortController()
  let isWoken = false
  let telling: Promise<void> | null = null
  const again = new Set<string>()
  /** Results the ledger could not take, oldest first, and the ids of all there ever were. */
  const unnoted: LedgerEntry[] = []
  const unnotedIds = new Set<string>()
  /** Told, although the ledger could not note it: a full disk must not keep what stands behind it from being told. */
  const told = new Set<string>()
  const heldBack = new Map<string, Promise<void>>()
  for (const { commandId, state } of ledger.settledUnsent()) if (state === 'SUPERSEDED') holdBack(commandId)

  function holdBack(commandId: string): void {
    const released = said(ended.signal)
      .catch(() => undefined)
      .then(() => {
        heldBack.delete(commandId)
        if (!ended.signal.aborted) void start().catch(() => undefined)
      })
    heldBack.set(commandId, released)
  }

  const isSayable = ({ commandId }: LedgerEntry) => !told.has(commandId) && !heldBack.has(commandId)

  async function tell(): Promise<void> {
    backoff.reset()
    while (!ended.signal.aborted) {
      const untold = ledger.settledUnsent().find(isSayable)
      const entry = unnoted[0] ?? untold ?? askedAgain()
      if (entry === undefined) return
      isWoken = false
      try {
        // On a dead line: what stands behind it waits no longer than events do.
        const timeoutSeconds = sendTimeoutSeconds(0)
        await underWay.ask(SettleCommand, { input: { ...inputOf(entry), epoch } }, { timeoutSeconds })
      } catch (error) {
        if (ended.signal.aborted) return
        // The server has settled it otherwise, has forgotten it, or hears another attachment: there is nobody left to tell.
        if (!(error instanceof RemoteError) || isPassing(error) || error.code === 'UNAUTHENTICATED') {
          if (isWoken) continue
          waking = new AbortController()
          await pause(backoff.next(), AbortSignal.any([ended.signal, waking.signal])).catch(() => undefined)
          continue
        }
      }
      again.delete(entry.commandId)
      if (unnoted[0] === entry) unnoted.shift()
      else await ledger.sent(entry.commandId).catch(() => told.add(entry.commandId))
      backoff.reset()
    }
  }

  function askedAgain(): LedgerEntry | undefined {
    for (const id of again) {
      if (heldBack.has(id)) continue
      const entry = ledger.lookup(id)
      if (entry !== undefined && entry.state !== null) return entry
      // Being done: it is told when there is a result.
      again.delete(id)
    }
    return undefined
  }

  function start(): Promise<void> {
    telling ??= tell().finally(() => {
      telling = null
    })
    return telling
  }

  return {
    async settle(commandId, state, refusal) {
      const reason = refusal ? JSON.stringify(sayable(refusal)) : undefined
      try {
        await ledger.result(commandId, state, reason)
        if (state === 'SUPERSEDED') holdBack(commandId)
      } catch {
        unnotedIds.add(commandId)
        unnoted.push({ commandId, kind: '', at: '', state, reason: reason ?? null, sent: false })
      }
      void start().catch(() => undefined)
    },
    wake(hangsAfterMs) {
      isWoken = true
      backoff.reset()
      waking.abort()
      underWay.giveUp(
        hangsAfterMs,
        new RemoteError('UNREACHABLE', 'The way to the server was lost; it is tried again.'),
      )
    },
    isUnnoted: (commandId) => unnotedIds.has(commandId),
    repeat(commandId) {
      if (commandId !== undefined) again.add(commandId)
      void start().catch(() => undefined)
    },
    async flushed(signal) {
      const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
      const all = async () => {
        await Promise.all(heldBack.values())
        await start().catch(() => undefined)
      }
      await Promise.race([all(), stopped])
    },
    async close() {
      ended.abort()
      underWay.close(new RemoteError('UNREACHABLE', 'The session has ended.'))
      await telling?.catch(() => undefined)
    },
  }
}

const maxMessageChars = 1_500

/** An agent's words may be in it: what the server would not take would leave the command without an end (C4, E7). */
function sayable({ code, message, rule, level, owner, remedy }: Refused): Refused {
  return {
    ...{ code, rule: plain(rule), message: plain(message) },
    ...(level !== undefined && owner !== undefined && remedy !== undefined
      ? { level: plain(level), owner: plain(owner), remedy: plain(remedy) }
      : {}),
  }
}

const masking = createMasking()

function plain(text: string): string {
  const repaired = wellFormedText(masking.text(text)).replaceAll(/\p{Cc}/gu, ' ')
  return wellFormedText(repaired.slice(0, maxMessageChars))
}

function inputOf({ commandId, state, reason }: LedgerEntry): CommandSettlement {
  const known = ['APPLIED', 'REFUSED', 'SUPERSEDED', 'EXPIRED', 'UNKNOWN'] as const
  return { commandId, state: known.find((each) => each === state) ?? 'UNKNOWN', refusal: refusalIn(reason) }
}

function refusalIn(reason: string | null): Refused | null {
  if (reason === null) return null
  try {
    const { code, message, rule, ...because } = JSON.parse(reason) as Partial<Refused>
    if (typeof code === 'string' && typeof message === 'string') return { code, message, rule: rule ?? '', ...because }
  } catch {}
  return { code: 'INTERNAL', message: reason, rule: '' }
}
