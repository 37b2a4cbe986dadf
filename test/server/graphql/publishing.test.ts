import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { event as eventTable } from '../../../server/db/schema.ts'
import type { EnrolledHost, PairedDevice } from '../../kit/people.ts'
import { startServer, type TestServer } from '../../kit/server.ts'
import { AT, type Desk, eventOf, everyBody, openDesk } from './desk.ts'

const EVENTS = `query($id: ID!, $first: Int, $last: Int, $after: String, $before: String) { session(id: $id) {
  events(first: $first, last: $last, after: $after, before: $before) {
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { __typename id seq digest at epoch
      ... on AgentText { text } ... on UnknownEvent { kind json } ... on HistoryWithheld { since }
      ... on ToolCallChanged { toolKind: kind content { type newText } locations { line } } } } } } }`
type Edge = { cursor: string; node: { __typename: string; seq: number; [field: string]: unknown } }
type Page = {
  session: {
    events: { edges: Edge[]; pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string | null } }
  }
}

const single = (bodies: Record<string, object>): object[] =>
  Object.entries(bodies).map(([field, content]) => ({ [field]: content }))

describe('publishing a session', () => {
  let server: TestServer
  let host: EnrolledHost
  let phone: PairedDevice
  let desk: Desk
  beforeAll(async () => {
    server = await startServer()
    host = await server.enrolledHost()
    phone = await server.pairedDevice({ host, rung: 'FULL' })
  })
  afterAll(() => server?.close())
  beforeEach(async () => {
    desk = await openDesk(server, host)
  })

  const events = async (variables: object = {}) =>
    (await server.gql<Page>(phone.token, EVENTS, { id: desk.sessionId, ...variables })).session.events
  const codeOf = async (bodies: object[]) => {
    try {
      await desk.publish(...bodies)
    } catch (error) {
      return (error as { extensions: object }).extensions
    }
    throw new Error('it was taken')
  }

  it('[E9] every kind that startSession names is taken and read back as its own type, in order', async () => {
    const bodies = await everyBody('dec_everykindeverykindever')
    expect(await desk.publish(...single(bodies))).toBe(22)
    const { edges, pageInfo } = await events({ first: 100 })
    const names = Object.keys(bodies).map((field) => field.charAt(0).toUpperCase() + field.slice(1))
    expect(edges.map(({ node }) => node.__typename)).toEqual(
      names.map((name) => (name === 'Other' ? 'UnknownEvent' : name)),
    )
    expect(edges.map(({ cursor }) => cursor)).toEqual(Array.from({ length: 22 }, (_, index) => String(index + 1)))
    expect(pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false })
    const byName = new Map(edges.map(({ node }) => [node.__typename, node]))
    expect(byName.get('UnknownEvent')).toMatchObject({ kind: 'HologramShown', json: '{"deep":1}' })
    expect(byName.get('HistoryWithheld')).toMatchObject({ since: AT })
    expect(byName.get('ToolCallChanged')).toMatchObject({
      ...{ toolKind: 'edit', locations: [{ line: 3 }] },
      content: [{ type: 'diff', newText: 'b' }],
    })
    const { knownEventKinds } = await desk.start()
    expect([...knownEventKinds].sort()).toEqual(names.filter((name) => name !== 'Other').sort())
  })

  it('[B1] the session shows what its newest events say, and its own facts', async () => {
    await desk.publish(...single(await everyBody('dec_everykindeverykindever')))
    const { session } = await server.gql<{ session: object }>(
      phone.token,
      `query($id: ID!) { session(id: $id) { title state stateDetail lastSeq mode { id canonical } requestedMode { id }
        modes { id } capabilities plan { content } usage { used costAmount } slashCommands { name terminalOnly }
        agent { version } prompts { id text state } openDecisions { id } host { id name } allowed { rung code } } }`,
      { id: desk.sessionId },
    )
    expect(session).toEqual({
      ...{ title: 'Repairing the build', state: 'IDLE', stateDetail: null, lastSeq: 22 },
      ...{ mode: { id: 'plan', canonical: 'PLAN' }, requestedMode: { id: 'plan' }, capabilities: ['image'] },
      ...{ modes: [{ id: 'plan' }, { id: 'yolo' }, { id: 'odd' }], plan: [{ content: 'look' }] },
      ...{ usage: { used: 10, costAmount: 0.5 }, slashCommands: [{ name: 'test', terminalOnly: false }] },
      ...{ agent: { version: '1' }, prompts: [{ id: 'p1', text: 'Fix it', state: 'QUEUED' }], openDecisions: [] },
      ...{ host: { id: host.id, name: 'desk' }, allowed: { rung: 'FULL', code: null } },
    })
  })

  it('[E7] NUL and half a surrogate pair are refused by the number of their event, and nothing of the batch stays', async () => {
    const good = { agentText: { messageId: 'm', text: 'fine' } }
    for (const text of ['a\0b', 'half \ud800 pair', '\udc00']) {
      const bad = { agentText: { messageId: 'm', text } }
      expect(await codeOf([good, bad])).toMatchObject({ code: 'EVENT_REFUSED', seq: 2 })
    }
    const deep = { toolCallChanged: { toolCallId: 't', content: [{ type: 'diff', newText: '\ud800' }] } }
    expect(await codeOf([deep])).toMatchObject({ code: 'EVENT_REFUSED', seq: 1 })
    expect((await events()).edges).toEqual([])
    expect(await desk.publish(good, { tombstone: { reason: 'NUL', replacedKind: 'AgentText' } })).toBe(2)
  })

  it('[E7] what is too large, out of time, or nested without end is refused or kept as text, and the server goes on', async () => {
    const large = { agentText: { messageId: 'm', text: 'x'.repeat(300 * 1024) } }
    expect(await codeOf([large])).toMatchObject({ code: 'EVENT_REFUSED', seq: 1 })
    const early = { ...(await eventOf(1, { titleChanged: { title: 'a' } })), at: '0000-01-01T00:00:00.000Z' }
    await expect(desk.push([early])).rejects.toMatchObject({ code: 'EVENT_REFUSED' })
    const huge = { agentText: { messageId: 'm', text: 'x'.repeat(10 * 1024 * 1024) } }
    await expect(desk.publish(huge)).rejects.toThrow()
    const json = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    expect(await desk.publish({ other: { kind: 'Deep', json } })).toBe(1)
    expect((await events()).edges[0]?.node).toMatchObject({ kind: 'Deep', json })
  })

  it('[E2] gap, conflict, epoch and a foreign session are refused with what the host needs to go on', async () => {
    await desk.publish({ titleChanged: { title: 'one' } })
    const at = async (seq: number, title: string) => desk.push([await eventOf(seq, { titleChanged: { title } })])
    await expect(at(3, 'three')).rejects.toMatchObject({ code: 'EVENT_GAP', extensions: { expectedSeq: 2 } })
    await expect(at(1, 'other')).rejects.toMatchObject({ code: 'EVENT_CONFLICT', extensions: { seq: 1 } })
    expect(await at(1, 'one')).toBe(1)
    const old = { epoch: desk.epoch, attachmentId: desk.attachmentId }
    await desk.start({ epoch: 2, attachmentId: 'att_second' })
    Object.assign(desk, old)
    await expect(at(2, 'two')).rejects.toMatchObject({ code: 'EPOCH_FENCED', extensions: { currentEpoch: 2 } })
    const other = await openDesk(server, host)
    const stolen = { ...other, token: desk.token }
    const document = `mutation($id: ID!) { pushEvents(sessionId: $id, attachmentId: "a", epoch: 1, events: []) { lastSeq } }`
    await expect(server.gql(stolen.token, document, { id: other.sessionId })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  it('[E9] a stored payload that cannot be read is shown as unknown and the page stays whole', async () => {
    const text = (word: string) => ({ agentText: { messageId: 'm', text: word } })
    await desk.publish(text('one'), text('two'), text('three'))
    const rotten = { payload: new TextEncoder().encode('{"messageId": 7}') }
    await server.database.transaction((tx) => tx.update(eventTable).set(rotten).where(eq(eventTable.seq, 2)))
    const { edges } = await events()
    expect(edges.map(({ node }) => node.__typename)).toEqual(['AgentText', 'UnknownEvent', 'AgentText'])
    expect(edges[1]?.node).toMatchObject({ kind: 'AgentText', json: '{"messageId": 7}' })
  })

  it('[B3] windows page from either end, and a cursor that is none is refused', async () => {
    await desk.publish(...Array.from({ length: 9 }, (_, index) => ({ titleChanged: { title: String(index) } })))
    const seqs = async (variables: object) => (await events(variables)).edges.map(({ node }) => node.seq)
    expect(await seqs({ last: 3 })).toEqual([7, 8, 9])
    expect(await seqs({ last: 3, before: '7' })).toEqual([4, 5, 6])
    expect(await seqs({ first: 2, after: '3' })).toEqual([4, 5])
    expect((await events({ last: 3 })).pageInfo).toMatchObject({ hasPreviousPage: true, hasNextPage: false })
    for (const bad of [{ first: 501 }, { first: -1 }, { first: 1, last: 1 }, { after: 'x' }, { after: '99999999999' }])
      await expect(events(bad)).rejects.toMatchObject({ code: 'BAD_INPUT' })
  })

  it('[T2] the credential of a session publishes there alone, and the one of the host nowhere', async () => {
    const document = `mutation { endSession(input: { sessionId: "${desk.sessionId}", epoch: 1, reason: "quit" }) { state } }`
    for (const token of [host.token, phone.token, null])
      await expect(server.gql(token, document)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(await server.gql(desk.token, document)).toEqual({ endSession: { state: 'ENDED' } })
  })
})
