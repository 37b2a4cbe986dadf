/** The handshake that makes a stranger a device or a host (docs/protocol.md §6). */
import { sql } from 'drizzle-orm'
import { index, pgTable, text } from 'drizzle-orm/pg-core'
import { digest, instant } from './columns.ts'
import { owner } from './people.ts'

/**
 * OPEN → CLAIMED → JOINED → REVEALED → CONFIRMED, or REFUSED from any of them; EXPIRED is derived from `expires_at`.
 * Every step is one conditional update on `state`: of two claims of one code, one changes a row and the other does not.
 * `owner_id` is null only while a new host waits for the person who will own it.
 */
export const pairing = pgTable(
  'pairing',
  {
    id: text('id').primaryKey(),
    ownerId: text('owner_id').references(() => owner.id),
    purpose: text('purpose', { enum: ['PAIR_DEVICE', 'ENROL_HOST'] }).notNull(),
    state: text('state', { enum: ['OPEN', 'CLAIMED', 'JOINED', 'REVEALED', 'CONFIRMED', 'REFUSED'] }).notNull(),
    codeHash: text('code_hash').notNull().unique(),
    commitment: digest('commitment').notNull(),
    openerPublicKey: text('opener_public_key').notNull(),
    openerName: text('opener_name').notNull(),
    openerNonce: text('opener_nonce'),
    openerTokenHash: text('opener_token_hash').unique(),
    joinerPublicKey: text('joiner_public_key'),
    joinerName: text('joiner_name'),
    joinerNonce: text('joiner_nonce'),
    mac: text('mac'),
    rung: text('rung', { enum: ['VIEW', 'ANSWER', 'STEER', 'FULL'] }).notNull(),
    sessionId: text('session_id'),
    hostId: text('host_id'),
    deviceId: text('device_id'),
    tokenHash: text('token_hash').unique(),
    platform: text('platform'),
    /** Of the peer that asked to be let in, as the limits count it: shown to whoever is asked to consent. */
    openerAddress: text('opener_address'),
    createdAt: instant('created_at').notNull().default(sql`now()`),
    expiresAt: instant('expires_at').notNull(),
  },
  (t) => [index('pairing_owner').on(t.ownerId), index('pairing_expiry').on(t.expiresAt)],
)
