/** Writes events as a server would return them: dense numbers, one second apart unless told otherwise. */
import type { EventOf, TranscriptEvent } from '../../../../pwa/features/transcript/event-fields.ts'

type Kind = TranscriptEvent['__typename']
export type Body<K extends Kind = Kind> = K extends Kind
  ? { __typename: K } & Omit<EventOf<K>, 'id' | 'seq' | 'epoch' | 'at' | '__typename'> & { epoch?: number }
  : never

const start = Date.parse('2026-03-02T14:00:00.000Z')
export const clockAt = (seconds: number) => new Date(start + seconds * 1000).toISOString()

export function script(bodies: readonly Body[], from = 1): TranscriptEvent[] {
  return bodies.map((body, index) => {
    const seq = from + index
    return { id: `evt_${seq}`, seq, at: clockAt(seq), epoch: 1, ...body } as TranscriptEvent
  })
}

export const terminal = { surface: 'TERMINAL', deviceId: null, deviceName: null, commandId: null } as const
export const iphone = { surface: 'DEVICE', deviceId: 'dev_1', deviceName: 'iPhone', commandId: 'cmd_1' } as const

export const said = (text: string, messageId = 'm1'): Body => ({
  __typename: 'AgentText',
  messageId,
  text,
  textBody: null,
})
export const thought = (text: string, messageId = 't1'): Body => ({
  __typename: 'AgentThought',
  messageId,
  text,
  textBody: null,
})
export const tool = (toolCallId: string, change: Partial<Body<'ToolCallChanged'>> = {}): Body => ({
  __typename: 'ToolCallChanged',
  toolCallId,
  endedWithTurn: null,
  toolKind: null,
  toolName: null,
  toolStatus: null,
  toolTitle: null,
  rawInput: null,
  rawInputBody: null,
  rawOutput: null,
  rawOutputBody: null,
  locations: null,
  content: null,
  ...change,
})
export const prompt = (
  promptId: string,
  state: Body<'PromptChanged'>['state'],
  change: Partial<Body<'PromptChanged'>> = {},
): Body => ({
  __typename: 'PromptChanged',
  promptId,
  text: 'Make it so',
  delivery: 'AFTER_TURN',
  modeId: null,
  state,
  promptReason: null,
  promptTurnId: null,
  attachments: [],
  origin: iphone,
  ...change,
})
export const turnStarted = (turnId: string): Body => ({ __typename: 'TurnStarted', turnId, turnPromptId: null })
export const turnEnded = (turnId: string, change: Partial<Body<'TurnEnded'>> = {}): Body => ({
  __typename: 'TurnEnded',
  turnId,
  turnPromptId: null,
  stopReason: 'end_turn',
  errorCode: null,
  errorMessage: null,
  heldPrompts: 0,
  strayProcessesEnded: 0,
  ...change,
})
export const asked = (decisionId: string, toolCallId: string | null = null): Body => ({
  __typename: 'DecisionOpened',
  decisionId,
  decisionKind: 'PERMISSION',
  decisionTitle: 'Run this command?',
  decisionToolCallId: toolCallId,
  decisionOptions: [
    { id: 'once', kind: 'allow_once' },
    { id: 'no', kind: 'reject_once' },
  ],
})
export const answered = (decisionId: string, change: Partial<Body<'DecisionSettled'>> = {}): Body => ({
  __typename: 'DecisionSettled',
  decisionId,
  outcome: 'ANSWERED',
  optionId: 'once',
  optionName: 'Allow once',
  answer: null,
  settledReason: null,
  origin: terminal,
  ...change,
})
export const mode = (id: string, requested: string | null = null): Body => ({
  __typename: 'ModeChanged',
  effective: { id, name: id, canonical: null, description: null },
  requested: requested === null ? null : { id: requested, name: requested, canonical: null, description: null },
  origin: terminal,
})
export const notice = (noticeTitle: string): Body => ({
  __typename: 'NoticeShown',
  noticeTitle,
  severity: 'info',
  noticeDescription: null,
})
