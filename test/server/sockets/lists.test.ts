/** Lists over a socket: those who follow alike share a look (L7), and nobody is shown what is another's, or another's to do (F7, T3). */
import { print } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DecisionsChangedDocument } from '../../../pwa/features/decisions/decision-store.ts'
import { SessionsChangedDocument } from '../../../pwa/features/sessions/session-row.ts'
import { CommandsChangedDocument } from '../../../pwa/features/steering/command-fields.ts'
import { createDocuments } from '../../../server/graphql/compiled/documents.ts'
import { buildSchema } from '../../../server/graphql/schema.ts'
import { anotherPerson } from '../../kit/another-person.ts'
import { type CountedServer, startCounted } from '../../kit/counted.ts'
import type { EnrolledHost, PairedDevice } from '../../kit/people.ts'
import { type PublishedSession, publishSession } from '../../kit/session.ts'
import type { Subscriber } from '../../kit/subscriber.ts'

const LISTS = [SessionsChangedDocument, DecisionsChangedDocument, CommandsChangedDocument].map((one) => print(one))
/** What the executor alone answers. */
const alone = (document: string) =>
  document.replace(/((sessions|decisions|commands)Changed(\([^)]*\))?) \{/, '$1 @include(if: true) {')

let server: CountedServer
let host: EnrolledHost
let phone: PairedDevice
beforeAll(async () => {
  server = await startCounted()
  host = await server.enrolledHost()
  phone = await server.pairedDevice({ host, rung: 'FULL' })
})
afterAll(() => server.close())

type Row = { id: string; title: string; allowed: { rung: string } }
type Sessions = { sessionsChanged: { isSnapshot: boolean; sessions: Row[]; removedIds: string[] } }

const SEEN = 'subscription { sessionsChanged { isSnapshot removedIds sessions { id title allowed { rung } } } }'
const RENAME = 'mutation($id: ID!, $name: String) { renameSession(id: $id, name: $name) { id } }'
const PROMPT = 'mutation($input: SendPromptInput!) { sendPrompt(input: $input) { id } }'
const rename = (id: string, name: string) => server.gql(phone.token, RENAME, { id, name })
const holds = (words: string) => (frame: object) => JSON.stringify(frame).includes(words)

async function another(name: string) {
  const { host } = await anotherPerson(server, name)
  return {
    host,
    phone: await server.pairedDevice({ host, rung: 'FULL' }),
    session: await publishSession(server.gql, host),
  }
}

/** Something that each of the lists tells of. */
async function happens(session: PublishedSession, words: string): Promise<void> {
  await session.asks(words, 'rm -rf build')
  await rename(session.id, words)
  const input = { key: `key of ${words}`.replaceAll(' ', '-').padEnd(22, '-'), sessionId: session.id, text: words }
  await server.gql(phone.token, PROMPT, { input })
}

describe('a list over a socket', () => {
  test("the page's own are compiled", () => {
    const documents = createDocuments(buildSchema(), { maxTokens: 6000 })
    for (const document of LISTS) {
      expect(documents.find(document, null)?.subscription?.show, document.slice(0, 60)).toBeTypeOf('function')
      expect(documents.find(alone(document), null)?.subscription).toBeNull()
    }
  })

  test('[L6][L7] is told as the executor tells it, snapshot and changes', async () => {
    const session = await publishSession(server.gql, host)
    await happens(session, 'before they look')
    const at = { sessionId: session.id }
    const pairs = LISTS.map((one) => [one, alone(one)].map((document) => server.subscribe(phone.token, document, at)))
    for (const live of pairs.flat()) await live.next()
    await happens(session, 'while they look')
    for (const live of pairs.flat()) await live.next(holds('while they look'))
    /** Each row as it was told last; when it was told is each reader's own moment. */
    const told = ({ frames }: Subscriber) => {
      const rows = new Map<string, unknown>()
      for (const { data } of frames)
        for (const [name, change] of Object.entries(data ?? {}) as [string, Record<string, unknown>][])
          for (const row of [...[change.sessions, change.decisions, change.commands].flat()] as { id: string }[])
            if (row) rows.set(`${name} ${row.id}`, row)
      return Object.fromEntries(rows)
    }
    for (const [shared, own] of pairs) {
      if (!shared || !own) throw new Error('a pair')
      const first = ({ frames: [frame] }: Subscriber) =>
        JSON.parse(JSON.stringify(frame), (key, value) => (key === 'now' ? null : value)) as unknown
      expect(first(shared)).toEqual(first(own))
      await expect.poll(() => told(shared)).toEqual(told(own))
    }
    for (const live of pairs.flat()) live.close()
  })

  test('[L7] eight who follow alike cost no more reads than one', async () => {
    const cost = async (document: string, viewers: number) => {
      const session = await publishSession(server.gql, host)
      const words = `${viewers} look at ${session.id.slice(-8)}`
      await happens(session, `first ${words}`)
      const all = Array.from({ length: viewers }, () =>
        server.subscribe(phone.token, document, { sessionId: session.id }),
      )
      for (const live of all) await live.next(holds(`first ${words}`))
      const before = server.reads()
      for (let time = 1; time <= 4; time++) {
        await happens(session, `${time} of ${words}`)
        for (const live of all) await live.next(holds(`${time} of ${words}`))
      }
      const spent = server.reads() - before
      for (const live of all) live.close()
      return spent
    }
    for (const document of LISTS) {
      const one = await cost(document, 1)
      // The trust poll reads too, by the clock; eight readers of their own would add more than a hundred.
      expect(await cost(document, 8), document.slice(0, 60)).toBeLessThan(one + 30)
    }
  })

  test('[F7][T4] two people share nothing, and two devices of one only what they may both see', async () => {
    const { phone: other, session: theirs } = await another('Ben')
    const tablet = await server.pairedDevice({ host, rung: 'VIEW', name: 'tablet' })
    const mine = await publishSession(server.gql, host)
    const asking = { phone, tablet, other }
    const lives = Object.entries(asking).map(([name, { token }]) => [name, server.subscribe(token, SEEN)] as const)
    for (const [, live] of lives) await live.next()
    await rename(mine.id, 'of the one')
    await server.gql(other.token, RENAME, { id: theirs.id, name: 'of the other' })
    for (const [name, live] of lives) {
      const { data } = await live.next<Sessions>(holds(name === 'other' ? 'of the other' : 'of the one'))
      const [row] = data?.sessionsChanged.sessions ?? []
      expect([name, row?.allowed.rung]).toEqual([name, name === 'tablet' ? 'VIEW' : 'FULL'])
    }
    for (const [name, { frames }] of lives) {
      expect(JSON.stringify(frames).includes(theirs.id), name).toBe(name === 'other')
      expect(JSON.stringify(frames).includes(mine.id), name).toBe(name !== 'other')
    }
    for (const [, live] of lives) live.close()
  })

  test('[T3] a policy in the middle: what changes under OFF is shown to no device, and to the host as before', async () => {
    const session = await publishSession(server.gql, host)
    const { phone: other, session: theirs } = await another('Cid')
    const [one, two] = [server.subscribe(phone.token, SEEN), server.subscribe(phone.token, SEEN)]
    const atHost = server.subscribe(host.token, SEEN)
    const elsewhere = server.subscribe(other.token, SEEN)
    for (const live of [one, two, atHost, elsewhere]) await live.next()
    const set = (level: string) => server.gql(host.token, `mutation { setRemoteControl(level: ${level}) { version } }`)
    await set('OFF')
    try {
      for (const live of [one, two]) {
        const { data } = await live.next<Sessions>()
        expect(data?.sessionsChanged.removedIds).toContain(session.id)
      }
      await server.gql(host.token, RENAME, { id: session.id, name: 'said under OFF' })
      await atHost.next(holds('said under OFF'))
      await server.gql(other.token, RENAME, { id: theirs.id, name: 'elsewhere' })
      expect(await elsewhere.next<Sessions>(holds('elsewhere'))).toBeTruthy()
      const late = server.subscribe(phone.token, SEEN)
      expect((await late.next<Sessions>()).data?.sessionsChanged.sessions).toEqual([])
      for (const { frames } of [one, two, late]) expect(JSON.stringify(frames)).not.toContain('said under OFF')
      late.close()
    } finally {
      await set('VIEW')
    }
    for (const live of [one, two]) {
      const { data } = await live.next<Sessions>(holds('said under OFF'))
      expect(data?.sessionsChanged.sessions.find(({ id }) => id === session.id)?.allowed.rung).toBe('VIEW')
    }
    await set('VIEW_AND_CONTROL')
    for (const live of [one, two, atHost, elsewhere]) live.close()
    expect(server.logged).toEqual([])
  })
})
