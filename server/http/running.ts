/** The end of an operation that runs over HTTP. An AbortSignal says the same; one for each request took longer than most answers, and most wait for nothing. */
import type { Ending } from '../graphql/context.ts'

/** An operation that runs: it ends with its response, or when the server stops. */
export class Running implements Ending {
  aborted = false
  reason: unknown = undefined
  private heard: Set<() => void> | null = null

  addEventListener(_name: 'abort', onAbort: () => void): void {
    this.heard ??= new Set()
    this.heard.add(onAbort)
  }

  removeEventListener(_name: 'abort', onAbort: () => void): void {
    this.heard?.delete(onAbort)
  }

  abort(why: unknown = new DOMException('The server is stopping.', 'AbortError')): void {
    if (this.aborted) return
    this.aborted = true
    this.reason = why
    // As it stands: who is taken off meanwhile is not called.
    for (const onAbort of this.heard ?? []) onAbort()
    this.heard = null
  }
}
