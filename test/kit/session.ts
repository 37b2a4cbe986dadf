/** A session as a host publishes it, through the real mutations: for tests of rooms that need one to be there. */
import { createHash } from 'node:crypto'
import { randomText, sha256Hex } from '../../protocol/bytes.ts'
import type { EnrolledHost, Gql, Rung } from './people.ts'

export type PublishedSession = {
  id: string
  /** Credential good for this session alone. */
  token: string
  epoch: number
  attachmentId: string
  /** Publishes the next events; each is one `EventBodyInput`. Returns lastSeq. */
  push(...bodies: object[]): Promise<number>
  /** Opens a permission with an allow-once and a reject option. Returns the decision's id. */
  asks(title: string, evidence: string): Promise<string>
  settles(decisionId: string, by?: { surface: string; deviceId?: string; deviceName?: string }): Promise<void>
}

export async function publishSession(
  gql: Gql,
  host: EnrolledHost,
  how: { ceiling?: Rung; cwd?: string; repository?: string } = {},
): Promise<PublishedSession> {
  const id = `ses_${randomText(17).slice(0, 22)}`
  const token = await host.mint(id)
  const { ceiling = 'FULL', cwd = '/home/dev/shop', repository = 'shop' } = how
  const [epoch, attachmentId] = [1, randomText(16)]
  const input = {
    ...{ id, hostId: host.id, epoch, attachmentId, ceiling, cwd, repository, createdAt: new Date().toISOString() },
    agent: { id: 'demo', name: 'Demo' },
  }
  await gql(token, 'mutation($input: StartSessionInput!) { startSession(input: $input) { lastSeq } }', { input })
  let seq = 0
  const push = async (...bodies: object[]): Promise<number> => {
    const events = bodies.map((body, index) => {
      const number = seq + 1 + index
      const digest = createHash('sha256')
        .update(`${number}${JSON.stringify(body)}`)
        .digest('hex')
      return { seq: number, at: new Date().toISOString(), digest, body }
    })
    const document = `mutation($sessionId: ID!, $attachmentId: ID!, $epoch: Int!, $events: [EventInput!]!) {
      pushEvents(sessionId: $sessionId, attachmentId: $attachmentId, epoch: $epoch, events: $events) { lastSeq } }`
    type Pushed = { pushEvents: { lastSeq: number } }
    const { pushEvents } = await gql<Pushed>(token, document, { sessionId: id, attachmentId, epoch, events })
    // What was refused is published again under the same numbers.
    seq += events.length
    return pushEvents.lastSeq
  }
  return {
    ...{ id, token, epoch, attachmentId, push },
    asks: async (title, evidence) => {
      const decisionId = `dec_${randomText(17).slice(0, 22)}`
      const options = [
        { id: 'yes', kind: 'allow_once', name: 'Allow', rung: 'ANSWER' },
        { id: 'no', kind: 'reject_once', name: 'Deny', rung: 'ANSWER' },
      ]
      const opened = { decisionId, kind: 'PERMISSION', title, evidence, options, wordsGo: 'NEXT_PROMPT' }
      await push({ decisionOpened: { ...opened, evidenceDigest: await sha256Hex(evidence) } })
      return decisionId
    },
    settles: async (decisionId, origin = { surface: 'TERMINAL' }) => {
      const word = { decisionId, outcome: 'ANSWERED', optionId: 'yes', optionName: 'Allow', origin }
      await push({ decisionSettled: word })
    },
  }
}
