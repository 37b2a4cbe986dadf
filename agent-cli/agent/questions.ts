// The agent's open questions to a person: permissions and forms. Each is answered exactly once, and a cancel, a withdrawal or the end
// of the agent answers what is open. Passes what was asked and answered through unchanged; knows no surface.

export interface Questions {
  /**
   * Asks through `ask` and resolves with its answer, verbatim. When the question is closed first, `ask`'s signal aborts: it may still say what had
   * been answered before and is only being noted (D3), else `whenClosed` is the answer. A throwing `ask` is reported and counts as `whenClosed`:
   * never as consent.
   */
  put(
    sessionId: string | undefined,
    ask: (signal: AbortSignal) => unknown,
    whenClosed: unknown,
    withdrawn: AbortSignal,
  ): Promise<unknown>
  /** Closes what is open for the sessions `matches` says yes to; returns how many there were. */
  close(matches: (sessionId: string | undefined) => boolean, why: Error): number
}

/** How long an answer that was given before the closing may take to be noted. */
const notingMs = 2_000

export function createQuestions(onHandlerError: (error: unknown) => void): Questions {
  const open = new Set<{ sessionId: string | undefined; controller: AbortController }>()
  return {
    async put(sessionId, ask, whenClosed, withdrawn) {
      const question = { sessionId, controller: new AbortController() }
      const { signal } = question.controller
      const withdraw = () => question.controller.abort(withdrawn.reason)
      withdrawn.addEventListener('abort', withdraw, { once: true })
      open.add(question)
      const closed = new Promise<unknown>((resolve) => {
        signal.addEventListener('abort', () => setTimeout(() => resolve(whenClosed), notingMs).unref(), { once: true })
        if (withdrawn.aborted) withdraw()
      })
      const answered = (async () => ask(signal))().catch((error: unknown) => {
        if (!signal.aborted) onHandlerError(error)
        return whenClosed
      })
      try {
        return await Promise.race([closed, answered])
      } finally {
        open.delete(question)
        withdrawn.removeEventListener('abort', withdraw)
      }
    },
    close(matches, why) {
      const closing = [...open].filter(({ sessionId }) => matches(sessionId))
      for (const question of closing) question.controller.abort(why)
      return closing.length
    },
  }
}

/** The session a question or an update names, if it names one. */
export function sessionOf(params: unknown): string | undefined {
  if (typeof params !== 'object' || params === null || !('sessionId' in params)) return undefined
  return typeof params.sessionId === 'string' ? params.sessionId : undefined
}
