/** Streams over HTTP share what sockets share, and a slow one costs a cursor (L5, L7). */
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildApp } from '../../../server/app.ts'
import { type CountedServer, startCounted } from '../../kit/counted.ts'
import type { EnrolledHost, PairedDevice } from '../../kit/people.ts'
import { publishSession } from '../../kit/session.ts'

const EVENTS = `subscription($id: ID!, $after: Int!) { eventsAppended(sessionId: $id, after: $after) {
  lastSeq events { __typename seq ... on AgentText { text } } } }`
const SESSIONS = 'subscription { sessionsChanged { isSnapshot removedIds sessions { id title allowed { rung } } } }'
/** What the executor alone answers. */
const alone = (document: string) =>
  document.replace(/(eventsAppended\([^)]*\)|sessionsChanged) \{/, '$1 @include(if: true) {')

let server: CountedServer
let host: EnrolledHost
let phone: PairedDevice
beforeAll(async () => {
  server = await startCounted()
  host = await server.enrolledHost()
  phone = await server.pairedDevice({ host })
})
afterAll(() => server.close())

type Stream = {
  status: number
  type: string
  /** Results as they were written. */
  texts: string[]
  isOver: boolean
  close(): void
}

function stream(query: string, variables: object, token = phone.token): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const asked = request(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${token}` },
    })
    asked.on('error', reject)
    asked.on('response', (answer) => {
      let rest = ''
      const found: Stream = {
        ...{ status: answer.statusCode ?? 0, type: answer.headers['content-type'] ?? '', texts: [], isOver: false },
        close: () => asked.destroy(),
      }
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => {
        const parts = (rest + chunk).split('\n\n')
        rest = parts.pop() ?? ''
        for (const part of parts) {
          const data = /^data: ?(.*)$/m.exec(part)?.[1]
          if (data) found.texts.push(data)
        }
      })
      answer.on('error', () => {})
      answer.on('end', () => {
        found.isOver = true
      })
      resolve(found)
    })
    asked.end(JSON.stringify({ query, variables }))
  })
}

describe('a stream over HTTP', () => {
  test('[L7] writes what the executor would have written, from the first to the last word', async () => {
    const session = await publishSession(server.gql, host)
    await session.push({ agentText: { messageId: 'm', text: 'first' } })
    const asked = { id: session.id, after: 0 }
    const pairs = [
      [await stream(EVENTS, asked), await stream(alone(EVENTS), asked)],
      [await stream(SESSIONS, {}), await stream(alone(SESSIONS), {})],
      [await stream(EVENTS, { ...asked, after: -1 }), await stream(alone(EVENTS), { ...asked, after: -1 })],
    ] as const
    for (const [shared, own] of pairs) {
      expect([shared.status, shared.type]).toEqual([own.status, own.type])
      await expect.poll(() => [shared.texts.length > 0, own.texts.length > 0]).toEqual([true, true])
    }
    await session.push({ agentText: { messageId: 'm', text: 'second' } })
    await expect.poll(() => pairs[0].map(({ texts }) => texts.length)).toEqual([2, 2])
    await server.gql(phone.token, 'mutation($id: ID!) { deleteSession(id: $id) }', { id: session.id })
    await expect.poll(() => pairs[0].map(({ isOver }) => isOver)).toEqual([true, true])
    await expect.poll(() => pairs[1].map(({ texts }) => texts.at(-1)?.includes(session.id))).toEqual([true, true])
    const plain = ({ texts }: Stream) =>
      texts.map((text) => JSON.parse(text.replace(/"locations":\[[^\]]*\],?/g, '')) as unknown)
    const [events, list, refused] = pairs.map((pair) => pair.map(plain))
    expect(events?.[0]).toEqual(events?.[1])
    expect(refused?.[0]).toEqual(refused?.[1])
    // A list says how it is now: two changes within a moment may be one for either.
    const ends = (all: unknown[] = []) => [all[0], all.at(-1)]
    expect(ends(list?.[0])).toEqual(ends(list?.[1]))
    for (const one of pairs.flat()) one.close()
  })

  test('[L7] eight who follow alike cost no more reads than one', async () => {
    const cost = async (query: string, viewers: number) => {
      const session = await publishSession(server.gql, host)
      const all = await Promise.all(Array.from({ length: viewers }, () => stream(query, { id: session.id, after: 0 })))
      const upTo = (words: string) =>
        expect.poll(() => all.every(({ texts }) => texts.some((text) => text.includes(words)))).toBe(true)
      await session.push({ agentText: { messageId: 'm', text: 'words 0' } })
      await upTo(query === EVENTS ? 'words 0' : session.id)
      const before = server.reads()
      for (let time = 1; time <= 5; time++) {
        const name = `words ${time}`
        await session.push({ agentText: { messageId: 'm', text: name } })
        const rename = 'mutation($id: ID!, $name: String) { renameSession(id: $id, name: $name) { id } }'
        await server.gql(phone.token, rename, { id: session.id, name })
        await upTo(name)
      }
      const spent = server.reads() - before
      for (const one of all) one.close()
      return spent
    }
    for (const query of [EVENTS, SESSIONS]) {
      const one = await cost(query, 1)
      // The trust poll reads too, by the clock; eight readers of their own would add at least seventy.
      expect(await cost(query, 8), query).toBeLessThan(one + 25)
    }
  })

  test('[L5] who does not read is made no results meanwhile, and then all of it in few', async () => {
    const about = { publicUrl: null, version: '0.0.0-test', pages: '.', documents: null, log: () => {} }
    const app = await buildApp({ ...about, database: server.database })
    const post = (token: string | null, accept: string, query: string, variables: object = {}) => {
      const headers = { 'content-type': 'application/json', accept, ...(token && { authorization: `Bearer ${token}` }) }
      const body = JSON.stringify({ query, variables })
      return app.fetch(new Request('http://desk.example/graphql', { method: 'POST', headers, body }))
    }
    const gql = async <T>(token: string | null, document: string, variables?: object): Promise<T> =>
      ((await (await post(token, 'application/json', document, variables)).json()) as { data: T }).data
    const session = await publishSession(gql, { ...host, mint: host.mint })
    const answer = await post(phone.token, 'text/event-stream', EVENTS, { id: session.id, after: 0 })
    const reader = answer.body?.getReader()
    let last = 0
    for (let number = 1; number <= 60; number++)
      last = await session.push({ agentText: { messageId: 'm', text: `words ${number}` } })
    let text = ''
    while (!text.includes(`"seq":${last}`)) text += new TextDecoder().decode((await reader?.read())?.value)
    const results = [...text.matchAll(/^data: (.+)$/gm)].map(
      ([, one = '']) => JSON.parse(one) as { data: { eventsAppended: { events: { seq: number }[] } } },
    )
    const seqs = results.flatMap(({ data }) => data.eventsAppended.events.map(({ seq }) => seq))
    expect(seqs).toEqual(Array.from({ length: last }, (_, at) => at + 1))
    // One was made for the first event, one may have been for the next; a buffer would hold sixty.
    expect(results.length).toBeLessThan(5)
    await reader?.cancel()
    await app.stop()
  })

  test('[T3] a policy in the middle ends its transcript with POLICY', async () => {
    const session = await publishSession(server.gql, host)
    const events = await stream(EVENTS, { id: session.id, after: 0 })
    const sessions = await stream(SESSIONS, {})
    await session.push({ agentText: { messageId: 'm', text: 'seen' } })
    await expect.poll(() => events.texts.length).toBe(1)
    const set = (level: string) => server.gql(host.token, `mutation { setRemoteControl(level: ${level}) { version } }`)
    await set('OFF')
    try {
      await expect.poll(() => events.isOver).toBe(true)
      expect(events.texts.at(-1)).toContain('POLICY')
      await expect.poll(() => sessions.texts.at(-1)).toContain(`"removedIds":["`)
    } finally {
      await set('VIEW_AND_CONTROL')
    }
    await expect.poll(() => sessions.texts.at(-1)).toContain(`"title"`)
    sessions.close()
    expect(server.logged).toEqual([])
  })
})
