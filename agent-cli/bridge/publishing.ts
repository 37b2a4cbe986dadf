// The one way events take: made well-formed, shown at once, large parts stored, written to the journal in order; text is joined first (E6, E7).
// A journal that fails is said once and the session goes on unpublished. Knows no agent and no server.
import { type EventBody, kindOf } from '../agent/translate/event-body.ts'
import type { Role } from '../agent/translate/update.ts'
import { JournalError } from '../journal/failure.ts'
import { wellFormed } from '../journal/well-formed.ts'
import type { Board } from './board.ts'
import { withBodies } from './large.ts'
import { limits } from './limits.ts'
import type { SessionJournal } from './session-journal.ts'

export type Publishing = {
  /** Shows and journals. Resolves when it is durable, or when the journal has failed; never rejects. */
  record(body: EventBody): Promise<void>
  /** Text of a message as it streams. `messageId` null: a run of one role is one message. */
  text(role: Role, messageId: string | null, text: string): void
  /** Ends the run of text that has no id of its own. */
  breakText(): void
  /** Journals facts that are shown already, for readers who were not there when they were new (E8, B2). */
  repeat(body: EventBody): Promise<void>
  /** Runs `act` when everything recorded so far is in the journal, and before anything recorded later. */
  inOrder<T>(act: () => Promise<T>): Promise<T>
  close(): Promise<void>
}

type Run = { role: Role; messageId: string; isOwn: boolean; text: string }

const textKinds = { user: 'userText', agent: 'agentText', thought: 'agentThought' } as const

export function createPublishing(options: {
  board: Board
  journal: SessionJournal
  epoch: number
  mintId: (prefix: string) => string
  onFailure: (error: unknown) => void
  now?: () => Date
}): Publishing {
  const { board, journal, epoch, mintId, now = () => new Date() } = options
  let tail: Promise<unknown> = Promise.resolve()
  let run: Run | null = null
  let timer: NodeJS.Timeout | undefined
  let hasFailed = false

  function inOrder<T>(act: () => Promise<T>): Promise<T> {
    flush()
    const mine = tail.then(act)
    tail = mine.catch(() => undefined)
    return mine
  }

  function publish(body: EventBody): Promise<void> {
    const at = now().toISOString()
    // A repair may not change the shape: keys are ours, only texts are the agent's.
    const whole = wellFormed(body) as unknown as EventBody
    board.happened({ body: whole, at, epoch })
    return write(whole, at)
  }

  function write(whole: EventBody, at: string): Promise<void> {
    const mine = tail.then(async () => {
      if (!hasFailed) await append(whole, at)
    })
    const told = mine.catch((error: unknown) => {
      if (hasFailed) return
      hasFailed = true
      options.onFailure(error)
    })
    tail = told
    return told
  }

  async function append(whole: EventBody, at: string): Promise<void> {
    try {
      await journal.append(epoch, await withBodies(whole, journal.bodies), at)
    } catch (error) {
      // One bad event never wedges a session (E7): what is too large for any form of it is replaced here.
      if (!(error instanceof JournalError) || error.fault !== 'TOO_LARGE') throw error
      await journal.append(epoch, { tombstone: { replacedKind: kindOf(whole), reason: error.message } }, at)
    }
  }

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    if (run === null || run.text === '') return
    const { role, messageId } = run
    // Half a character waits for its other half.
    const kept = /[\uD800-\uDBFF]$/.exec(run.text)?.[0] ?? ''
    const text = run.text.slice(0, run.text.length - kept.length)
    run = { ...run, text: kept }
    if (text === '') return
    void publish({ [textKinds[role]]: { messageId, text } } as EventBody)
  }

  return {
    record(body) {
      flush()
      // Something else was shown: text after it is another message, unless the agent says otherwise.
      if (run?.isOwn) run = null
      return publish(body)
    },
    text(role, messageId, text) {
      const isSame = run?.role === role && (messageId === null ? run.isOwn : run.messageId === messageId)
      if (!isSame) {
        flush()
        run = { role, messageId: messageId ?? mintId('msg'), isOwn: messageId === null, text: '' }
      }
      if (run === null) return
      run = { ...run, text: run.text + text }
      if (run.text.length >= limits.coalesceChars) flush()
      else timer ??= setTimeout(flush, limits.coalesceMs)
    },
    breakText() {
      flush()
      run = null
    },
    repeat: (body) => write(body, now().toISOString()),
    inOrder,
    async close() {
      flush()
      await tail
    },
  }
}
