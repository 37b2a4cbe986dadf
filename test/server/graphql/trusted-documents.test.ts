/** [G4] A built server takes of pages and hosts what the build has found in them; operations of one's own need a credential that was issued to a script or an admin. */
import { formatDocument, stringifyDocument } from '@urql/core'
import { getIntrospectionQuery, type OperationDefinitionNode, parse, print, validate } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
// @ts-expect-error plain JavaScript, for the build runs it
import { ownDocuments } from '../../../agent-cli/launch/documents.mjs'
import { PollCommands } from '../../../agent-cli/remote/host-operations.ts'
import { PolicyDocument } from '../../../pwa/features/policy/policy.ts'
import { SessionsChangedDocument } from '../../../pwa/features/sessions/session-row.ts'
import { buildSchema } from '../../../server/graphql/schema.ts'
import { hashOfDocument, hashOfText } from '../../../server/graphql/trusted-documents.ts'
import { createGoverned, type Governed } from '../../kit/governed.ts'
import { startServer, type TestServer } from '../../kit/server.ts'
import { createSubscriber } from '../../kit/subscriber.ts'

const own: string[] = ownDocuments()
/** As urql sends it. */
const sentByPage = (document: object): string => stringifyDocument(formatDocument(document as never) as never)
const nameOf = (text: string) => (parse(text).definitions[0] as OperationDefinitionNode).name?.value

describe('what the build finds', () => {
  test('is good for this schema, each operation with its fragments', () => {
    const schema = buildSchema()
    for (const text of own) {
      const found = validate(schema, parse(text)).filter(({ message }) => !message.includes('@_unmask'))
      expect(found, nameOf(text)).toEqual([])
    }
    expect(own.map(nameOf)).toEqual(
      expect.arrayContaining(['EventsAppended', 'PushEvents', 'SendPrompt', 'ClaimPairing']),
    )
  })

  test('is what page and host really send, whatever their libraries add', () => {
    const hashes = own.map((text) => hashOfDocument(parse(text)))
    for (const document of [PolicyDocument, SessionsChangedDocument])
      expect(hashes).toContain(hashOfDocument(parse(sentByPage(document))))
    expect(hashes).toContain(hashOfDocument(parse(print(PollCommands as Parameters<typeof print>[0]))))
  })

  test('is known by what it asks: one more field, another argument or another fragment is another operation', () => {
    const known = hashOfDocument(parse('query A { policy { ...F } } fragment F on Policy { version }'))
    const same =
      'fragment F on Policy { __typename version }\nquery A {\n  policy { ...F __typename } # said otherwise\n}'
    expect(hashOfDocument(parse(same))).toBe(known)
    for (const other of [
      'query A { policy { ...F updatedAt } } fragment F on Policy { version }',
      'query A { policy { ...F } } fragment F on Policy { version updatedAt }',
      'query A { policy { ...F } viewer { id } } fragment F on Policy { version }',
      'query A { policy { ...F @skip(if: false) } } fragment F on Policy { version }',
    ])
      expect(hashOfDocument(parse(other))).not.toBe(known)
  })
})

describe('a built server', () => {
  /** Shares the database of one that takes everything: what is being tested is the policy alone. */
  let server: TestServer
  let open: TestServer
  let ann: Governed
  let script: string
  beforeAll(async () => {
    open = await startServer()
    ann = await createGoverned(open)
    const { addScript } = await open.gql<{ addScript: { token: string } }>(
      ann.host.token,
      'mutation($h: ID!) { addScript(input: {hostId: $h, name: "s", rung: VIEW}) { token } }',
      { h: ann.host.id },
    )
    script = addScript.token
    server = await startServer({ database: open.database, documents: own.map(hashOfText) })
  })
  afterAll(async () => {
    await server?.close()
    await open?.close()
  })

  const POLICY = sentByPage(PolicyDocument)
  const LIST = sentByPage(SessionsChangedDocument)
  type At = TestServer
  /** The code of its first error, or 'taken'; over each road. */
  const posted = (at: At, path: string, accept: string) => async (token: string | null, query: string) => {
    const headers = { 'content-type': 'application/json', accept, ...(token && { authorization: `Bearer ${token}` }) }
    const answer = await fetch(`${at.url}${path}`, { method: 'POST', headers, body: JSON.stringify({ query }) })
    const reader = answer.body?.getReader()
    let text = ''
    while (!/"(errors|data)"/.test(text)) {
      const { value, done } = (await reader?.read()) ?? { done: true, value: undefined }
      if (done) break
      text += new TextDecoder().decode(value)
    }
    await reader?.cancel()
    return /"errors":\[.*?"code":"(\w+)"/.exec(text)?.[1] ?? 'taken'
  }
  const socket = (at: At) => async (token: string | null, query: string) => {
    const one = createSubscriber(`ws://127.0.0.1:${at.port}/graphql`, token, query)
    const code = await one.next().then(
      ({ errors }) => String(errors?.[0]?.extensions?.code ?? 'taken'),
      () => one.whyEnded(),
    )
    one.close()
    return code
  }
  const roads = (at: At) =>
    [
      ['POST, straight', posted(at, '/graphql', 'application/json'), '{ policy { version } }', POLICY],
      ['POST, through yoga', posted(at, '/graphql?round', 'application/json'), '{ policy { version } }', POLICY],
      ['SSE', posted(at, '/graphql', 'text/event-stream'), 'subscription { sessionsChanged { isSnapshot } }', LIST],
      ['WebSocket', socket(at), 'subscription { sessionsChanged { isSnapshot } }', LIST],
      ['WebSocket, a query', socket(at), '{ policy { version } }', POLICY],
    ] as const

  test.each([0, 1, 2, 3, 4])('on road %i: its own for all, one’s own for scripts alone', async (index) => {
    const road = roads(server)[index]
    if (!road) throw new Error('no such road')
    const [name, asks, mine, ours] = road
    expect(await asks(ann.phone.token, ours), name).toBe('taken')
    expect(await asks(ann.phone.token, mine), name).toBe('DOCUMENT_UNKNOWN')
    expect(await asks(ann.host.token, mine), name).toBe('DOCUMENT_UNKNOWN')
    expect(await asks(script, mine), name).toBe('taken')
    expect(await asks(script, ours), name).toBe('taken')
    if (!name.startsWith('WebSocket')) expect(await asks(null, mine), name).toBe('DOCUMENT_UNKNOWN')
    // The guard is what stops it: the same, where any operation is taken.
    const [, free] = roads(open)[index] ?? []
    expect(await free?.(ann.phone.token, mine), name).toBe('taken')
  })

  test('the feed of a session’s events is for the page’s own document', async () => {
    const follow = 'subscription($id: ID!) { eventsAppended(sessionId: $id) { lastSeq events { __typename seq } } }'
    const one = createSubscriber(`ws://127.0.0.1:${server.port}/graphql`, ann.phone.token, follow, {
      id: ann.session.id,
    })
    expect(await one.whyEnded()).toBe('DOCUMENT_UNKNOWN')
    one.close()
  })

  test('introspection is a script’s and an admin’s, as is everything in docs/admin.md', async () => {
    const asks = posted(server, '/graphql', 'application/json')
    for (const token of [null, ann.phone.token, ann.host.token, ann.session.token])
      expect(await asks(token, getIntrospectionQuery())).toBe('DOCUMENT_UNKNOWN')
    for (const token of [script, ann.admin]) expect(await asks(token, getIntrospectionQuery())).toBe('taken')
  })

  test('an older page is told to load again, and a mutation it sends does nothing', async () => {
    const older = 'mutation Older($l: RemoteControl!) { setRemoteControl(level: $l) { version } }'
    const { errors } = await server.ask(ann.phone.token, older, { l: 'OFF' })
    expect(errors[0]?.message).toBe('This server does not know this operation: its asker is of another version.')
    expect(errors[0]?.extensions?.remedy).toMatch(/^Load the page again; on a workstation update offdesk\./)
    expect(await open.gql(ann.phone.token, '{ policy { remoteControl } }')).toMatchObject({
      policy: { remoteControl: 'VIEW_AND_CONTROL' },
    })
  })
})
