/** Single sign-on of organisations (OpenID Connect): where people of one sign in, who they are there, flows under way. No secret of a client is kept here. */
import { sql } from 'drizzle-orm'
import { boolean, index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { digest, instant } from './columns.ts'
import { organisation } from './organisations.ts'
import { device, owner } from './people.ts'

/**
 * The one provider of an organisation. `issuer` is as the provider spells it. `create_persons` null: only while nobody is provisioned there. `required_claims` is JSON:
 * names and values that an id token must carry.
 */
export const oidcConnection = pgTable('oidc_connection', {
  organisationId: text('organisation_id')
    .primaryKey()
    .references(() => organisation.id),
  /** What people type; unique on this server. */
  handle: text('handle').notNull().unique(),
  issuer: text('issuer').notNull(),
  clientId: text('client_id').notNull(),
  createPersons: boolean('create_persons'),
  externalIdClaim: text('external_id_claim', { enum: ['SUB', 'OID'] }).notNull(),
  requiredClaims: text('required_claims').notNull().default('[]'),
  createdAt: instant('created_at').notNull().default(sql`now()`),
  updatedAt: instant('updated_at').notNull().default(sql`now()`),
  updatedBy: text('updated_by').notNull(),
})

/**
 * One sign-in under way. Only hashes of what the browser holds: `state_hash` of what goes through the provider, `binding_hash` of what never leaves the page. `salt` and
 * the state together make nonce and PKCE verifier, so that neither this row nor an address line is worth anything alone. Single use by the conditional update that sets `used_at`.
 */
export const oidcFlow = pgTable(
  'oidc_flow',
  {
    stateHash: text('state_hash').primaryKey(),
    bindingHash: digest('binding_hash').notNull(),
    salt: text('salt').notNull(),
    organisationId: text('organisation_id')
      .notNull()
      .references(() => organisation.id),
    issuer: text('issuer').notNull(),
    clientId: text('client_id').notNull(),
    redirectUri: text('redirect_uri').notNull(),
    /** The provider was told to ask the person again, and must say that it did. */
    isFresh: boolean('is_fresh').notNull(),
    expiresAt: instant('expires_at').notNull(),
    usedAt: instant('used_at'),
  },
  (t) => [index('oidc_flow_expiry').on(t.expiresAt)],
)

/** Who somebody at a provider is here. By issuer and subject alone; an address or a name never says who a person is. */
export const oidcIdentity = pgTable(
  'oidc_identity',
  {
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    ownerId: text('owner_id')
      .notNull()
      .references(() => owner.id),
    organisationId: text('organisation_id')
      .notNull()
      .references(() => organisation.id),
    /** The person was made by their first sign-in there: they end with their membership. */
    isMadeHere: boolean('is_made_here').notNull(),
    linkedAt: instant('linked_at').notNull().default(sql`now()`),
    lastSignInAt: instant('last_sign_in_at'),
  },
  (t) => [primaryKey({ columns: [t.issuer, t.subject] }), index('oidc_identity_owner').on(t.ownerId)],
)

/** Devices that came by a sign-in: they end when their person leaves that organisation, or it its provider. */
export const oidcDevice = pgTable(
  'oidc_device',
  {
    deviceId: text('device_id')
      .primaryKey()
      .references(() => device.id, { onDelete: 'cascade' }),
    ownerId: text('owner_id')
      .notNull()
      .references(() => owner.id),
    organisationId: text('organisation_id')
      .notNull()
      .references(() => organisation.id),
    issuer: text('issuer').notNull(),
    at: instant('at').notNull().default(sql`now()`),
    /** When its person last showed themselves there anew; a sign-in that the provider may have done silently leaves it as it was. */
    freshAt: instant('fresh_at'),
  },
  (t) => [index('oidc_device_organisation').on(t.organisationId, t.ownerId)],
)
