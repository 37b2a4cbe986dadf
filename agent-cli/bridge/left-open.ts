// What a session's published events leave open when its process has died: the events that close it, so that no reader waits for ever (E7, D2).
import type { EventBody, EventKinds } from '../agent/translate/event-body.ts'
import type { EventLog } from '../journal/log.ts'
import { host } from './origin.ts'

const over: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled'])
const died = 'The Offdesk process on the workstation ended while this was going on.'

export async function leftOpen({ log }: { log: Pick<EventLog, 'read' | 'lastSeq'> }): Promise<EventBody[]> {
  const calls = new Set<string>()
  const decisions = new Set<string>()
  const prompts = new Map<string, EventKinds['promptChanged']>()
  let turn: EventKinds['turnStarted'] | null = null
  for (let after = 0; after < log.lastSeq; ) {
    const events = await log.read(after)
    for (const event of events) {
      const body = (event.body ?? {}) as EventBody
      if ('turnStarted' in body) turn = body.turnStarted
      if ('turnEnded' in body || 'agentExited' in body) turn = null
      if ('decisionOpened' in body) decisions.add(body.decisionOpened.decisionId)
      if ('decisionSettled' in body) decisions.delete(body.decisionSettled.decisionId)
      if ('promptChanged' in body) notePrompt(prompts, body.promptChanged)
      if ('toolCallChanged' in body) noteCall(calls, body.toolCallChanged)
    }
    after = events.at(-1)?.seq ?? log.lastSeq
  }
  return [
    ...[...calls].map((toolCallId): EventBody => ({ toolCallChanged: { toolCallId, endedWithTurn: true } })),
    ...[...decisions].map(
      (decisionId): EventBody => ({ decisionSettled: { decisionId, outcome: 'WITHDRAWN', origin: host } }),
    ),
    ...(turn === null ? [] : [endOf(turn)]),
    ...[...prompts.values()].map(endOfPrompt),
  ]
}

function notePrompt(prompts: Map<string, EventKinds['promptChanged']>, prompt: EventKinds['promptChanged']): void {
  if (['QUEUED', 'HELD', 'RUNNING'].includes(prompt.state)) prompts.set(prompt.promptId, prompt)
  else prompts.delete(prompt.promptId)
}

function noteCall(calls: Set<string>, { toolCallId, status, endedWithTurn }: EventKinds['toolCallChanged']): void {
  if (endedWithTurn || (status && over.has(status))) calls.delete(toolCallId)
  else calls.add(toolCallId)
}

const endOf = ({ turnId, promptId }: EventKinds['turnStarted']): EventBody => ({
  turnEnded: {
    turnId,
    promptId: promptId ?? null,
    stopReason: 'agent_exited',
    errorCode: 'HOST_ENDED',
    errorMessage: died,
  },
})

/** One that ran may have had its effect; one that waited has not. */
const endOfPrompt = (prompt: EventKinds['promptChanged']): EventBody => ({
  promptChanged: { ...prompt, state: prompt.state === 'RUNNING' ? 'UNKNOWN' : 'REFUSED', reason: died },
})
