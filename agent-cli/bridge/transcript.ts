// One event into the transcript: text grows, tool calls are upserted, the oldest items leave. Pure.
import { type EventKinds, kindOf, type ToolCall } from '../agent/translate/event-body.ts'
import type { Happened } from './happened.ts'
import { limits } from './limits.ts'
import type { SessionView, Settlement, ToolCallView, Transcript, TranscriptItem } from './view.ts'

/** The very same transcript when the event shows nothing. */
export function transcribed(view: SessionView, { body, at }: Happened): Transcript {
  const { transcript } = view
  if ('agentText' in body) return grown(transcript, 'agentText', body.agentText, at)
  if ('agentThought' in body) return grown(transcript, 'thought', body.agentThought, at)
  if ('toolCallChanged' in body) return upserted(transcript, body.toolCallChanged, at)
  const key = `${kindOf(body)}:${transcript.droppedItems + transcript.items.length}`
  const show = (item: Unkeyed<TranscriptItem>) => added(transcript, { ...item, key, at } as TranscriptItem)
  if ('userText' in body) return show({ is: 'userPrompt', text: body.userText.text, origin: null })
  if ('promptChanged' in body) {
    const { promptId, state, text, origin } = body.promptChanged
    const promptKey = `prompt:${promptId}`
    if (state !== 'RUNNING' || transcript.items.some((item) => item.key === promptKey)) return transcript
    return added(transcript, { is: 'userPrompt', key: promptKey, at, text, origin })
  }
  if ('contentShown' in body)
    return show({ is: 'content', role: body.contentShown.role, block: body.contentShown.block })
  if ('planChanged' in body) return show({ is: 'plan', entries: body.planChanged.entries })
  if ('noticeShown' in body) {
    const { severity, title, description } = body.noticeShown
    return show({ is: 'notice', severity, title, description: description ?? null })
  }
  if ('decisionSettled' in body) {
    const settlement = settlementOf(body.decisionSettled, at)
    const title = view.decisions.find((each) => each.id === settlement.decisionId)?.title ?? 'A question'
    return show({ is: 'decisionSettled', title, settlement })
  }
  if ('modeChanged' in body) {
    const { effective, origin } = body.modeChanged
    if (effective.id === view.mode.effective?.id || view.mode.effective === null) return transcript
    return show({ is: 'modeChanged', mode: effective, origin })
  }
  if ('turnEnded' in body) {
    const { stopReason, errorMessage, heldPrompts } = body.turnEnded
    return show({ is: 'turnEnded', stopReason, detail: errorMessage ?? null, heldPrompts: heldPrompts ?? 0 })
  }
  if ('agentExited' in body) return show({ is: 'agentExited', detail: body.agentExited.detail })
  if ('compactionChanged' in body) {
    const { status, summary, error } = body.compactionChanged
    return show({
      is: 'notice',
      severity: 'info',
      title: `Conversation compacted: ${status}`,
      description: error ?? summary ?? null,
    })
  }
  if ('other' in body) return show({ is: 'unknown', kind: body.other.kind, json: body.other.json })
  return transcript
}

type Unkeyed<T> = T extends unknown ? Omit<T, 'key' | 'at'> : never

export function settlementOf(body: EventKinds['decisionSettled'], at: string): Settlement {
  const { decisionId, outcome, origin, optionId, optionName, answer, reason } = body
  return {
    ...{ decisionId, outcome, origin, at, optionId: optionId ?? null, optionName: optionName ?? null },
    ...{ answer: answer ?? null, reason: reason ?? null },
  }
}

function added({ items, droppedItems }: Transcript, item: TranscriptItem): Transcript {
  const next = [...items, item]
  const excess = Math.max(0, next.length - limits.transcriptItems)
  return { items: excess > 0 ? next.slice(excess) : next, droppedItems: droppedItems + excess }
}

function replaced(transcript: Transcript, at: number, item: TranscriptItem): Transcript {
  return { ...transcript, items: transcript.items.with(at, item) }
}

/** Text joins the last item of its message; anything shown in between begins a new one, as it did for the reader. */
function grown(
  transcript: Transcript,
  is: 'agentText' | 'thought',
  said: EventKinds['agentText'],
  at: string,
): Transcript {
  const last = transcript.items.at(-1)
  if (last?.is === is && last.key.startsWith(`${is}:${said.messageId}:`)) {
    return replaced(transcript, transcript.items.length - 1, { ...last, text: last.text + said.text })
  }
  const key = `${is}:${said.messageId}:${transcript.droppedItems + transcript.items.length}`
  return added(transcript, { is, key, at, text: said.text })
}

function upserted(transcript: Transcript, call: ToolCall, at: string): Transcript {
  const key = `tool:${call.toolCallId}`
  const index = transcript.items.findLastIndex((item) => item.key === key)
  const before = transcript.items[index]
  if (before?.is !== 'toolCall') return added(transcript, { is: 'toolCall', key, at, call: merged(null, call) })
  return replaced(transcript, index, { ...before, call: merged(before.call, call) })
}

function merged(before: ToolCallView | null, change: ToolCall): ToolCallView {
  return {
    toolCallId: change.toolCallId,
    title: change.title ?? before?.title ?? change.name ?? 'Tool call',
    name: change.name ?? before?.name ?? null,
    kind: change.kind ?? before?.kind ?? 'other',
    status: change.status ?? before?.status ?? 'pending',
    content: change.content ?? before?.content ?? [],
    locations: change.locations ?? before?.locations ?? [],
    rawInput: change.rawInput ?? before?.rawInput ?? null,
    rawOutput: change.rawOutput ?? before?.rawOutput ?? null,
    endedWithTurn: change.endedWithTurn ?? before?.endedWithTurn ?? false,
  }
}
