/** A session's transcript and its large contents, by window and by piece. */
import { type BodyRow, findBody, readBody } from '../store/bodies.ts'
import { listEvents } from '../store/events.ts'
import { limits, maxPageSize } from '../store/limits.ts'
import { refuse } from '../store/refused.ts'
import { isWellFormed } from '../store/well-formed.ts'
import { builder, partOf } from './builder.ts'
import { Event, type ShownEvent, showEvent } from './events/event.ts'
import { EventEdge } from './events/unread.ts'
import { parseNumber, parsePage, readWindow } from './pages.ts'
import { takeAhead } from './read-ahead.ts'
import { Session, sessionKey } from './session-ref.ts'

const Body = builder.objectRef<BodyRow>('Body').implement({
  extensions: partOf('Session'),
  fields: (t) => ({
    digest: t.expose('digest', { type: 'Digest' }),
    mediaType: t.exposeString('mediaType'),
    size: t.exposeInt('size'),
    chunk: t.string({
      description: 'Base64 of at most maxChunkBytes bytes from offset.',
      args: { length: t.arg.int(), offset: t.arg.int({ required: true, defaultValue: 0 }) },
      resolve: async (row, { length, offset }, context) => {
        if (offset < 0 || (length ?? 0) < 0) throw refuse('BAD_INPUT', 'Offset and length are not negative.')
        const count = Math.min(length ?? limits.maxChunkBytes, limits.maxChunkBytes)
        const bytes = await context.database.read((tx) => readBody(tx, row, offset, count))
        return Buffer.from(bytes).toString('base64')
      },
    }),
  }),
})

const EventSearch = builder.objectRef<{ events: ShownEvent[]; searchedTo: number | null }>('EventSearch').implement({
  extensions: partOf('Session'),
  fields: (t) => ({
    events: t.field({ type: [Event], description: 'Newest first.', resolve: ({ events }) => events }),
    searchedTo: t.string({
      nullable: true,
      description: 'Go on with this as `before`; null when the beginning has been reached.',
      resolve: ({ searchedTo }) => (searchedTo === null ? null : String(searchedTo)),
    }),
  }),
})

builder.objectFields(Session, (t) => ({
  search: t.field({
    type: EventSearch,
    description: `Events whose texts hold these words, letters large or small. Looks at ${limits.searchEvents} events in one call; of a large content at its preview.`,
    args: {
      words: t.arg.string({ required: true }),
      before: t.arg.string(),
      limit: t.arg.int({ required: true, defaultValue: limits.pageSize }),
    },
    resolve: async (row, args, context) => {
      const words = args.words.trim()
      if (words === '' || words.length > limits.maxSearchChars || !isWellFormed(words))
        throw refuse('BAD_INPUT', `Words to search are 1 to ${limits.maxSearchChars} characters.`)
      if (args.limit < 1 || args.limit > maxPageSize)
        throw refuse('BAD_INPUT', `A search gives 1 to ${maxPageSize} events.`)
      const before = args.before == null ? null : parseNumber(args.before)
      if (args.before != null && before === null)
        throw refuse('BAD_INPUT', '`before` is a cursor: a number in decimal.')
      const sought = { sessionId: row.id, words, before, limit: args.limit }
      const { events, searchedTo } = await context.search(sought, context.signal())
      const key = sessionKey(row)
      return { events: events.map((event) => showEvent(event, key)), searchedTo }
    },
  }),
  events: t.connection(
    {
      type: Event,
      description: 'Cursors are sequence numbers in decimal.',
      resolve: async (row, args, context) => {
        const page = parsePage(args, parseNumber)
        const read = async (wanted: typeof page) =>
          takeAhead(row, page) ?? (await context.database.read((tx) => listEvents(tx, row.id, wanted)))
        const { edges, pageInfo } = await readWindow(page, read, (event) => String(event.seq))
        const key = sessionKey(row)
        return { edges: edges.map(({ node }) => new EventEdge(node, key, showEvent)), pageInfo }
      },
    },
    { name: 'EventConnection' },
    { name: 'EventEdge' },
  ),
  body: t.field({
    type: Body,
    nullable: true,
    args: { digest: t.arg({ type: 'Digest', required: true }) },
    resolve: (row, { digest }, context) => context.database.read((tx) => findBody(tx, row.id, digest)),
  }),
}))
