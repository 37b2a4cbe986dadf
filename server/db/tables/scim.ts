/** What an identity provider has provisioned (SCIM 2.0): people and groups under its own names. Knows no protocol. */
import { sql } from 'drizzle-orm'
import { boolean, index, integer, pgTable, text, unique } from 'drizzle-orm/pg-core'
import { instant } from './columns.ts'
import { organisation } from './organisations.ts'
import { owner } from './people.ts'

/**
 * A person as a provider knows them. `scope_id` is the enterprise or organisation whose provider it is, empty for the whole server: names are unique in it.
 * `active` false keeps the person out until it is true again; what was revoked by it stays revoked. `data` is what else the provider says, as JSON.
 */
export const scimUser = pgTable(
  'scim_user',
  {
    id: text('id').primaryKey(),
    scopeId: text('scope_id').notNull(),
    ownerId: text('owner_id')
      .notNull()
      .unique()
      .references(() => owner.id),
    userName: text('user_name').notNull(),
    /** Compared without case (RFC 7643 §4.1.1). */
    userNameKey: text('user_name_key').notNull(),
    externalId: text('external_id'),
    active: boolean('active').notNull().default(true),
    /** The person was here before: the provider knows them and did not make them, and does not sign them in. */
    isLinked: boolean('is_linked').notNull().default(false),
    /** An admin has let them go since, who were here before: until they are brought under its place again the provider ends nothing of theirs. */
    isLetGo: boolean('is_let_go').notNull().default(false),
    data: text('data').notNull(),
    version: integer('version').notNull().default(1),
    createdAt: instant('created_at').notNull().default(sql`now()`),
    updatedAt: instant('updated_at').notNull().default(sql`now()`),
  },
  (t) => [
    unique('scim_user_name').on(t.scopeId, t.userNameKey),
    index('scim_user_external').on(t.scopeId, t.externalId),
  ],
)

/** A provider's group is an organisation; its members are the organisation's. */
export const scimGroup = pgTable(
  'scim_group',
  {
    organisationId: text('organisation_id')
      .primaryKey()
      .references(() => organisation.id),
    scopeId: text('scope_id').notNull(),
    externalId: text('external_id'),
    version: integer('version').notNull().default(1),
    createdAt: instant('created_at').notNull().default(sql`now()`),
    updatedAt: instant('updated_at').notNull().default(sql`now()`),
  },
  (t) => [index('scim_group_scope').on(t.scopeId)],
)
