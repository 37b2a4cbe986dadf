/** A session's transcript and its large contents, by window and by piece. */
import { type BodyRow, findBody, readBody } from '../store/bodies.ts'
import { listEvents } from '../store/events.ts'
import { limits } from '../store/limits.ts'
import { refuse } from '../store/refused.ts'
import { builder, partOf } from './builder.ts'
import { Event, showEvent } from './events/event.ts'
import { parseNumber, parsePage, readWindow } from './pages.ts'
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

builder.objectFields(Session, (t) => ({
  events: t.connection(
    {
      type: Event,
      description: 'Cursors are sequence numbers in decimal.',
      resolve: async (row, args, context) => {
        const page = parsePage(args, parseNumber)
        const read = (wanted: typeof page) => context.database.read((tx) => listEvents(tx, row.id, wanted))
        const { edges, pageInfo } = await readWindow(page, read, (event) => String(event.seq))
        const key = sessionKey(row)
        return { edges: edges.map(({ cursor, node }) => ({ cursor, node: showEvent(node, key) })), pageInfo }
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
