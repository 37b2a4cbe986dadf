// Tells the server what became of commands, until it has heard: results wait in the ledger, not in memory (C3, C4).
import type { Ledger, LedgerEntry } from '../journal/ledger.ts'
import { wellFormedText } from '../journal/well-formed.ts'
import type { Caller } from '../remote/credentials.ts'
import { isPassing, RemoteError } from '../remote/failure.ts'
import { type CommandSettlement, SettleCommand } from '../remote/host-operations.ts'
import { createBackoff, pause } from '../remote/pause.ts'
import type { Refused } from './rights.ts'

export type CommandResult = CommandSettlement['state']

export type Settlements = {
  /** Notes the result durably and tells the server when it can be reached. */
  settle(commandId: string, state: CommandResult, refusal?: Refused | null): Promise<void>
  /** Says again a result that was noted before; the server asks by sending the command again. */
  repeat(): void
  /** Resolves when everything noted is told, or at the signal. Never rejects. */
  flushed(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

export function createSettlements(given: { ledger: Ledger; call: Caller }): Settlements {
  const { ledger, call } = given
  const ended = new AbortController()
  let telling: Promise<void> | null = null

  async function tell(): Promise<void> {
    const backoff = createBackoff()
    while (!ended.signal.aborted) {
      const [entry] = ledger.settledUnsent()
      if (entry === undefined) return
      try {
        await call(SettleCommand, { input: inputOf(entry) }, { signal: ended.signal })
      } catch (error) {
        if (ended.signal.aborted) return
        // The server has settled it otherwise, or has forgotten it: there is nobody left to tell.
        if (!(error instanceof RemoteError) || isPassing(error) || error.code === 'UNAUTHENTICATED') {
          await pause(backoff.next(), ended.signal).catch(() => undefined)
          continue
        }
      }
      await ledger.sent(entry.commandId)
      backoff.reset()
    }
  }

  function start(): Promise<void> {
    telling ??= tell().finally(() => {
      telling = null
    })
    return telling
  }

  return {
    async settle(commandId, state, refusal) {
      await ledger.result(commandId, state, refusal ? JSON.stringify(sayable(refusal)) : undefined)
      void start().catch(() => undefined)
    },
    repeat: () => void start().catch(() => undefined),
    async flushed(signal) {
      const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
      await Promise.race([start().catch(() => undefined), stopped])
    },
    async close() {
      ended.abort()
      await telling?.catch(() => undefined)
    },
  }
}

const maxMessageChars = 1_500

/** An agent's words may be in it: what the server would not take would leave the command without an end (C4, E7). */
function sayable({ code, message, rule }: Refused): Refused {
  const plain = wellFormedText(message).replaceAll(/\p{Cc}/gu, ' ')
  return { code, rule, message: wellFormedText(plain.slice(0, maxMessageChars)) }
}

function inputOf({ commandId, state, reason }: LedgerEntry): CommandSettlement {
  const known = ['APPLIED', 'REFUSED', 'SUPERSEDED', 'EXPIRED', 'UNKNOWN'] as const
  return { commandId, state: known.find((each) => each === state) ?? 'UNKNOWN', refusal: refusalIn(reason) }
}

function refusalIn(reason: string | null): Refused | null {
  if (reason === null) return null
  try {
    const { code, message, rule } = JSON.parse(reason) as Partial<Refused>
    if (typeof code === 'string' && typeof message === 'string') return { code, message, rule: rule ?? '' }
  } catch {}
  return { code: 'INTERNAL', message: reason, rule: '' }
}
