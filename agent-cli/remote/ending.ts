// The end of a request, as far as an AbortSignal says it. One of those, made and listened to for each push, took a tenth of a millisecond. Knows no request.

/** What an AbortSignal is too. */
export type Ending = {
  readonly aborted: boolean
  readonly reason: unknown
  throwIfAborted(): void
  addEventListener(name: 'abort', onAbort: () => void, how: { once: true }): void
  removeEventListener(name: 'abort', onAbort: () => void): void
}

export type Given = Ending & {
  /** Those who listen are called once, in their order; again is harmless. */
  abort(why: unknown): void
}

class Light implements Given {
  aborted = false
  reason: unknown = undefined
  private heard: (() => void)[] = []

  throwIfAborted(): void {
    if (this.aborted) throw this.reason
  }

  addEventListener(_name: 'abort', onAbort: () => void): void {
    if (!this.aborted && !this.heard.includes(onAbort)) this.heard.push(onAbort)
  }

  removeEventListener(_name: 'abort', onAbort: () => void): void {
    this.heard = this.heard.filter((one) => one !== onAbort)
  }

  abort(why: unknown): void {
    if (this.aborted) return
    this.aborted = true
    this.reason = why
    // As it stands: who is taken off meanwhile is not called.
    while (this.heard.length > 0) this.heard.shift()?.()
  }
}

export const createEnding = (): Given => new Light()
