/** The straight way and yoga's give the same answer to everything (T6, T7, G4): each request goes both ways, a query string sends it round. */
import { print } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AcknowledgeCommands, PollCommands, SettleCommand } from '../../../agent-cli/remote/host-operations.ts'
import { PushEvents } from '../../../agent-cli/remote/session-operations.ts'
import { EventsPageDocument } from '../../../pwa/features/transcript/event-source.ts'
import { compileOperation } from '../../../server/graphql/compiled/operation.ts'
import { buildSchema } from '../../../server/graphql/schema.ts'
import type { EnrolledHost } from '../../kit/people.ts'
import { startServer, type TestServer } from '../../kit/server.ts'
import { type PublishedSession, publishSession } from '../../kit/session.ts'

let server: TestServer
let host: EnrolledHost
let session: PublishedSession
beforeAll(async () => {
  server = await startServer()
  host = await server.enrolledHost()
  session = await publishSession(server.gql, host)
  await session.push({ agentText: { messageId: 'm1', text: 'One' } })
})
afterAll(() => server.close())

type Sent = { body: unknown; token?: string | null; headers?: Record<string, string> }

async function answered(path: string, { body, token = host.token, headers }: Sent, from = server) {
  const response = await fetch(from.url + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const kept = ['content-type', 'cache-control', 'content-security-policy', 'x-content-type-options']
  const text = await response.text()
  return {
    status: response.status,
    headers: Object.fromEntries(kept.map((name) => [name, response.headers.get(name)])),
    // Each fault has a number of its own, and places in the text are said by yoga alone.
    body: text.replaceAll(/\([0-9a-f]{8}\)/g, '()').replaceAll(/"locations":\[[^\]]*\],?/g, ''),
  }
}

const push = (events: unknown, more: object = {}) => ({
  query: print(PushEvents),
  variables: { sessionId: session.id, epoch: session.epoch, attachmentId: session.attachmentId, events, ...more },
})
const event = (seq: number, body: unknown = { agentText: { messageId: 'm1', text: 'Two' } }) => ({
  ...{ seq, at: '2026-01-31T12:00:00.000Z', digest: 'ab'.repeat(32), body },
})

describe('each request has one answer, whichever way it takes', () => {
  const cases: Record<string, () => Sent> = {
    'a query': () => ({ body: { query: '{ viewer { id name } }' } }),
    'a query with variables and a name': () => ({
      body: {
        query: 'query Wait($id: ID!, $s: Int! = 0) { hostCommands(hostId: $id, waitSeconds: $s) { revokedDeviceIds } }',
        variables: { id: host.id },
        operationName: 'Wait',
      },
    }),
    'a page of history': () => ({
      body: { query: print(EventsPageDocument), variables: { sessionId: session.id, last: 50, before: null } },
    }),
    'pages within pages, with constants and aliases': () => ({
      body: {
        query: `{ list: sessions(first: 5) { edges { cursor node { id title host { id name } events(last: 2) {
          edges { at: cursor node { __typename seq ... on AgentText { words: text } } } pageInfo { hasPreviousPage endCursor } } } } } }`,
      },
    }),
    'a page of no size': () => ({
      body: { query: print(EventsPageDocument), variables: { sessionId: session.id, last: 0, before: null } },
    }),
    'a cursor that is none': () => ({
      body: { query: print(EventsPageDocument), variables: { sessionId: session.id, last: 5, before: 'x' } },
    }),
    'a session that is not there': () => ({
      body: { query: print(EventsPageDocument), variables: { sessionId: 'ses_none', last: 5, before: null } },
    }),
    'something wrong below the root, beside what is fine': () => ({
      body: {
        query:
          'query($id: ID!) { session(id: $id) { id title fine: events(last: 1) { edges { cursor } } events(last: -1) { edges { cursor } } } }',
        variables: { id: session.id },
      },
    }),
    'a gap': () => ({ body: push([event(7)]), token: session.token }),
    'an event that can never be stored': () => ({
      body: push([event(2, { agentText: { messageId: 'm1', text: 'a\0b' } })]),
      token: session.token,
    }),
    'two kinds in one event': () => ({
      body: push([event(2, { agentText: { messageId: 'm', text: 'x' }, turnStarted: { turnId: 't' } })]),
      token: session.token,
    }),
    'an unknown kind': () => ({ body: push([event(2, { dreamt: { text: 'x' } })]), token: session.token }),
    'a digest that is none': () => ({ body: push([{ ...event(2), digest: 'short' }]), token: session.token }),
    'a variable that is missing': () => ({ body: push(undefined), token: session.token }),
    'a variable of another type': () => ({ body: push([event(2)], { epoch: 'one' }), token: session.token }),
    'more than is asked': () => ({ body: push([], { nobody: 1 }), token: session.token }),
    "another's session": () => ({ body: push([event(2)], { sessionId: 'ses_other' }), token: session.token }),
    'the credential of the wrong kind': () => ({ body: push([event(2)]) }),
    'no credential': () => ({ body: push([event(2)]), token: null }),
    'an unknown credential': () => ({ body: { query: '{ viewer { id } }' }, token: 'odh_unknownunknownunknown' }),
    "an unknown credential, in GraphQL's own media type": () => ({
      body: { query: '{ viewer { id } }' },
      token: 'odd_unknownunknownunknown',
      headers: { accept: 'application/graphql-response+json' },
    }),
    'no token at all in its place': () => ({ body: { query: '{ viewer { id } }' }, headers: { authorization: 'x' } }),
    'an unknown field': () => ({ body: { query: '{ nothing }' } }),
    'no GraphQL': () => ({ body: { query: '{ viewer ' } }),
    'no JSON': () => ({ body: '{"query":' }),
    'a list of operations': () => ({ body: [{ query: '{ viewer { id } }' }] }),
    'variables that are no object': () => ({ body: { query: '{ viewer { id } }', variables: [1] } }),
    'two operations and no name': () => ({ body: { query: 'query A { viewer { id } } query B { viewer { id } }' } }),
    'a directive': () => ({
      body: { query: 'query($no: Boolean!) { viewer { id name @skip(if: $no) } }', variables: { no: true } },
    }),
    'a name that objects have of their own': () => ({ body: { query: '{ viewer { __proto__: id name } }' } }),
    'a page of another origin': () => ({
      body: { query: '{ viewer { id } }' },
      headers: { origin: 'https://evil.example' },
    }),
    'too many aliases': () => ({
      body: { query: `{ viewer { ${Array.from({ length: 100 }, (_, n) => `a${n}: id`).join(' ')} } }` },
    }),
    "GraphQL's own media type": () => ({
      body: { query: '{ viewer { id } }' },
      headers: { accept: 'application/graphql-response+json, application/json' },
    }),
    'any media type': () => ({ body: { query: '{ viewer { id } }' }, headers: { accept: '*/*' } }),
    'a type of content that is not JSON': () => ({
      body: { query: '{ viewer { id } }' },
      headers: { 'content-type': 'text/plain' },
    }),
  }
  for (const [name, sent] of Object.entries(cases)) {
    test(name, async () => {
      const [straight, round] = [await answered('/graphql', sent()), await answered('/graphql?round', sent())]
      expect(straight).toEqual(round)
    })
  }

  test('also when something breaks that nobody expected', async () => {
    const database = { ...server.database }
    const broken = await startServer({ database })
    // What the server does by the clock goes on.
    database.transaction = (work, isLeft) => {
      const error = new Error('disk on fire')
      return error.stack?.includes('live/write') ? Promise.reject(error) : server.database.transaction(work, isLeft)
    }
    const document = 'mutation($id: ID!) { heartbeat(hostId: $id) { now } }'
    const answer = await broken.ask(host.token, document, { id: host.id })
    expect(answer.errors[0]?.extensions?.code).toBe('INTERNAL')
    // Once: what has been tried is not tried again on the other way.
    expect(broken.logged.map(String).filter((one) => one.includes('disk on fire'))).toHaveLength(1)
    const body = { query: document, variables: { id: host.id } }
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const sent = { body, headers: { accept } }
      expect(await answered('/graphql', sent, broken)).toEqual(await answered('/graphql?round', sent, broken))
    }
    await broken.close()
  })
})

describe('what hosts ask all day', () => {
  test.each([
    ['pushEvents', PushEvents],
    ['hostCommands', PollCommands],
    ['acknowledgeCommands', AcknowledgeCommands],
    ['settleCommand', SettleCommand],
    ['a page of history', EventsPageDocument],
  ])('%s is compiled', (_name, document) => {
    expect(compileOperation(buildSchema(), document)).not.toBeNull()
  })

  test('the same batch is stored with the same bytes on either way', async () => {
    const body = { agentText: { text: 'in another order', messageId: 'm1' } }
    const stored = async () => {
      type Answer = { session: { events: { edges: { node: object }[] } } }
      const document = `query($id: ID!) { session(id: $id) { events(last: 1) { edges { node { seq ... on AgentText { text } } } } } }`
      return (await server.gql<Answer>(host.token, document, { id: session.id })).session.events.edges[0]?.node
    }
    const sent = (seq: number): Sent => ({ body: push([event(seq, body)]), token: session.token })
    expect((await answered('/graphql', sent(2))).body).toBe('{"data":{"pushEvents":{"lastSeq":2}}}')
    expect(await stored()).toEqual({ seq: 2, text: 'in another order' })
    expect((await answered('/graphql?round', sent(2))).body).toBe('{"data":{"pushEvents":{"lastSeq":2}}}')
    expect((await answered('/graphql?round', sent(3))).body).toBe('{"data":{"pushEvents":{"lastSeq":3}}}')
    expect((await answered('/graphql', sent(3))).body).toBe('{"data":{"pushEvents":{"lastSeq":3}}}')
  })
})
