// The one way events take: made well-formed, shown at once, secrets masked, large parts stored, written to the journal in order; text is joined
// first (E6, E7, G4).
// Knows no agent and no server.
import type { EventBody } from '../agent/translate/event-body.ts'
import type { Role } from '../agent/translate/update.ts'
import { wellFormed, wellFormedText } from '../journal/well-formed.ts'
import { masked } from '../masking/bodies.ts'
import { createMasking, type Masking, maxContextChars } from '../masking/mask.ts'
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
  /** A text as it is journaled: whoever says its digest says it of this one (docs/decisions/0015-masking.md). */
  outside(text: string): string
  /** Journals facts that are shown already, for readers who were not there when they were new (E8, B2). */
  repeat(body: EventBody): Promise<void>
  /** Runs `act` when everything recorded so far is in the journal or waits for the disk, and before anything recorded later. */
  inOrder<T>(act: () => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** `text` waits to be published, `out` ends what was. */
type Run = { role: Role; messageId: string; isOwn: boolean; text: string; out: string }

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
  const masking = createMasking()
  let told = 0
  let run: Run | null = null
  let quiet: NodeJS.Timeout | undefined
  let timer: NodeJS.Timeout | undefined

  /** What is shown at the terminal is what there is; what is written, and leaves, holds no secret of known shape. */
  function publish(body: EventBody, outside = (whole: EventBody) => masked(whole, masking)): Promise<void> {
    const at = now().toISOString()
    // A repair may not change the shape: keys are ours, only texts are the agent's.
    const whole = wellFormed(body) as unknown as EventBody
    board.happened({ body: whole, at, epoch })
    return keeping.write(outside(whole), at)
  }

  /** Once a turn, before its end: how many, and what they were. */
  function tellMasked(): void {
    const count = countOf(masking)
    if (count === told) return
    told = count
    board.change((view) => ({ ...view, remote: { ...view.remote, maskedSecrets: count } }))
    void publish({ noticeShown: { severity: 'info', ...maskedNotice(masking) } })
  }

  /** What could be the beginning of a secret waits for the rest of it: `all` is said where nothing more is coming. */
  function flush(all = true): void {
    clearTimeout(timer)
    clearTimeout(quiet)
    timer = undefined
    quiet = undefined
    if (run === null || run.text === '') return
    const { role, messageId, out } = run
    const waits = all ? { at: run.text.length, isFirm: true } : masking.waitsFrom(run.text, out)
    // Half a character waits for its other half.
    const half = /[\uD800-\uDBFF]$/.test(run.text.slice(0, waits.at)) ? 1 : 0
    const text = run.text.slice(0, waits.at - half)
    run = { ...run, text: run.text.slice(text.length), out: (out + text).slice(-maxContextChars) }
    if (!waits.isFirm && run.text !== '') quiet = setTimeout(flush, limits.quietMs).unref()
    if (text === '') return
    const said = (text: string) => ({ [textKinds[role]]: { messageId, text } }) as EventBody
    void publish(said(text), () => said(masking.text(wellFormedText(text), out)))
  }

  return {
    record(body) {
      if (isAside(body)) {
        // A number in the margin ends no sentence: a secret may be cut in two by it.
        flush(false)
        return publish(body)
      }
      flush()
      // Something else was shown: text after it is another message, unless the agent says otherwise.
      if (run?.isOwn) run = null
      if ('turnEnded' in body) tellMasked()
      return publish(body)
    },
    outside: (text) => masking.text(wellFormedText(text)),
    text(role, messageId, text) {
      const isSame = run?.role === role && (messageId === null ? run.isOwn : run.messageId === messageId)
      if (!isSame) {
        flush()
        run = { role, messageId: messageId ?? mintId('msg'), isOwn: messageId === null, text: '', out: '' }
      }
      if (run === null) return
      run = { ...run, text: run.text + text }
      clearTimeout(quiet)
      quiet = undefined
      if (run.text.length >= limits.coalesceChars) flush(false)
      else timer ??= setTimeout(() => flush(false), limits.coalesceMs)
    },
    breakText() {
      flush()
      run = null
    },
    repeat: (body) => keeping.write(masked(body, masking), now().toISOString()),
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

const isAside = (body: EventBody): boolean =>
  'usageChanged' in body || 'slashCommandsChanged' in body || 'titleChanged' in body

const countOf = ({ counts }: Masking): number => [...counts.values()].reduce((sum, count) => sum + count, 0)

function maskedNotice(masking: Masking): { title: string; description: string } {
  const count = countOf(masking)
  const kinds = [...masking.counts].map(([what, many]) => (many === 1 ? what : `${what} (${many})`)).join(', ')
  return {
    title: `${count === 1 ? '1 secret was' : `${count} secrets were`} masked in this session before anything left this machine: ${kinds}.`,
    description: 'Only what has a known shape is found. The agent and this terminal see them as they are.',
  }
}
