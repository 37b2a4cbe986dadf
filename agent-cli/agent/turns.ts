// Turns of an agent: one at a time per session, each with an end. Knows prompt and cancel, nothing of what happens in between.
import { type Calls, timedOut } from './calls.ts'
import { AgentError } from './failure.ts'
import type { AgentLimits } from './limits.ts'

/** How a turn ended. `stopReason` is the agent's own word (`end_turn`, `cancelled` …); `raw` is its whole answer. */
export interface TurnEnd {
  stopReason: string
  raw: unknown
}

interface Turn {
  /** Starts the clock within which a cancelled turn must end. */
  cancelled(): void
}

/** Wraps `cancel` so that a turn which does not heed it ends by itself, as TIMED_OUT. */
export function createTurns(calls: Calls, limits: AgentLimits, tellCancel: (sessionId: string) => Promise<void>) {
  const turns = new Map<string, Turn>()

  async function cancel(sessionId: string): Promise<void> {
    turns.get(sessionId)?.cancelled()
    await tellCancel(sessionId)
  }

  async function prompt(sessionId: string, blocks: Record<string, unknown>[], signal?: AbortSignal): Promise<TurnEnd> {
    if (turns.has(sessionId)) throw new AgentError('BUSY', 'A turn is running; wait for its end or cancel it.')
    signal?.throwIfAborted()
    const hung = new AbortController()
    let timer: NodeJS.Timeout | undefined
    turns.set(sessionId, {
      cancelled() {
        timer ??= setTimeout(
          () => hung.abort(timedOut('session/cancel', limits.cancelSeconds)),
          limits.cancelSeconds * 1_000,
        )
      },
    })
    // A failing cancel means the agent has ended, and then so does the prompt.
    const onAbort = () => void cancel(sessionId).catch(() => undefined)
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      const raw = await calls.ask('session/prompt', { sessionId, prompt: blocks }, { signal: hung.signal })
      return { stopReason: stopReasonOf(raw), raw }
    } finally {
      turns.delete(sessionId)
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
  }

  return { prompt, cancel }
}

function stopReasonOf(raw: unknown): string {
  if (typeof raw !== 'object' || raw === null || !('stopReason' in raw)) return 'unknown'
  return typeof raw.stopReason === 'string' ? raw.stopReason : 'unknown'
}
