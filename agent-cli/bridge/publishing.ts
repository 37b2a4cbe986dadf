// The one way events take: made well-formed, shown at once, large parts stored, written to the journal in order; text is joined first (E6, E7).
// Knows no agent and no server.
import type { EventBody } from '../agent/translate/event-body.ts'
import type { Role } from '../agent/translate/update.ts'
import { wellFormed } from '../journal/well-formed.ts'
import type { Board } from './board.ts'
import { createKeeping } from './keeping.ts'
import { limits } from './limits.ts'
import type { SessionJournal } from './session-journal.ts'
import type { JournalView } from './view.ts'

export type Publishing = {
  /** Shows and journals. Resolves when it is durable, or when the disk refuses just now; never rejects. */
  record(body: EventBody): Promise<void>
  /** Text of a message as it streams. `messageId` null: a run of one role is one message. */
  text(role: Role, messageId: string | null, text: string): void
  /** Ends the run of text that has no id of its own. */
  breakText(): void
  /** Journals facts that are shown already, for readers who were not there when they were new (E8, B2). */
  repeat(body: EventBody): Promise<void>
  /** Runs `act` when everything recorded so far is in the journal or waits for the disk, and before anything recorded later. */
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
  onJournal: (journal: JournalView) => void
  now?: () => Date
}): Publishing {
  const { board, journal, epoch, mintId, now = () => new Date() } = options
  const keeping = createKeeping({ journal, epoch, onJournal: options.onJournal })
  let run: Run | null = null
  let timer: NodeJS.Timeout | undefined

  function publish(body: EventBody): Promise<void> {
    const at = now().toISOString()
    // A repair may not change the shape: keys are ours, only texts are the agent's.
    const whole = wellFormed(body) as unknown as EventBody
    board.happened({ body: whole, at, epoch })
    return keeping.write(whole, at)
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
    repeat: (body) => keeping.write(body, now().toISOString()),
    inOrder(act) {
      flush()
      return keeping.inOrder(act)
    },
    close() {
      flush()
      return keeping.close()
    },
  }
}
