/** Events and the large contents they refer to. Envelope in columns, payload in bytes (E9). */
import { sql } from 'drizzle-orm'
import { index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { bytes, digest, instant } from './columns.ts'
import { session } from './sessions.ts'

/**
 * What the host published, numbered by it, never changed here. The primary key makes a number single; `digest` tells a
 * repetition from a conflict (E2). `format` says how to read `payload`: `json` is the input of that kind, `other` is a kind
 * this server does not know, as `{json, jsonBody}`; a sealed format is one more word, no migration. Owned through its session, whose row is held
 * by whatever statement writes events and is never removed: a foreign key would look it up again for each of them (docs/decisions/0025-no-key-on-events.md).
 */
export const event = pgTable(
  'event',
  {
    sessionId: text('session_id').notNull(),
    seq: integer('seq').notNull(),
    epoch: integer('epoch').notNull(),
    at: instant('at').notNull(),
    receivedAt: instant('received_at').notNull().default(sql`now()`),
    kind: text('kind').notNull(),
    digest: digest('digest').notNull(),
    format: text('format').notNull(),
    payload: bytes('payload').notNull(),
  },
  (t) => [primaryKey({ columns: [t.sessionId, t.seq] })],
)

/**
 * A content above 64 KB, addressed by its SHA-256 inside one session. Incomplete until `completed_at`, which is set only
 * after the whole has been hashed; nothing may refer to it before (E6). Owned through its session.
 */
export const body = pgTable(
  'body',
  {
    sessionId: text('session_id')
      .notNull()
      .references(() => session.id, { onDelete: 'cascade' }),
    digest: digest('digest').notNull(),
    mediaType: text('media_type').notNull(),
    size: integer('size').notNull(),
    receivedBytes: integer('received_bytes').notNull().default(0),
    createdAt: instant('created_at').notNull().default(sql`now()`),
    completedAt: instant('completed_at'),
  },
  (t) => [primaryKey({ columns: [t.sessionId, t.digest] }), index('body_incomplete').on(t.completedAt, t.createdAt)],
)

/** The bytes of a body, in the pieces they came in; the first starts at 0 and each at the end of the one before. */
export const bodyChunk = pgTable(
  'body_chunk',
  {
    sessionId: text('session_id')
      .notNull()
      .references(() => session.id, { onDelete: 'cascade' }),
    digest: digest('digest').notNull(),
    start: integer('start').notNull(),
    bytes: bytes('bytes').notNull(),
  },
  (t) => [primaryKey({ columns: [t.sessionId, t.digest, t.start] })],
)
