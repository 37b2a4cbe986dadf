import fc from 'fast-check'
import { getOperationAST, isObjectType, parse, print, validate } from 'graphql'
import { expect, it } from 'vitest'
import { EventFields } from '../../../pwa/features/transcript/event-fields.ts'
import { graphql as pageGraphql } from '../../../pwa/graphql/graphql.ts'
import { fragmentsOf } from '../../../server/graphql/compiled/operation.ts'
import { compileSelection } from '../../../server/graphql/compiled/selection.ts'
import { answerBytes, answerText } from '../../../server/graphql/compiled/written.ts'
import type { Context } from '../../../server/graphql/context.ts'
import { showEvent } from '../../../server/graphql/events/event.ts'
import { EventEdge } from '../../../server/graphql/events/unread.ts'
import { buildSchema } from '../../../server/graphql/schema.ts'
import { type EventKind, knownEventKinds, readEvent } from '../../../server/store/event-kinds.ts'
import type { EventRow } from '../../../server/store/events.ts'
import { writtenKinds } from '../../../server/store/literals.ts'

const schema = buildSchema()
const key = { ownerId: 'own_1', hostId: 'hst_1', sessionId: 'ses_1' }
const device = { principal: { kind: 'device', ownerId: 'own_1' } } as unknown as Context

const asPage = print(
  pageGraphql(
    `query Page { session(id: "x") { events(last: 9) { edges { node { ...TranscriptEvent } } pageInfo { hasPreviousPage } } } }`,
    [EventFields],
  ),
)
const others = [
  `{ session(id: "x") { events { edges { cursor node { digest receivedAt seq other: id __typename ... on AgentText { text } } } } } }`,
  `{ session(id: "x") { events { edges { node { ... on AgentText { b: textBody { size } a: text text } ... on ToolCallChanged { endedWithTurn rawOutput content { type } } } } } } }`,
  `{ session(id: "x") { events { edges { one: node { seq } two: node { ... on Tombstone { reason } at } } } } }`,
]

/** How a page of these rows is written: spliced, and by reading every one of them. */
function both(text: string, rows: readonly EventRow[], context = device) {
  const document = parse(text)
  expect(validate(schema, document)).toEqual([])
  const operation = getOperationAST(document)
  const session = operation?.selectionSet.selections[0]
  const events = session?.kind === 'Field' ? session.selectionSet?.selections[0] : undefined
  const type = schema.getType('EventConnection')
  if (!operation || events?.kind !== 'Field' || !events.selectionSet || !isObjectType(type)) throw new Error('no page')
  const given = { schema, operation, fragments: fragmentsOf(document), resolves: true }
  const show = compileSelection(given, type, [events.selectionSet])
  const pageInfo = { hasPreviousPage: false, hasNextPage: false, startCursor: null, endCursor: null }
  let reads = 0
  const counted = (row: EventRow) => {
    reads++
    return showEvent(row, key)
  }
  const edges = rows.map((row) => new EventEdge(row, key, counted))
  const plain = rows.map((row) => ({ cursor: String(row.seq), node: showEvent(row, key) }))
  const page = (of: readonly unknown[]) => {
    const answer = { data: { events: show?.({ edges: of, pageInfo }, context, {}) } }
    const text = answerText(answer)
    expect(String(answerBytes(answer))).toBe(text)
    return text
  }
  const spliced = page(edges)
  const readAtOnce = reads
  return { spliced, slow: page(plain), reads: readAtOnce }
}

/** As any text comes out of a database: it was UTF-8 there. */
const kept = (text: string): string => Buffer.from(text).toString()

let last = 0
const row = (kind: string, payload: EventRow['payload'], format: EventRow['format'] = 'json'): EventRow => ({
  ...{ sessionId: key.sessionId, seq: ++last, epoch: 1, kind, format, digest: 'ab'.repeat(32) },
  payload: typeof payload === 'string' ? kept(payload) : payload,
  ...{ at: new Date(1_700_000_000_123), receivedAt: new Date(1_700_000_001_000) },
})

const words = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({
    unit: fc.constantFrom('"', '\\', '/', '\n', '\u2028', '\u007f', '\u001e', '\ud800', 'é', '🂡', 'a'),
    maxLength: 60,
  }),
  fc.constantFrom('', 'x'.repeat(256), 'x'.repeat(257), '"'.repeat(200), 'y'.repeat(1024), 'y'.repeat(1025)),
)
const value = fc.oneof(
  { weight: 6, arbitrary: words },
  { weight: 3, arbitrary: fc.constant(null) },
  fc.boolean(),
  fc.integer(),
)
const FIELDS: Record<string, readonly string[]> = {
  UserText: ['messageId', 'text', 'textBody'],
  AgentText: ['messageId', 'text', 'textBody'],
  AgentThought: ['messageId', 'text', 'textBody'],
  NoticeShown: ['severity', 'title', 'description'],
  CompactionChanged: ['compactionId', 'status', 'summary', 'error'],
  Tombstone: ['reason', 'replacedKind'],
  TitleChanged: ['title'],
  TurnStarted: ['turnId', 'promptId'],
  ToolCallChanged: [
    'toolCallId',
    'title',
    'name',
    'kind',
    'status',
    'content',
    'locations',
    'rawInput',
    'rawInputBody',
    'rawOutput',
    'rawOutputBody',
    'endedWithTurn',
  ],
}
const body = { digest: 'cd'.repeat(32), mediaType: 'text/plain', size: 9 }
const contents = fc.constantFrom(...Object.entries(FIELDS)).chain(([kind, names]) =>
  fc.record({
    kind: fc.constant(kind),
    content: fc.record(
      Object.fromEntries(
        names.map((name) => [name, name.endsWith('Body') ? fc.oneof(fc.constant(null), fc.constant(body)) : value]),
      ),
    ),
  }),
)
/** As the server stores it; what it would refuse, as somebody else could have stored it. */
const storedText = (kind: string, content: unknown): string => {
  const read = readEvent(kind as EventKind, content)
  return JSON.stringify('value' in read ? read.value.value : content)
}
const changed = (text: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant(text) },
    fc
      .tuple(
        fc.nat({ max: text.length }),
        fc.nat({ max: 4 }),
        fc.constantFrom(
          '',
          ' ',
          '"',
          '\\',
          '\n',
          '\0',
          '\\u0041',
          '\\/',
          '\\u001f',
          '\ud800',
          ',"x":1',
          '"},{"a":"',
          ']}}}',
          'null',
          '\\"',
        ),
      )
      .map(([at, less, more]) => text.slice(0, at) + more + text.slice(at + less)),
    fc.constant(text.replace('{', '{"__proto__":null,')),
    fc.constant(`${text} `),
    fc.constant(text.replace(/\}$/, ',"text":"again"}')),
    fc.constant(text.replaceAll('"text":"', '"text": "')),
  )
const rows = fc.oneof(
  contents.chain(({ kind, content }) => changed(storedText(kind, content)).map((text) => row(kind, text))),
  fc.tuple(fc.constantFrom(...knownEventKinds, 'NobodyKnows'), fc.json()).map(([kind, text]) => row(kind, text)),
  fc.tuple(fc.constantFrom(...knownEventKinds), fc.uint8Array()).map(([kind, bytes]) => row(kind, bytes)),
  contents.map(({ kind, content }) => row(kind, storedText(kind, content), 'other')),
)

it('[E9, T8] a page is byte for byte what reading each event would give, whatever is stored', () => {
  fc.assert(
    fc.property(fc.array(rows, { minLength: 1, maxLength: 6 }), fc.constantFrom(asPage, ...others), (page, text) => {
      const { spliced, slow } = both(text, page)
      expect(spliced).toBe(slow)
      JSON.parse(spliced)
    }),
    { numRuns: 800 },
  )
})

it('[B3] what this server has stored of the common kinds is not read again', () => {
  expect(Object.keys(FIELDS).sort()).toEqual([...writtenKinds].sort())
  const text = 'He said "no"\n\tand \\ left.\r\b\f é 🂡'
  const contents: Record<string, unknown> = {
    ...{
      UserText: { messageId: 'm', text },
      AgentText: { messageId: 'm', text },
      AgentThought: { messageId: 'm', text },
    },
    NoticeShown: { severity: 'info', title: text, description: null },
    CompactionChanged: { compactionId: 'c', status: 's', summary: text },
    Tombstone: { reason: text, replacedKind: 'AgentText' },
    ...{ TitleChanged: { title: text }, TurnStarted: { turnId: 't', promptId: 'p' } },
    ToolCallChanged: { toolCallId: 'c', title: text, status: 'done', rawOutput: text, endedWithTurn: true },
  }
  const page = Object.entries(contents).map(([kind, content]) => row(kind, storedText(kind, content)))
  for (const asked of [asPage, ...others]) {
    const { spliced, slow, reads } = both(asked, page)
    expect(spliced).toBe(slow)
    expect(reads).toBe(0)
  }
})

it('[T1] nobody is shown what is stored of another’s session', () => {
  const stranger = { principal: { kind: 'device', ownerId: 'own_2' } } as unknown as Context
  const page = [row('AgentText', storedText('AgentText', { messageId: 'm', text: 'secret' }))]
  expect(both(asPage, page).spliced).toContain('secret')
  expect(() => both(asPage, page, stranger)).toThrow()
})
