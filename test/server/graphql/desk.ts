/** A host with one published session, spoken for as agent-cli does: real credentials, real mutations. */
import { randomText, sha256Hex } from '../../../protocol/bytes.ts'
import type { EnrolledHost } from '../../kit/people.ts'
import type { TestServer } from '../../kit/server.ts'

export type Desk = {
  host: EnrolledHost
  sessionId: string
  epoch: number
  attachmentId: string
  /** The credential of this session alone. */
  token: string
  start(how?: { epoch?: number; attachmentId?: string }): Promise<Started>
  /** Publishes under the next numbers; returns the last. */
  publish(...bodies: object[]): Promise<number>
  /** Publishes exactly this. */
  push(events: object[]): Promise<number>
  /** A decision of two or three options is opened; its id is returned. */
  ask(kind?: 'PERMISSION' | 'QUESTION' | 'PLAN'): Promise<string>
}

type Started = { session: { id: string; title: string }; lastSeq: number; knownEventKinds: string[] }

const START = `mutation($input: StartSessionInput!) { startSession(input: $input) {
  lastSeq knownEventKinds session { id title } limits { maxEventBytes } policy { remoteControl } } }`
const PUSH = `mutation($sessionId: ID!, $attachmentId: ID!, $epoch: Int!, $events: [EventInput!]!) {
  pushEvents(sessionId: $sessionId, attachmentId: $attachmentId, epoch: $epoch, events: $events) { lastSeq } }`

export const AT = '2026-01-31T12:00:00.000Z'
export const newKey = (): string => randomText(16)
const newId = (kind: string): string => `${kind}_${randomText(17).slice(0, 22)}`

export const eventOf = async (seq: number, body: object) => ({
  ...{ seq, at: AT, body },
  digest: await sha256Hex(JSON.stringify([seq, body])),
})

const optionsOf = {
  PERMISSION: [
    { id: 'once', name: 'Allow once', kind: 'allow_once', rung: 'ANSWER' },
    { id: 'always', name: 'Always allow', kind: 'allow_always', rung: 'ANSWER' },
    { id: 'no', name: 'Deny', kind: 'reject_once', rung: 'ANSWER' },
  ],
  QUESTION: [],
  PLAN: [
    { id: 'go', name: 'Approve', kind: 'allow_once', rung: 'STEER', thenMode: 'INTERACTIVE' },
    { id: 'fly', name: 'Approve, no questions', kind: 'allow_once', rung: 'STEER', thenMode: 'AUTOPILOT' },
    { id: 'no', name: 'Keep planning', kind: 'reject_once', rung: 'STEER' },
  ],
}

export const openedBody = async (decisionId: string, kind: keyof typeof optionsOf) => ({
  decisionOpened: {
    ...{ decisionId, kind, title: 'May I?', evidence: 'rm -rf build', wordsGo: 'SAME_TURN' },
    evidenceDigest: await sha256Hex('rm -rf build'),
    options: optionsOf[kind],
    questions: kind === 'QUESTION' ? [{ name: 'why', type: 'string', title: 'Why?' }] : [],
    plan: kind === 'PLAN' ? '1. look\n2. leap' : null,
  },
})

export async function openDesk(server: TestServer, host: EnrolledHost): Promise<Desk> {
  const sessionId = newId('ses')
  const token = await host.mint(sessionId)
  let lastSeq = 0
  const desk: Desk = {
    ...{ host, sessionId, token, epoch: 1, attachmentId: newId('att') },
    start: async (how = {}) => {
      Object.assign(desk, how)
      const agent = { id: 'demo', name: 'Demo agent' }
      const { epoch, attachmentId } = desk
      const input = {
        ...{ id: sessionId, hostId: host.id, epoch, attachmentId, agent, createdAt: AT },
        ...{ cwd: '/home/dev/project', ceiling: 'FULL' },
      }
      return (await server.gql<{ startSession: Started }>(token, START, { input })).startSession
    },
    push: async (events) => {
      const { epoch, attachmentId } = desk
      const variables = { sessionId, attachmentId, epoch, events }
      const { pushEvents } = await server.gql<{ pushEvents: { lastSeq: number } }>(token, PUSH, variables)
      lastSeq = pushEvents.lastSeq
      return lastSeq
    },
    publish: async (...bodies) =>
      desk.push(await Promise.all(bodies.map((body, index) => eventOf(lastSeq + index + 1, body)))),
    ask: async (kind = 'PERMISSION') => {
      const decisionId = newId('dec')
      await desk.publish(await openedBody(decisionId, kind))
      return decisionId
    },
  }
  await desk.start()
  return desk
}

/** Every kind this server knows, each with every field that can be filled. */
export const everyBody = async (decisionId: string): Promise<Record<string, object>> => {
  const origin = { surface: 'DEVICE', commandId: 'cmd_1', deviceId: 'dev_1', deviceName: 'phone' }
  const mode = { id: 'plan', name: 'Plan', description: 'looks only', canonical: 'PLAN' }
  const said = { messageId: 'm1', text: 'hello <script>' }
  return {
    agentExited: { detail: 'killed', exitCode: null, signal: 'SIGKILL' },
    agentText: said,
    agentThought: said,
    compactionChanged: { compactionId: 'c1', status: 'done', summary: 'short' },
    contentShown: { messageId: 'm1', role: 'agent', block: { type: 'resource_link', uri: 'file:///a', name: 'a' } },
    ...(await openedBody(decisionId, 'PERMISSION')),
    decisionSettled: { decisionId, outcome: 'ANSWERED', optionId: 'once', optionName: 'Allow once', origin },
    historyWithheld: { count: 3, since: AT, until: AT },
    modeChanged: { effective: mode, requested: mode, origin },
    noticeShown: { severity: 'warning', title: 'Careful' },
    other: { kind: 'HologramShown', json: '{"deep":1}' },
    planChanged: { entries: [{ content: 'look', priority: 'high', status: 'pending' }] },
    promptChanged: { promptId: 'p1', state: 'QUEUED', text: 'Fix it', delivery: 'AFTER_TURN', origin },
    sessionConfigured: {
      agent: { id: 'demo', name: 'Demo agent', version: '1' },
      capabilities: ['image'],
      modes: [mode, { id: 'yolo', name: 'Autopilot', canonical: 'AUTOPILOT' }, { id: 'odd', name: 'Odd' }],
      options: [
        { id: 'model', name: 'Model', type: 'select', currentValue: 'a', choices: [{ value: 'a', name: 'A' }] },
      ],
    },
    slashCommandsChanged: { commands: [{ name: 'test', description: 'runs tests' }] },
    titleChanged: { title: 'Repairing the build' },
    tombstone: { reason: 'a NUL', replacedKind: 'AgentText' },
    toolCallChanged: {
      ...{ toolCallId: 't1', title: 'Edit', kind: 'edit', status: 'completed', rawInput: '{}' },
      content: [{ type: 'diff', path: 'a.ts', oldText: 'a', newText: 'b' }],
      locations: [{ path: 'a.ts', line: 3 }],
    },
    turnStarted: { turnId: 'u1', promptId: 'p1' },
    turnEnded: { turnId: 'u1', stopReason: 'end_turn' },
    usageChanged: { used: 10, size: 100, costAmount: 0.5, costCurrency: 'USD' },
    userText: said,
  }
}
