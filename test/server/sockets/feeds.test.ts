/** The page's own subscription over a socket: what the feed writes is what the executor gives, and equal ones share their reads (L6, L7). */
import { print } from 'graphql'
import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { EventsAppendedDocument, EventsPageDocument } from '../../../pwa/features/transcript/event-source.ts'
import { createDocuments } from '../../../server/graphql/compiled/documents.ts'
import { buildSchema } from '../../../server/graphql/schema.ts'
import { type CountedServer, startCounted } from '../../kit/counted.ts'
import type { EnrolledHost, PairedDevice } from '../../kit/people.ts'
import { publishSession } from '../../kit/session.ts'
import { everyBody, openDesk } from '../graphql/desk.ts'

const FOLLOW = print(EventsAppendedDocument)
type Node = { seq: number }
type Batch = { eventsAppended: { lastSeq: number; events: Node[] } }
type Page = { session: { events: { edges: { node: Node }[] } } }

let server: CountedServer
let host: EnrolledHost
let phone: PairedDevice
beforeAll(async () => {
  server = await startCounted()
  host = await server.enrolledHost()
  phone = await server.pairedDevice({ host })
})
afterAll(() => server.close())

const follow = (sessionId: string, after = 0, token = phone.token) => {
  const live = server.subscribe(token, FOLLOW, { sessionId, after })
  const seen: Node[] = []
  return {
    live,
    seen,
    /** Until that number has come. */
    async upTo(seq: number) {
      while ((seen.at(-1)?.seq ?? after) < seq) {
        const { data, errors } = await live.next<Batch>()
        expect(errors).toBeUndefined()
        seen.push(...(data?.eventsAppended.events ?? []))
      }
      return seen
    },
  }
}
const page = async (sessionId: string) => {
  const variables = { sessionId, last: 500, before: null }
  const { session } = await server.gql<Page>(phone.token, print(EventsPageDocument), variables)
  return session.events.edges.map(({ node }) => node)
}

describe('the events of a session by page', () => {
  test("[B3] are read with their session in one look, and are not another workstation's", async () => {
    const desk = await openDesk(server, host)
    await desk.publish(...Array.from({ length: 3 }, (_, n) => ({ titleChanged: { title: String(n) } })))
    const looks: number[] = []
    for (let n = 0; n < 5; n++) {
      const before = server.reads()
      expect((await page(desk.sessionId)).map(({ seq }) => seq)).toEqual([1, 2, 3])
      looks.push(server.reads() - before)
    }
    // The trust poll looks, too, now and then.
    expect(Math.min(...looks)).toBe(1)
    const other = await server.enrolledHost()
    const variables = { sessionId: desk.sessionId, last: 500, before: null }
    expect(await server.gql(other.token, print(EventsPageDocument), variables)).toEqual({ session: null })
  })

  test('[B3] are each page that is asked: twice under other names, of another size than before, and refused in its place', async () => {
    const desk = await openDesk(server, host)
    await desk.publish(...Array.from({ length: 5 }, (_, n) => ({ titleChanged: { title: String(n) } })))
    const both = `query($id: ID!, $last: Int, $before: String) { session(id: $id) { id lastSeq
      events(last: $last, before: $before) { edges { node { seq } } } more: events(first: 2, after: "1") { edges { node { seq } } } } }`
    const alone = `query($id: ID!, $last: Int, $before: String) { session(id: $id) { id lastSeq
      events(last: $last, before: $before) { edges { node { seq } } } } }`
    const seqs = (list: Page['session']['events']) => list.edges.map(({ node }) => node.seq)
    type Asked = { session: Page['session'] & { more?: Page['session']['events']; lastSeq: number } }
    const ask = async (text: string, variables: object) =>
      (await server.gql<Asked>(phone.token, text, { id: desk.sessionId, ...variables })).session
    const two = await ask(both, { last: 1 })
    expect([seqs(two.events), seqs(two.more ?? two.events), two.lastSeq]).toEqual([[5], [2, 3], 5])
    expect(seqs((await ask(alone, { last: 2, before: '4' })).events)).toEqual([2, 3])
    expect(seqs((await ask(alone, {})).events)).toEqual([1, 2, 3, 4, 5])
    await expect(ask(alone, { last: 1, before: 'x' })).rejects.toMatchObject({ code: 'BAD_INPUT' })
  })
})

describe('the events of a session over a socket', () => {
  test("the page's subscription is compiled", () => {
    const found = createDocuments(buildSchema(), { maxTokens: 6000 }).find(FOLLOW, null)
    expect(found?.subscription?.name).toBe('eventsAppended')
  })

  test('[B1][L7] every kind is shown as the executor shows it: from what was just committed, and from the store', async () => {
    const session = await publishSession(server.gql, host)
    const early = follow(session.id)
    const bodies = Object.entries(await everyBody(`dec_${'e'.repeat(22)}`))
    // One by one: most go the short way and are not read back, the others through the store.
    for (const [field, body] of bodies) {
      const last = await session.push({ [field]: body })
      await early.upTo(last)
    }
    const shown = await page(session.id)
    expect(shown).toHaveLength(bodies.length)
    expect(early.seen).toEqual(shown)
    const late = follow(session.id)
    expect(await late.upTo(bodies.length)).toEqual(shown)
    expect(await follow(session.id, 5).upTo(bodies.length)).toEqual(shown.slice(5))
  })

  test('[L7] eight who follow alike cost no more reads than one', async () => {
    const cost = async (viewers: number) => {
      const session = await publishSession(server.gql, host)
      await session.push({ agentText: { messageId: 'm', text: 'first' } })
      const all = Array.from({ length: viewers }, () => follow(session.id))
      for (const one of all) await one.upTo(1)
      const before = server.reads()
      for (let seq = 2; seq <= 6; seq++) {
        await session.push({ agentText: { messageId: 'm', text: `words ${seq}` } })
        for (const one of all) await one.upTo(seq)
      }
      const spent = server.reads() - before
      for (const one of all) one.live.close()
      return spent
    }
    const one = await cost(1)
    // The trust poll reads too, by the clock; eight readers of their own would add at least thirty-five.
    expect(await cost(8)).toBeLessThan(one + 20)
  })

  test('[L4] what its page has left is over: one socket follows any number of sessions, one after another', async () => {
    const session = await publishSession(server.gql, host)
    await session.push({ agentText: { messageId: 'm', text: 'x' } })
    const client = createClient({
      ...{ url: `ws://127.0.0.1:${server.port}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0, lazy: false },
      connectionParams: { authorization: `Bearer ${phone.token}` },
    })
    // More than one socket may have at once.
    for (let time = 0; time < 60; time++) {
      const results = client.iterate<Batch>({ query: FOLLOW, variables: { sessionId: session.id, after: 0 } })
      const { value } = await results.next()
      expect(value.errors).toBeUndefined()
      await results.return?.()
    }
    await client.dispose()
  })

  test('[F7] one who may not see the session is told so, and a deleted one ends for all who follow it', async () => {
    const other = await server.enrolledHost('barn')
    const session = await publishSession(server.gql, host)
    const foreign = server.subscribe(other.token, FOLLOW, { sessionId: session.id, after: 0 })
    expect((await foreign.next()).errors?.[0]).toMatchObject({
      ...{ path: ['eventsAppended'], extensions: { code: 'NOT_FOUND' } },
    })
    const [one, two] = [follow(session.id), follow(session.id)]
    await session.push({ agentText: { messageId: 'm', text: 'x' } })
    await Promise.all([one.upTo(1), two.upTo(1)])
    await server.gql(phone.token, 'mutation($id: ID!) { deleteSession(id: $id) }', { id: session.id })
    for (const { live } of [one, two]) expect(await live.whyEnded()).toBe('NOT_FOUND')
    expect(server.logged).toEqual([])
  })
})
