/** Passkeys that vouch for devices: their public halves, where they are pinned, and what one must sign next. */
import { sql } from 'drizzle-orm'
import { boolean, index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { instant } from './columns.ts'
import { device, host, owner } from './people.ts'

/**
 * `id` is the credential's own, which is no secret: whoever is to be asked must be told it. `public_key` is the COSE key in base64url, `origin` the page on
 * which it was made. It vouches for `device_id` alone, and at a host only once that host has pinned it.
 */
export const passkey = pgTable(
  'passkey',
  {
    id: text('id').primaryKey(),
    ownerId: text('owner_id')
      .notNull()
      .references(() => owner.id),
    deviceId: text('device_id')
      .notNull()
      .references(() => device.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    publicKey: text('public_key').notNull(),
    origin: text('origin').notNull(),
    /** Its maker may copy it to other machines of the same person. */
    isSynced: boolean('is_synced').notNull(),
    createdAt: instant('created_at').notNull().default(sql`now()`),
    lastUsedAt: instant('last_used_at'),
  },
  (t) => [index('passkey_device').on(t.deviceId), index('passkey_owner').on(t.ownerId)],
)

/** Which hosts have pinned which passkey, as the hosts said. */
export const passkeyHost = pgTable(
  'passkey_host',
  {
    passkeyId: text('passkey_id')
      .notNull()
      .references(() => passkey.id, { onDelete: 'cascade' }),
    hostId: text('host_id')
      .notNull()
      .references(() => host.id, { onDelete: 'cascade' }),
    pinnedAt: instant('pinned_at').notNull().default(sql`now()`),
  },
  (t) => [primaryKey({ columns: [t.passkeyId, t.hostId] }), index('passkey_host_host').on(t.hostId)],
)

/** What an authenticator must sign to make a passkey, or to sign in with one. Single use is made by the conditional update that sets `used_at`. */
export const passkeyChallenge = pgTable(
  'passkey_challenge',
  {
    challengeHash: text('challenge_hash').primaryKey(),
    /** Null for a sign-in: who it is, the passkey says. */
    deviceId: text('device_id').references(() => device.id, { onDelete: 'cascade' }),
    origin: text('origin').notNull(),
    expiresAt: instant('expires_at').notNull(),
    usedAt: instant('used_at'),
  },
  (t) => [index('passkey_challenge_expiry').on(t.expiresAt)],
)
