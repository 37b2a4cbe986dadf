/**
 * [G4] [T6] [E7] Operations and payloads that nobody would send, from everyone, over HTTP and WebSocket: the server goes on, no session is stuck, and nobody is shown what went
 * wrong inside. A few here; `npm run trust` sends a hundred thousand. The seed is printed with a failure.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
// @ts-expect-error plain JavaScript, for the build runs it
import { ownDocuments } from '../../agent-cli/launch/documents.mjs'
import { buildSchema } from '../../server/graphql/schema.ts'
import { createGoverned, type Governed } from '../kit/governed.ts'
import { startServer, type TestServer } from '../kit/server.ts'
import { type PublishedSession, publishSession } from '../kit/session.ts'
import { count, figure } from './figure.ts'
import { anything, createOperations, createRandom, damaged, type Random, valueFor } from './fuzzing.ts'

const SEED = Number(process.env.OFFDESK_FUZZ_SEED ?? 20261121)
const OPERATIONS = count(800, 15_000)
const WORDS = count(400, 45_000)
const EVENTS = count(400, 40_000)
const AT_ONCE = 12

const schema = buildSchema()
const own: string[] = ownDocuments()
let server: TestServer
let ann: Governed
let sessions: PublishedSession[]
let tokens: (string | null)[]
const unhandled: unknown[] = []
const onUnhandled = (error: unknown) => unhandled.push(error)

beforeAll(async () => {
  process.on('unhandledRejection', onUnhandled)
  const much = { perSecond: 1e9, burst: 1e9, most: 1000 }
  server = await startServer({ rates: { credential: much, stranger: much } })
  ann = await createGoverned(server)
  sessions = await Promise.all(Array.from({ length: 5 }, () => publishSession(server.gql, ann.host)))
  tokens = [ann.phone.token, ann.phone.token, ann.host.token, ann.session.token, ann.admin, null, 'odd_nobody']
}, 120_000)
afterAll(async () => {
  process.off('unhandledRejection', onUnhandled)
  await server?.close()
})

type Shown = { message?: unknown; extensions?: { code?: unknown } }
const wrong: string[] = []
const codes = new Map<string, number>()
/** What has been sent to its end, for the figures. */
const sent: Record<string, number> = {}

/** What people were shown: each error has a code of ours; nothing of a stack, a table, a file or a query is in it. */
function judge(what: string, errors: readonly Shown[] | undefined): void {
  for (const { message, extensions } of errors ?? []) {
    const code = String(extensions?.code)
    codes.set(code, (codes.get(code) ?? 0) + 1)
    const said = String(message)
    if (
      !/^[A-Z_]{4,}$/.test(code) ||
      code === 'INTERNAL' ||
      /node_modules|\.ts:\d|select .* from|insert into|at .*\(/.test(said)
    )
      wrong.push(`${what}: ${code} ${said.slice(0, 300)}`)
  }
}

async function posts(token: string | null, body: string, type = 'application/json'): Promise<void> {
  const headers = {
    'content-type': type,
    accept: 'application/json',
    ...(token && { authorization: `Bearer ${token}` }),
  }
  const answer = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body })
  const text = await answer.text()
  try {
    judge(body.slice(0, 400), (JSON.parse(text) as { errors?: Shown[] }).errors)
  } catch {
    // What is no GraphQL request at all is answered with a status and nothing else.
    if (answer.status < 400 || answer.status >= 500 || text.length > 200)
      wrong.push(`${answer.status} ${text.slice(0, 200)}`)
  }
}

/** `total` times, some at once, all of one seed. */
async function many(total: number, seed: number, once: (random: Random) => Promise<void>): Promise<void> {
  const random = createRandom(seed)
  let left = total
  const worker = async () => {
    while (left-- > 0) await once(random)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

const ids = () => [
  ann.session.id,
  ann.host.id,
  ann.phone.id,
  ann.organisationId,
  ann.ownerId,
  'x',
  '',
  'ses_none',
  '\0',
]

test('[T6] what it has found: a NUL in an id, and an organisation in the place of an enterprise, are inputs that are refused', async () => {
  const codeOf = async (token: string, query: string, variables: object) =>
    (await server.ask(token, query, variables)).errors[0]?.extensions?.code
  expect(await codeOf(ann.phone.token, 'query($i: ID!) { session(id: $i) { id } }', { i: '\0' })).toBe('BAD_INPUT')
  const under = 'mutation($e: ID) { createOrganisation(name: "x", enterpriseId: $e) { id } }'
  expect(await codeOf(ann.admin, under, { e: ann.organisationId })).toBe('NOT_FOUND')
})

test('[T6] operations made from the schema, and good ones damaged, from everyone', { timeout: 1_500_000 }, async () => {
  const operations = createOperations(schema, ids())
  await many(OPERATIONS, SEED, async (random) => {
    const kind = random.below(10)
    const made = operations(random)
    const token = random.one(tokens)
    if (kind < 5) return posts(token, JSON.stringify(made))
    if (kind < 7)
      return posts(token, JSON.stringify({ query: damaged(random.one(own), random), variables: made.variables }))
    if (kind === 7) return posts(token, JSON.stringify({ query: random.one(own), variables: anything(random) }))
    if (kind === 8) return posts(token, damaged(JSON.stringify(made), random))
    return posts(
      token,
      JSON.stringify(anything(random)),
      random.one(['application/json', 'text/plain', 'application/graphql', 'x']),
    )
  })
  sent['operations over HTTP'] = OPERATIONS
  expect(wrong.slice(0, 5), `seed ${SEED}`).toEqual([])
})

test('[T6] words on a socket that are none, and operations among them', { timeout: 600_000 }, async () => {
  const random = createRandom(SEED + 1)
  const operations = createOperations(schema, ids())
  let left = WORDS
  while (left > 0) {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/graphql`, 'graphql-transport-ws')
    const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()))
    socket.on('error', () => {})
    socket.on('message', (data) => {
      const { payload, type } = JSON.parse(String(data)) as { payload?: unknown; type: string }
      if (type === 'error') judge('socket', payload as Shown[])
      if (type === 'next') judge('socket', (payload as { errors?: Shown[] }).errors)
    })
    await new Promise((resolve) => socket.on('open', resolve))
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${ann.phone.token}` } }))
    for (let n = 0; n < 40 && left > 0; n += 1, left -= 1) {
      const subscribe = { id: String(random.below(60)), type: 'subscribe', payload: operations(random) }
      const word = random.below(4)
      if (word < 2) socket.send(JSON.stringify(subscribe))
      else if (word === 2)
        socket.send(JSON.stringify({ ...subscribe, payload: { query: damaged(random.one(own), random) } }))
      else if (n > 30) socket.send(damaged(JSON.stringify(subscribe), random))
    }
    // Its last word closes it where nothing before has: nobody may begin twice.
    socket.send(JSON.stringify({ type: 'connection_init' }))
    await closed
  }
  sent['words over WebSocket'] = WORDS
  expect(wrong.slice(0, 5), `seed ${SEED}`).toEqual([])
})

test('[E7] events of any form: each is taken or refused by its number, and every session goes on', {
  timeout: 600_000,
}, async () => {
  const input = schema.getType('EventBodyInput')
  const document = `mutation($s: ID!, $a: ID!, $events: [EventInput!]!) { pushEvents(sessionId: $s, attachmentId: $a, epoch: 1, events: $events) { lastSeq } }`
  const last = new Map(sessions.map((one) => [one.id, 0]))
  const random = createRandom(SEED + 2)
  // They live a quarter of an hour, which a thousandth of all this may outlast.
  const fresh = new Map<string, { token: string; until: number }>()
  const tokenOf = async ({ id }: PublishedSession): Promise<string> => {
    const kept = fresh.get(id)
    if (kept && performance.now() < kept.until) return kept.token
    const made = { token: await ann.host.mint(id), until: performance.now() + 300_000 }
    fresh.set(id, made)
    return made.token
  }
  for (let n = 0; n < EVENTS; ) {
    await Promise.all(
      sessions.map(async (session) => {
        const from = last.get(session.id) ?? 0
        const events = Array.from({ length: 1 + random.below(4) }, (_, index) => ({
          ...{ seq: from + 1 + index, at: '2026-01-01T00:00:00.000Z', digest: 'ab'.repeat(32) },
          body: valueFor(input as never, random, ['dec_a', 'x', ''], random.next() < 0.5 ? 0 : 0.05) ?? {},
        }))
        n += events.length
        const { data, errors } = await server.ask<{ pushEvents: { lastSeq: number } }>(
          await tokenOf(session),
          document,
          {
            ...{ s: session.id, a: session.attachmentId, events },
          },
        )
        judge(JSON.stringify(events).slice(0, 300), errors)
        if (data?.pushEvents) last.set(session.id, data.pushEvents.lastSeq)
      }),
    )
  }
  expect(wrong.slice(0, 5), `seed ${SEED}`).toEqual([])
  // None is stuck: what comes next is taken, shown, and followed live; what came before can be read.
  let taken = 0
  for (const session of sessions) {
    const seq = (last.get(session.id) ?? 0) + 1
    taken += seq - 1
    const body = { noticeShown: { severity: 'info', title: 'still here' } }
    const events = [{ seq, at: '2026-01-01T00:00:00.000Z', digest: 'cd'.repeat(32), body }]
    const live = server.subscribe(
      ann.phone.token,
      'subscription($s: ID!, $after: Int!) { eventsAppended(sessionId: $s, after: $after) { events { __typename ... on NoticeShown { title } } } }',
      { s: session.id, after: seq - 1 },
    )
    await server.gql(await tokenOf(session), document, { s: session.id, a: session.attachmentId, events })
    expect(JSON.stringify(await live.next())).toContain('still here')
    live.close()
    const all = own.find((text) => text.startsWith('query EventsPage')) ?? ''
    const page = await server.ask(ann.phone.token, all, { sessionId: session.id, last: 500 })
    judge('the page of a session', page.errors)
  }
  expect(taken).toBeGreaterThan(0)
  expect(wrong.slice(0, 5), `seed ${SEED}`).toEqual([])
  sent['events, at least'] = EVENTS
  sent['of them taken'] = taken
  sent['sessions that go on'] = sessions.length
})

test('the server is as it was', async () => {
  expect(unhandled).toEqual([])
  expect(server.logged.map(String).slice(0, 3)).toEqual([])
  expect(await server.gql(ann.phone.token, '{ viewer { id } }')).toMatchObject({ viewer: { id: ann.ownerId } })
  const all = [...codes].sort((a, b) => b[1] - a[1])
  figure(`fuzzed: ${Object.keys(sent)[0] ?? 'nothing'}`, {
    ...{ ...sent, seed: SEED },
    'crashes, rejections unheard, unmasked errors, errors masked as INTERNAL': '0, 0, 0, 0',
    answers: all.map(([code, times]) => `${code} ${times}`).join(', '),
  })
})
