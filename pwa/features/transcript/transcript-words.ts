// The sentences of the margin: answers, modes, ends of turns, what is missing and why. A table from facts to words; knows no pixels.
import { clockWords, lengthWords, momentWords } from '../../ui/age-words.ts'
import { deviceWord } from '../../ui/device-word.ts'
import type { DecisionItem, ModeItem, NoteItem, PromptItem, TurnEndItem } from './items/shape.ts'
import { commandOf, pathOf } from './tool-words.ts'

type Who = { hostName: string; deviceId: string | null }

/** `Answered at the terminal 14:02: Allow once`; a reason follows in the person's words. `at` is the clock time. */
export function settledWords(settled: NonNullable<DecisionItem['settled']>, around: Who & { at: string }): string {
  const { at, hostName, deviceId } = around
  if (settled.outcome === 'CANCELLED') return `Cancelled with the turn ${at}`
  if (settled.outcome === 'WITHDRAWN') return `No longer asked ${at}`
  const { surface, deviceId: by, deviceName } = settled.origin
  const where = {
    TERMINAL: 'at the terminal',
    DEVICE: by !== null && by === deviceId ? `on this ${deviceWord()}` : `on ${deviceName ?? 'another device'}`,
    HOST: `by ${hostName}`,
    AGENT: 'by the agent',
  }[surface]
  const choice = settled.answer ?? settled.optionName
  const said = choice === null || choice === '' ? '' : `: ${choice}`
  const reason = settled.settledReason === null || settled.settledReason === '' ? '' : `. “${settled.settledReason}”`
  return `Answered ${where} ${at}${said}${reason}`
}

/** `Interactive, autopilot asked` while they differ; who did it and when. */
export function modeWords(item: ModeItem, now: number, deviceId: string | null): string {
  const at = momentWords(Date.parse(item.at), now)
  const { effective, requested, origin } = item
  const where =
    origin.surface === 'DEVICE'
      ? origin.deviceId !== null && origin.deviceId === deviceId
        ? `, set on this ${deviceWord()}`
        : `, set on ${origin.deviceName ?? 'another device'}`
      : origin.surface === 'TERMINAL'
        ? ', set at the terminal'
        : origin.surface === 'AGENT'
          ? ', set by the agent'
          : ''
  if (requested !== null && requested.id !== effective.id)
    return `${requested.name} was asked for, ${effective.name} is in effect ${at}`
  return `${effective.name} mode${where} ${at}`
}

const stops: Record<string, string> = {
  max_tokens: 'the answer reached its length limit',
  max_turn_requests: 'the turn reached its limit of requests',
  refusal: 'the agent refused to go on',
  error: 'an error ended the turn',
  agent_exited: 'the agent exited',
}

const plural = (count: number, one: string, many: string) => (count === 1 ? `1 ${one}` : `${count} ${many}`)

export type TurnEndWords = { tone: 'quiet' | 'plain' | 'red'; title: string; detail: string | null }

/** How a turn ended: quiet when it simply ended, what was stopped when it was cancelled, the cause when it failed. */
export function turnEndWords(item: TurnEndItem, now: number): TurnEndWords {
  const at = momentWords(Date.parse(item.at), now)
  const lasted = item.startedAt === null ? null : lengthWords(Date.parse(item.at) - Date.parse(item.startedAt))
  const held = item.heldPrompts > 0 ? `${plural(item.heldPrompts, 'prompt is held', 'prompts are held')}.` : ''
  const stray =
    item.strayProcessesEnded > 0
      ? plural(item.strayProcessesEnded, 'process left behind was ended', 'processes left behind were ended')
      : ''
  if (item.stopReason === 'end_turn') {
    const title = lasted === null ? `Turn ended ${at}` : `Turn ended ${at}, after ${lasted}`
    return { tone: 'quiet', title, detail: [stray && `${stray}.`, held].filter(Boolean).join(' ') || null }
  }
  if (item.stopReason === 'cancelled') {
    const stopped = item.stopped.map((call) => commandOf(call) ?? pathOf(call) ?? 'a tool').slice(0, 3)
    const more = item.stopped.length > 3 ? ` and ${item.stopped.length - 3} more` : ''
    const what = stopped.length > 0 ? `Stopped: ${stopped.join('; ')}${more}.` : 'Nothing was running.'
    const detail = [what, stray && `${stray}.`, held].filter(Boolean).join(' ')
    return { tone: 'plain', title: `Turn cancelled ${at}`, detail }
  }
  const cause = item.errorMessage ?? stops[item.stopReason] ?? item.stopReason
  const code = item.errorCode === null ? '' : ` (${item.errorCode})`
  return {
    tone: 'red',
    title: `Stopped ${at}: ${cause}${code}`,
    detail: [stray && `${stray}.`, held].filter(Boolean).join(' ') || null,
  }
}

export type NoteWords = { tone: 'quiet' | 'amber' | 'red'; text: string; more: string | null }

/** What the margin says of an event that is neither speech nor work. `more` opens on demand. */
export function noteWords(note: NoteItem['note'], around: { hostName: string; now: number }): NoteWords {
  const at = momentWords(Date.parse(note.at), around.now)
  const quiet = (text: string, more: string | null = null): NoteWords => ({ tone: 'quiet', text, more })
  switch (note.__typename) {
    case 'HistoryWithheld': {
      const from = momentWords(Date.parse(note.since), around.now)
      const until = clockWords(Date.parse(note.until))
      const when = from === until ? `at ${until}` : `from ${from} to ${until}`
      return quiet(`What happened ${when} stayed on ${around.hostName}: remote was off`)
    }
    case 'Tombstone':
      return quiet(`Something (${note.replacedKind}) could not be taken ${at}`, note.tombstoneReason)
    case 'UnknownEvent':
      return quiet(`An event this app does not know: ${note.unknownKind}`, note.json === '' ? null : note.json)
    case 'NoticeShown':
      return { tone: note.severity === 'error' ? 'red' : 'quiet', text: note.noticeTitle, more: note.noticeDescription }
    case 'AgentExited': {
      const how =
        note.signal !== null ? ` by ${note.signal}` : note.exitCode !== null ? ` with code ${note.exitCode}` : ''
      return {
        tone: note.exitCode === 0 ? 'quiet' : 'red',
        text: `The agent exited${how} ${at}`,
        more: note.exitDetail || null,
      }
    }
    case 'CompactionChanged': {
      if (note.compactionError !== null) return quiet(`Making room in the context failed ${at}`, note.compactionError)
      const done = note.compactionStatus === 'completed' || note.compactionStatus === 'done'
      return quiet(done ? `Older context was summarised ${at}` : `Summarising older context since ${at}`, note.summary)
    }
  }
}

/** A prompt in the transcript speaks for itself from where its command was applied (C6). */
export function promptWords(
  item: Pick<PromptItem, 'state' | 'at' | 'reason' | 'origin' | 'delivery'>,
  around: Who & { now: number },
): string {
  const at = momentWords(Date.parse(item.at), around.now)
  const { surface, deviceId, deviceName } = item.origin
  const because = item.reason === null || item.reason === '' ? '' : `: ${item.reason}`
  switch (item.state) {
    case 'QUEUED':
      return `Queued on ${around.hostName} ${at}, ${item.delivery === 'NOW' ? 'goes next' : 'after this turn'}`
    case 'HELD':
      return `Held on ${around.hostName} since ${at}${because}`
    case 'RUNNING':
    case 'DONE':
      if (surface === 'TERMINAL') return `Typed at the terminal ${at}`
      if (surface === 'DEVICE' && deviceId !== null && deviceId !== around.deviceId)
        return `Applied ${at}, from ${deviceName ?? 'another device'}`
      return `Applied ${at}`
    case 'WITHDRAWN':
      return `Withdrawn ${at}${because}`
    case 'REFUSED':
      return `Refused ${at}${because}`
    case 'UNKNOWN':
      return `Unknown since ${at}`
  }
}
