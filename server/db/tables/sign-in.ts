/** What a person signs in with, and the one-time links by which somebody becomes one. */
import { sql } from 'drizzle-orm'
import { bigint, boolean, index, pgTable, text } from 'drizzle-orm/pg-core'
import { instant } from './columns.ts'
import { organisation } from './organisations.ts'
import { owner } from './people.ts'

/**
 * A passkey of a person and of no device: it makes devices and vouches for no command (those of table `passkey` do). `user_handle` is what the authenticator
 * gives with it, the same for all of one person. `counter` only rises; one that falls back was copied.
 */
export const signInPasskey = pgTable(
  'sign_in_passkey',
  {
    id: text('id').primaryKey(),
    ownerId: text('owner_id')
      .notNull()
      .references(() => owner.id),
    userHandle: text('user_handle').notNull(),
    name: text('name').notNull(),
    /** The COSE key in base64url. */
    publicKey: text('public_key').notNull(),
    origin: text('origin').notNull(),
    counter: bigint('counter', { mode: 'number' }).notNull(),
    isSynced: boolean('is_synced').notNull(),
    createdAt: instant('created_at').notNull().default(sql`now()`),
    lastUsedAt: instant('last_used_at'),
  },
  (t) => [index('sign_in_passkey_owner').on(t.ownerId)],
)

/**
 * A one-time link, its code kept as a hash. OWNER makes the server's first person and is dead as soon as there is one; PERSON makes another, in `organisation_id`
 * where that is set; PASSKEY adds a passkey to `owner_id`. OPEN until `used_at`, `revoked_at` or `expires_at`, which is derived; used once by the conditional
 * update that sets `used_at`.
 */
export const invitation = pgTable(
  'invitation',
  {
    id: text('id').primaryKey(),
    kind: text('kind', { enum: ['OWNER', 'PERSON', 'PASSKEY'] }).notNull(),
    codeHash: text('code_hash').notNull().unique(),
    /** For whom, in the words of whoever made it. */
    name: text('name').notNull(),
    ownerId: text('owner_id').references(() => owner.id),
    organisationId: text('organisation_id').references(() => organisation.id),
    /** A person's id, an admin token's, or `server`. */
    createdBy: text('created_by').notNull(),
    createdByName: text('created_by_name').notNull(),
    createdAt: instant('created_at').notNull().default(sql`now()`),
    expiresAt: instant('expires_at').notNull(),
    usedAt: instant('used_at'),
    usedBy: text('used_by').references(() => owner.id),
    revokedAt: instant('revoked_at'),
  },
  (t) => [index('invitation_maker').on(t.createdBy), index('invitation_organisation').on(t.organisationId)],
)
