/** Short-lived credentials of hosts, the challenges they answer, the setup code, and the counting of wrong tries. */
import { sql } from 'drizzle-orm'
import { bigserial, index, pgTable, text } from 'drizzle-orm/pg-core'
import { instant } from './columns.ts'
import { host, owner } from './people.ts'

/** A host's bearer token, hashed. Good for one session, or with none for the host itself; dead after `expires_at`. */
export const credential = pgTable(
  'credential',
  {
    tokenHash: text('token_hash').primaryKey(),
    ownerId: text('owner_id')
      .notNull()
      .references(() => owner.id),
    hostId: text('host_id')
      .notNull()
      .references(() => host.id, { onDelete: 'cascade' }),
    sessionId: text('session_id'),
    expiresAt: instant('expires_at').notNull(),
  },
  (t) => [index('credential_host').on(t.hostId), index('credential_expiry').on(t.expiresAt)],
)

/** What a host must sign next. Single use is made by the conditional update that sets `used_at`. */
export const challenge = pgTable(
  'challenge',
  {
    nonceHash: text('nonce_hash').primaryKey(),
    hostId: text('host_id').notNull(),
    expiresAt: instant('expires_at').notNull(),
    usedAt: instant('used_at'),
  },
  (t) => [index('challenge_expiry').on(t.expiresAt)],
)

/** The one-time code that enrols the first host. Used once by the conditional update that sets `used_at`. */
export const setupCode = pgTable('setup_code', {
  codeHash: text('code_hash').primaryKey(),
  createdAt: instant('created_at').notNull().default(sql`now()`),
  usedAt: instant('used_at'),
  /** Of one that was asked for at the machine of a server that somebody owns; the others stand until one is used. */
  expiresAt: instant('expires_at'),
})

/** Wrong tries by kind and address. Kept here, so that limits hold across processes and restarts. */
export const attempt = pgTable(
  'attempt',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    kind: text('kind').notNull(),
    address: text('address').notNull(),
    at: instant('at').notNull().default(sql`now()`),
  },
  (t) => [index('attempt_kind_at').on(t.kind, t.at), index('attempt_kind_address_at').on(t.kind, t.address, t.at)],
)
