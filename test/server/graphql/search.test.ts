import { afterAll, beforeAll, expect, it } from 'vitest'
import type { EnrolledHost, PairedDevice } from '../../kit/people.ts'
import { startServer, type TestServer } from '../../kit/server.ts'
import { type PublishedSession, publishSession } from '../../kit/session.ts'

let server: TestServer
let host: EnrolledHost
let phone: PairedDevice
let session: PublishedSession
beforeAll(async () => {
  server = await startServer()
  host = await server.enrolledHost()
  phone = await server.pairedDevice({ host, rung: 'VIEW' })
  session = await publishSession(server.gql, host)
  await session.push(
    ...['the tests are red', 'looking', 'the tests are green'].map((text) => ({ agentText: { messageId: 'm', text } })),
  )
})
afterAll(() => server?.close())

const search = (words: string, more = {}) =>
  server.ask<{ session: { search: { events: { seq: number; text: string }[]; searchedTo: string | null } } }>(
    phone.token,
    `query($id: ID!, $words: String!, $before: String, $limit: Int = 50) { session(id: $id) {
      search(words: $words, before: $before, limit: $limit) { events { seq ... on AgentText { text } } searchedTo } } }`,
    { id: session.id, words, ...more },
  )

it('[B3] words of a transcript are found from a phone that may only look, and the rest is asked for where it stopped', async () => {
  const newest = (await search('Tests are', { limit: 1 })).value().session.search
  expect(newest).toEqual({ events: [{ seq: 3, text: 'the tests are green' }], searchedTo: '3' })
  const rest = (await search('Tests are', { before: newest.searchedTo })).value().session.search
  expect(rest).toEqual({ events: [{ seq: 1, text: 'the tests are red' }], searchedTo: null })
})

it('[G4] words that are none, too many, or cannot travel are refused', async () => {
  for (const words of ['', '  ', 'x'.repeat(201), 'a\0b', '\ud800'])
    expect((await search(words)).errors[0]?.extensions?.code).toBe('BAD_INPUT')
  expect((await search('x', { before: 'last week' })).errors[0]?.extensions?.code).toBe('BAD_INPUT')
  expect((await search('x', { limit: 501 })).errors[0]?.extensions?.code).toBe('BAD_INPUT')
})
