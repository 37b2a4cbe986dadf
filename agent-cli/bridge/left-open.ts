// What a session's published events leave open when its process has died: the events that close it, so that no reader waits for ever (E7, D2).
import type { EventBody, EventKinds } from '../agent/translate/event-body.ts'
import type { EventLog } from '../journal/log.ts'
import { host } from './origin.ts'

const over: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled'])
const died = 'The Offdesk process on the workstation ended while this was going on.'

export async function leftOpen({ log }: { log: Pick<EventLog, 'read' | 'lastSeq'> }): Promise<EventBody[]> {
  const open = createOpenThings()
  for (let after = 0; after < log.lastSeq; ) {
    const events = await log.read(after)
    for (const event of events) open.saw((event.body ?? {}) as EventBody)
    after = events.at(-1)?.seq ?? log.lastSeq
  }
  return open.closings()
}

export type OpenThings = {
  saw(body: EventBody): void
  /** `turn: false` where another turn may be going on by now, which its end would be taken for. */
  closings(how?: { turn: boolean; why: string }): EventBody[]
}

export function createOpenThings(): OpenThings {
  const calls = new Set<string>()
  const decisions = new Set<string>()
  const prompts = new Map<string, EventKinds['promptChanged']>()
  let turn: EventKinds['turnStarted'] | null = null
  return {
    saw(body) {
      if ('turnStarted' in body) turn = body.turnStarted
      if ('turnEnded' in body || 'agentExited' in body) turn = null
      if ('decisionOpened' in body) decisions.add(body.decisionOpened.decisionId)
      if ('decisionSettled' in body) decisions.delete(body.decisionSettled.decisionId)
      if ('promptChanged' in body) notePrompt(prompts, body.promptChanged)
      if ('toolCallChanged' in body) noteCall(calls, body.toolCallChanged)
    },
    closings({ turn: withTurn, why } = { turn: true, why: died }) {
      return [
        ...[...calls].map((toolCallId): EventBody => ({ toolCallChanged: { toolCallId, endedWithTurn: true } })),
        ...[...decisions].map(
          (decisionId): EventBody => ({ decisionSettled: { decisionId, outcome: 'WITHDRAWN', origin: host } }),
        ),
        ...(turn === null || !withTurn ? [] : [endOf(turn)]),
        ...[...prompts.values()].map((prompt) => endOfPrompt(prompt, why)),
      ]
    },
  }
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
const endOfPrompt = (prompt: EventKinds['promptChanged'], reason: string): EventBody => ({
  promptChanged: { ...prompt, state: prompt.state === 'RUNNING' ? 'UNKNOWN' : 'REFUSED', reason },
})
