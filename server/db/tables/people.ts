/** Who there is: owners, their hosts and their devices. Knows no credential and no session. */
import { sql } from 'drizzle-orm'
import { boolean, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { instant } from './columns.ts'

/** One person. Everything else belongs to one, directly or through the host, device or session that it names. */
export const owner = pgTable('owner', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  createdAt: instant('created_at').notNull().default(sql`now()`),
})

/**
 * A workstation. Enrolled once by its key (the id commits to it), live while `live_until` is ahead of the database's clock,
 * revoked for good by `revoked_at`. `next_command_number` is handed out under this row's lock, so that a host's commands are
 * numbered without gaps and become visible in that order (C2): number a command without the lock and a poll can pass it by.
 */
export const host = pgTable(
  'host',
  {
    id: text('id').primaryKey(),
    ownerId: text('owner_id')
      .notNull()
      .references(() => owner.id),
    name: text('name').notNull(),
    platform: text('platform'),
    publicKey: text('public_key').notNull(),
    enrolledAt: instant('enrolled_at').notNull().default(sql`now()`),
    lastSeenAt: instant('last_seen_at'),
    liveUntil: instant('live_until'),
    revokedAt: instant('revoked_at'),
    /** Whoever enrolled it held the server's setup code: an admin's first token comes from there alone. */
    bySetupCode: boolean('by_setup_code').notNull().default(false),
    nextCommandNumber: integer('next_command_number').notNull().default(1),
  },
  (t) => [index('host_owner').on(t.ownerId)],
)

/**
 * A paired phone, browser or script. Inert until `confirmed` (the host's key press), revoked for good by `revoked_at`.
 * Its bearer token is kept as a hash only (T2).
 */
export const device = pgTable(
  'device',
  {
    id: text('id').primaryKey(),
    ownerId: text('owner_id')
      .notNull()
      .references(() => owner.id),
    name: text('name').notNull(),
    kind: text('kind', { enum: ['BROWSER', 'SCRIPT'] }).notNull(),
    publicKey: text('public_key'),
    rung: text('rung', { enum: ['VIEW', 'ANSWER', 'STEER', 'FULL'] }).notNull(),
    tokenHash: text('token_hash').notNull().unique(),
    confirmed: boolean('confirmed').notNull().default(false),
    pairedAt: instant('paired_at').notNull().default(sql`now()`),
    lastSeenAt: instant('last_seen_at'),
    /** When a passkey vouched for a command of it last: below FULL that is good for a while (policy). */
    vouchedAt: instant('vouched_at'),
    /** When its person showed last, with a passkey, that it is they who look: good for a while where policy asks for it. */
    verifiedAt: instant('verified_at'),
    /** When its person signed in on it last, and how; null for one that was only ever paired. */
    signedInAt: instant('signed_in_at'),
    signedInBy: text('signed_in_by', { enum: ['PASSKEY', 'OIDC'] }),
    /** It came by a sign-in and no host has taken it into its roster yet: it may view. The first host that does so sets the rung. */
    awaitsTrust: boolean('awaits_trust').notNull().default(false),
    /** A script's: the host at whose terminal it was made. */
    madeAtHostId: text('made_at_host_id').references(() => host.id),
    revokedAt: instant('revoked_at'),
  },
  (t) => [index('device_owner').on(t.ownerId)],
)

/** Which hosts hold which device in their roster, as the hosts said. Owned through both sides. */
export const deviceHost = pgTable(
  'device_host',
  {
    deviceId: text('device_id')
      .notNull()
      .references(() => device.id, { onDelete: 'cascade' }),
    hostId: text('host_id')
      .notNull()
      .references(() => host.id, { onDelete: 'cascade' }),
  },
  (t) => [primaryKey({ columns: [t.deviceId, t.hostId] }), index('device_host_host').on(t.hostId)],
)
