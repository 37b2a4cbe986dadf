/** Who governs: enterprises, their organisations, who belongs to one, what each has decreed, and the tokens by which admins act. */
import { sql } from 'drizzle-orm'
import { index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { digest, instant } from './columns.ts'
import { owner } from './people.ts'

/** A roof over organisations. A personal server has none. */
export const enterprise = pgTable('enterprise', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  createdAt: instant('created_at').notNull().default(sql`now()`),
})

/** `legal_hold_since` freezes every deletion of what its people published and of its audit; the triggers of the audit look at it too. */
export const organisation = pgTable(
  'organisation',
  {
    id: text('id').primaryKey(),
    enterpriseId: text('enterprise_id').references(() => enterprise.id),
    name: text('name').notNull(),
    createdAt: instant('created_at').notNull().default(sql`now()`),
    legalHoldSince: instant('legal_hold_since'),
    legalHoldBy: text('legal_hold_by'),
  },
  (t) => [index('organisation_enterprise').on(t.enterpriseId)],
)

/** A person belongs to one organisation or to none: two masters would need a rule for which of them may see the audit. */
export const membership = pgTable(
  'membership',
  {
    ownerId: text('owner_id')
      .primaryKey()
      .references(() => owner.id),
    organisationId: text('organisation_id')
      .notNull()
      .references(() => organisation.id),
    since: instant('since').notNull().default(sql`now()`),
    addedBy: text('added_by').notNull(),
  },
  (t) => [index('membership_organisation').on(t.organisationId)],
)

/** Every version that ever stood, of an enterprise or an organisation (`scope_id`). The highest stands; none is changed or removed. */
export const policyDocument = pgTable(
  'policy_document',
  {
    scopeId: text('scope_id').notNull(),
    version: integer('version').notNull(),
    document: text('document').notNull(),
    digest: digest('digest').notNull(),
    note: text('note'),
    createdAt: instant('created_at').notNull().default(sql`now()`),
    createdBy: text('created_by').notNull(),
  },
  (t) => [primaryKey({ columns: [t.scopeId, t.version] })],
)

/**
 * A script of an admin, kept as a hash (F6). `scope_id` is an enterprise, an organisation, or null for the whole server; `scopes` are words
 * separated by spaces. Dead after `expires_at` or from `revoked_at` on. `made_by` is the token that made it, null for one of a person's script: what a revoked
 * token has made ends with it (docs/decisions/0027).
 */
export const adminToken = pgTable(
  'admin_token',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    tokenHash: text('token_hash').notNull().unique(),
    scopeId: text('scope_id'),
    scopes: text('scopes').notNull(),
    createdAt: instant('created_at').notNull().default(sql`now()`),
    createdBy: text('created_by').notNull(),
    madeBy: text('made_by'),
    expiresAt: instant('expires_at').notNull(),
    lastUsedAt: instant('last_used_at'),
    revokedAt: instant('revoked_at'),
  },
  (t) => [index('admin_token_scope').on(t.scopeId), index('admin_token_made_by').on(t.madeBy)],
)
