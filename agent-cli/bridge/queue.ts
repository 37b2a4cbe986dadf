// The prompt queue, kept at this host alone (C6). Every change is an event; a stop, an error or a usage limit holds it.
// Knows prompts and their order; running one is another's job.
import type { Attachment, Delivery, Origin, PromptState } from '../agent/translate/event-body.ts'
import { BridgeError } from './contract.ts'
import { limits } from './limits.ts'
import type { Publishing } from './publishing.ts'

export type Prompt = {
  readonly id: string
  readonly text: string
  readonly delivery: Delivery
  /** The mode it was written under, set again before it runs (peer 10); null runs it in whatever mode is. */
  readonly modeId: string | null
  /** False when its sender may not turn that mode on (T4): it runs only while the mode stands. */
  readonly mayEnterMode: boolean
  readonly origin: Origin
  readonly attachments: readonly Attachment[]
}

export type Queue = {
  /** Why the queue waits for a person, or null. */
  readonly heldBecause: string | null
  readonly length: number
  /** Null when it does not wait (any more). */
  find(id: string): Prompt | null
  /** Durable when it resolves. `first` puts it before the others. Throws BridgeError TOO_LARGE or BAD_INPUT. */
  add(prompt: Prompt, first?: boolean): Promise<void>
  /** Throws BridgeError NOT_FOUND when it does not wait (any more). */
  edit(id: string, change: { text?: string | null; delivery?: Delivery | null }): Promise<void>
  withdraw(id: string, reason?: string): Promise<void>
  /** Takes the next prompt, null when there is none or the queue is held. */
  take(): Prompt | null
  hold(reason: string): void
  release(): void
  /** Says how a prompt that was taken goes on. */
  say(prompt: Prompt, state: PromptState, more?: { reason?: string; turnId?: string }): Promise<void>
}

export function createQueue(options: { publishing: Pick<Publishing, 'record'>; onChange: () => void }): Queue {
  const { publishing, onChange } = options
  let waiting: Prompt[] = []
  let heldBecause: string | null = null

  function say(prompt: Prompt, state: PromptState, more: { reason?: string; turnId?: string } = {}): Promise<void> {
    const { id: promptId, text, delivery, modeId, origin, attachments } = prompt
    return publishing.record({
      promptChanged: { promptId, state, text, delivery, modeId, origin, attachments: [...attachments], ...more },
    })
  }

  /** HELD says that a person must let it go on; the reason says why. */
  const sayWaiting = (prompt: Prompt) =>
    heldBecause === null ? say(prompt, 'QUEUED') : say(prompt, 'HELD', { reason: heldBecause })

  function indexOf(id: string): number {
    const index = waiting.findIndex((prompt) => prompt.id === id)
    if (index < 0)
      throw new BridgeError('NOT_FOUND', 'This prompt is no longer waiting: it ran, or it was withdrawn.', 'C6')
    return index
  }

  return {
    get heldBecause() {
      return heldBecause
    },
    get length() {
      return waiting.length
    },
    find: (id) => waiting.find((prompt) => prompt.id === id) ?? null,
    async add(prompt, first = false) {
      check(prompt.text, prompt.attachments.length > 0)
      waiting = first ? [prompt, ...waiting] : [...waiting, prompt]
      const told = sayWaiting(prompt)
      onChange()
      await told
    },
    async edit(id, change) {
      const index = indexOf(id)
      const before = waiting[index] as Prompt
      const after = { ...before, text: change.text ?? before.text, delivery: change.delivery ?? before.delivery }
      check(after.text, after.attachments.length > 0)
      waiting = waiting.with(index, after)
      const told = sayWaiting(after)
      onChange()
      await told
    },
    async withdraw(id, reason) {
      const index = indexOf(id)
      const prompt = waiting[index] as Prompt
      waiting = waiting.toSpliced(index, 1)
      await say(prompt, 'WITHDRAWN', reason === undefined ? {} : { reason })
    },
    take() {
      // One sent NOW goes before what waits, and is not held: sending it is letting go (protocol §4).
      const now = waiting.findIndex((prompt) => prompt.delivery === 'NOW')
      const index = now >= 0 ? now : heldBecause === null ? 0 : -1
      const prompt = waiting[index]
      if (prompt === undefined) return null
      waiting = waiting.toSpliced(index, 1)
      return prompt
    },
    hold(reason) {
      heldBecause = reason
      for (const prompt of waiting) void sayWaiting(prompt)
      onChange()
    },
    release() {
      if (heldBecause === null) return
      heldBecause = null
      for (const prompt of waiting) void sayWaiting(prompt)
      onChange()
    },
    say,
  }
}

function check(text: string, hasAttachments: boolean): void {
  if (text.trim() === '' && !hasAttachments) throw new BridgeError('BAD_INPUT', 'An empty prompt says nothing.')
  if (text.length > limits.maxPromptChars) {
    throw new BridgeError(
      'TOO_LARGE',
      `A prompt has at most ${limits.maxPromptChars} characters; this one has ${text.length}.`,
    )
  }
}
