// How tool calls and the permissions asked for them become items. A call is an upsert by id within one run of the agent.
import type { EventOf } from '../event-fields.ts'
import type { Page } from './page.ts'
import type { DecisionItem, ToolCall, ToolsItem } from './shape.ts'

/** Ids restart at zero with a new run of the agent; the epoch keeps them apart. */
export const callName = (epoch: number, toolCallId: string) => `call:${epoch}:${toolCallId}`
const over = new Set(['completed', 'failed', 'cancelled'])

function lay(call: ToolCall, event: EventOf<'ToolCallChanged'>): ToolCall {
  const status = event.toolStatus ?? call.status
  const endedWithTurn = event.endedWithTurn ?? call.endedWithTurn
  const ended = endedWithTurn || (status !== null && over.has(status))
  return {
    ...call,
    endedAt: ended ? (call.endedAt ?? event.at) : null,
    endedWithTurn,
    kind: event.toolKind ?? call.kind,
    name: event.toolName ?? call.name,
    title: event.toolTitle ?? call.title,
    status,
    rawInput: event.rawInput ?? call.rawInput,
    rawInputBody: event.rawInput === null ? call.rawInputBody : event.rawInputBody,
    rawOutput: event.rawOutput ?? call.rawOutput,
    rawOutputBody: event.rawOutput === null ? call.rawOutputBody : event.rawOutputBody,
    locations: event.locations ?? call.locations,
    content: event.content ?? call.content,
  }
}

function changeCall(page: Page, name: string, change: (call: ToolCall) => ToolCall): boolean {
  const run = page.find(name)
  if (run?.kind !== 'tools') return false
  page.replace(name, { ...run, calls: run.calls.map((call) => (call.key === name ? change(call) : call)) })
  return true
}

/** Lays the change over its call; a new call joins the run before it. Returns the call as it now stands. */
export function foldToolCall(page: Page, event: EventOf<'ToolCallChanged'>): ToolCall {
  const key = callName(event.epoch, event.toolCallId)
  let now: ToolCall | undefined
  if (changeCall(page, key, (call) => (now = lay(call, event))) && now) return now
  const fresh: ToolCall = {
    key,
    toolCallId: event.toolCallId,
    epoch: event.epoch,
    startedAt: event.at,
    endedAt: null,
    endedWithTurn: false,
    kind: null,
    name: null,
    title: null,
    status: null,
    rawInput: null,
    rawInputBody: null,
    rawOutput: null,
    rawOutputBody: null,
    locations: null,
    content: null,
    decisions: [],
  }
  const call = lay(fresh, event)
  const last = page.last()
  if (last?.kind === 'tools') {
    page.replaceLast({ ...last, calls: [...last.calls, call] })
    page.name(key, last.key)
  } else {
    const run: ToolsItem = { kind: 'tools', key: `tools:${event.seq}`, at: event.at, calls: [call] }
    page.put(run, run.key, key)
  }
  return call
}

/** Ends a call that the turn left open, in case the host has not said so itself. */
export function endCall(page: Page, key: string, at: string): ToolCall | undefined {
  let ended: ToolCall | undefined
  changeCall(page, key, (call) => {
    ended = { ...call, endedWithTurn: true, endedAt: call.endedAt ?? at }
    return ended
  })
  return ended
}

/** A permission belongs to its call when that call is shown; any other decision is a line of its own. */
export function foldOpened(page: Page, event: EventOf<'DecisionOpened'>): void {
  const key = `decision:${event.decisionId}`
  const item: DecisionItem = {
    kind: 'decision',
    key,
    decisionId: event.decisionId,
    decisionKind: event.decisionKind,
    title: event.decisionTitle,
    openedAt: event.at,
    rejectIds: event.decisionOptions.flatMap(({ id, kind }) => (kind.startsWith('reject') ? [id] : [])),
    at: event.at,
    settled: null,
  }
  const known = page.find(key)
  if (known) {
    // Opened again, or its end came first: one decision is one line.
    if (known.kind === 'decision') page.replace(key, { ...item, at: known.at })
    return
  }
  if (event.decisionKind === 'PERMISSION' && event.decisionToolCallId !== null) {
    const call = callName(event.epoch, event.decisionToolCallId)
    page.endThought(event.at)
    if (changeCall(page, call, (one) => ({ ...one, decisions: [...one.decisions, item] }))) {
      page.name(key, call)
      return
    }
  }
  page.put(item, key)
}

/** Says who answered, where and when, at the place where it was asked. */
export function foldSettled(page: Page, event: EventOf<'DecisionSettled'>): void {
  const key = `decision:${event.decisionId}`
  const { outcome, optionId, optionName, answer, settledReason, origin, at } = event
  const settled = { outcome, optionId, optionName, answer, settledReason, origin, at }
  const asked = page.find(key)
  if (asked?.kind === 'decision') page.replace(key, { ...asked, settled })
  else if (asked?.kind === 'tools') {
    const settle = (one: DecisionItem) => (one.key === key ? { ...one, settled } : one)
    const calls = asked.calls.map((call) =>
      call.decisions.some((one) => one.key === key) ? { ...call, decisions: call.decisions.map(settle) } : call,
    )
    page.replace(key, { ...asked, calls })
  } else {
    const { decisionId } = event
    page.put(
      {
        kind: 'decision',
        key,
        decisionId,
        decisionKind: null,
        title: null,
        openedAt: null,
        rejectIds: [],
        at,
        settled,
      },
      key,
    )
  }
}
