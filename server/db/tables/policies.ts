/** What an owner allows, where pushes go, and the server's own facts. */
import { sql } from 'drizzle-orm'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { instant } from './columns.ts'
import { device, owner } from './people.ts'

/**
 * What holds for an owner, worked out when something changes so that nobody has to when something is asked. `own_control` is the owner's own
 * switch; `remote_control` is what comes of it and of enterprise and organisation. `bounds` is what every request looks at, `settings` the
 * whole with where each comes from, both JSON and both null where nobody governs. No row: view and control. `version` rises with every change.
 */
export const policy = pgTable('policy', {
  ownerId: text('owner_id')
    .primaryKey()
    .references(() => owner.id),
  remoteControl: text('remote_control', { enum: ['OFF', 'VIEW', 'VIEW_AND_CONTROL'] }).notNull(),
  ownControl: text('own_control', { enum: ['OFF', 'VIEW', 'VIEW_AND_CONTROL'] })
    .notNull()
    .default('VIEW_AND_CONTROL'),
  bounds: text('bounds'),
  settings: text('settings'),
  version: integer('version').notNull().default(1),
  updatedAt: instant('updated_at').notNull().default(sql`now()`),
  updatedBy: text('updated_by'),
})

/** One Web Push subscription per device; gone with it, or when its endpoint says 404 or 410. */
export const pushSubscription = pgTable('push_subscription', {
  deviceId: text('device_id')
    .primaryKey()
    .references(() => device.id, { onDelete: 'cascade' }),
  endpoint: text('endpoint').notNull(),
  p256dh: text('p256dh').notNull(),
  auth: text('auth').notNull(),
  createdAt: instant('created_at').notNull().default(sql`now()`),
})

/** Facts of the database itself: `incarnation` (made by the first migration run, C2), keys for Web Push. */
export const serverFact = pgTable('server_fact', {
  name: text('name').primaryKey(),
  value: text('value').notNull(),
})
