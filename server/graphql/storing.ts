/** Large contents on their way in: from the host, or from a device that attaches a file (E6). */
import { write } from '../live/write.ts'
import { requirePublishing, requireRung } from '../policy/allowance.ts'
import { putChunk, type Stored } from '../store/bodies.ts'
import { limits } from '../store/limits.ts'
import { notFound, refuse } from '../store/refused.ts'
import { findSession, type SessionRow } from '../store/sessions.ts'
import { isWellFormed } from '../store/well-formed.ts'
import { builder, partOf } from './builder.ts'
import type { Context } from './context.ts'
import { ownerOf, sessionOf } from './who.ts'

const StoredBody = builder.objectRef<Stored>('StoredBody').implement({
  extensions: partOf('Session'),
  fields: (t) => ({
    digest: t.expose('digest', { type: 'Digest' }),
    receivedBytes: t.exposeInt('receivedBytes'),
    complete: t.exposeBoolean('complete'),
  }),
})

const PutBodyInput = builder.inputType('PutBodyInput', {
  fields: (t) => ({
    sessionId: t.id({ required: true }),
    digest: t.field({ type: 'Digest', required: true }),
    mediaType: t.string({ required: true }),
    size: t.int({ required: true }),
    offset: t.int({ required: true }),
    chunk: t.string({ required: true }),
  }),
})

type Input = (typeof PutBodyInput)['$inferInput']

function parseChunk({ mediaType, size, offset, chunk }: Input): Uint8Array {
  const tooLarge = (what: string, limit: number) => refuse('TOO_LARGE', what, { numbers: { limit } })
  if (size > limits.maxBodyBytes) throw tooLarge('A content has at most 32 MiB.', limits.maxBodyBytes)
  if (size < 0 || offset < 0) throw refuse('BAD_INPUT', 'Size and offset are not negative.')
  if (chunk.length > Math.ceil(limits.maxChunkBytes / 3) * 4)
    throw tooLarge('A chunk has at most 1 MiB.', limits.maxChunkBytes)
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(chunk) || chunk.length % 4 !== 0)
    throw refuse('BAD_INPUT', 'A chunk is padded base64.')
  if (mediaType === '' || mediaType.length > 256 || !isWellFormed(mediaType))
    throw refuse('BAD_INPUT', 'The media type is none.')
  return Buffer.from(chunk, 'base64')
}

/** The session's own credential, or a device that may prompt there: an attachment is part of a prompt. */
async function writable(context: Context, sessionId: string): Promise<SessionRow> {
  if (context.principal.kind === 'session') {
    sessionOf(context, sessionId)
    requirePublishing(await context.stands())
  }
  const session = await context.database.read((tx) => findSession(tx, ownerOf(context), sessionId))
  if (!session) throw notFound('session')
  if (context.principal.kind === 'device') requireRung(await context.allowed(session), 'STEER', 'Attaching a file')
  return session
}

builder.mutationField('putBody', (t) =>
  t.field({
    type: StoredBody,
    description: 'Resending a chunk is harmless. receivedBytes says where to go on.',
    authScopes: { is: ['session', 'device'] },
    args: { input: t.arg({ type: PutBodyInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const bytes = parseChunk(input)
      const { sessionId, digest, mediaType, size, offset } = input
      await writable(context, sessionId)
      const stored = await write(context, (tx) => putChunk(tx, { sessionId, digest, mediaType, size, offset, bytes }))
      if (stored.mismatch)
        throw refuse('BODY_MISMATCH', 'The content does not have this digest; what came was dropped. Put it again.', {
          rule: 'E6: a body is addressed by its SHA-256',
          level: 'server',
        })
      return stored
    },
  }),
)
