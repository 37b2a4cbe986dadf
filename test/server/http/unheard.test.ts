/** A subscription asked by whoever takes no stream: refused, and nobody follows anything for it (L4). */
import { expect, test } from 'vitest'
import { createDocuments } from '../../../server/graphql/compiled/documents.ts'
import { buildSchema } from '../../../server/graphql/schema.ts'
import { createHttp, type YogaOptions } from '../../../server/http/yoga.ts'

const EVENTS = 'subscription { eventsAppended(sessionId: "ses_x") { lastSeq } }'

test('[L4] its follower leaves with the 406', async () => {
  const schema = buildSchema()
  const principal = { kind: 'device', ownerId: 'own_x', deviceId: 'dev_x', deviceName: 'phone' }
  const following = new Set<object>()
  const http = createHttp({
    ...{ schema, documents: createDocuments(schema, { maxTokens: 6000 }), trusted: { require: () => {} }, pages: '.' },
    parts: { publicUrl: null } as YogaOptions['parts'],
    rates: { identify: async () => ({ principal, tokenHash: 'x' }) } as unknown as YogaOptions['rates'],
    feeds: {
      has: () => true,
      follow: async () => {
        const one = {}
        following.add(one)
        return () => void following.delete(one)
      },
      close: async () => {},
    },
    ...{ log: () => {}, stopping: new AbortController().signal },
  })
  const ask = (accept: string) =>
    http.fetch('http://desk.example/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify({ query: EVENTS }),
    })
  expect([(await ask('application/json')).status, following.size]).toEqual([406, 0])
  const stream = await ask('text/event-stream')
  expect([stream.status, following.size]).toEqual([200, 1])
  const reader = stream.body?.getReader()
  await reader?.read()
  await reader?.cancel()
  expect(following.size).toBe(0)
})
