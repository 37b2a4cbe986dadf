/**
 * The schema builder of every domain file: scalars, Relay lists, and who may see what. Denied by default (T1): an object type names its
 * owner rule in `authScopes` (or is `extensions: partOf('Decision')`: a value that only its owner's type can reach), a root field its
 * `authScopes`. `owner-rules.ts` refuses a schema where one is missing. Knows no domain type.
 */
import SchemaBuilder from '@pothos/core'
import RelayPlugin from '@pothos/plugin-relay'
import ScopeAuthPlugin from '@pothos/plugin-scope-auth'
import type { GraphQLError, GraphQLResolveInfo } from 'graphql'
import { type AdminPlace, reachesPlace } from '../policy/admin.ts'
import type { Principal } from '../policy/principal.ts'
import { notFound, refuse } from '../store/refused.ts'
import type { Context } from './context.ts'
import { toGraphQLError } from './refusal.ts'

/** The columns that decide who sees a session's rows: its owner's devices, its own host, its own session credential. */
export type SessionKey = { ownerId: string; hostId: string; sessionId: string }

export type Scopes = {
  /** Anyone, signed in or not. */
  public: boolean
  /** Root fields: the kinds of principal that may ask at all. */
  is: readonly Principal['kind'][]
  /** Rows of one owner: any of the owner's devices and hosts. */
  owner: string
  /** Rows of one session: any device of its owner, its own host, its own session credential. */
  session: SessionKey
  /** Rows of one host: any device of its owner, and that host alone. */
  host: { ownerId: string; hostId: string }
  /** One pairing: whoever holds its token, and its owner. */
  pairing: { pairingId: string; ownerId: string | null }
  /** What admins govern: any token of that place or of one above it. Which of its scopes is needed says the field that is asked. */
  admin: AdminPlace
}

export const builder = new SchemaBuilder<{
  Context: Context
  AuthScopes: Scopes
  DefaultFieldNullability: false
  DefaultEdgesNullability: false
  DefaultNodeNullability: false
  Scalars: {
    ID: { Input: string; Output: string }
    DateTime: { Input: Date; Output: Date }
    Digest: { Input: string; Output: string }
  }
  Connection: Record<never, never>
}>({
  plugins: [RelayPlugin, ScopeAuthPlugin],
  defaultFieldNullability: false,
  relay: {
    cursorType: 'String',
    nodeQueryOptions: false,
    nodesQueryOptions: false,
    edgesFieldOptions: { nullable: false },
    nodeFieldOptions: { nullable: false },
    pageInfoTypeOptions: { extensions: partOf('its connection') },
  },
  scopeAuth: {
    authorizeOnSubscribe: true,
    authScopes: ({ principal }) => scopesOf(principal),
    unauthorizedError: (_parent, context, info) => denied(context.principal, info),
  },
})

const scopesOf = (principal: Principal) => ({
  public: true,
  is: (kinds: Scopes['is']) => kinds.includes(principal.kind),
  owner: (ownerId: string) => owns(principal, ownerId),
  session: (row: SessionKey) => seesSession(principal, row),
  host: (row: Scopes['host']) => seesHost(principal, row),
  pairing: (row: Scopes['pairing']) => seesPairing(principal, row),
  admin: (place: AdminPlace) => governs(principal, place),
})

const owns = (principal: Principal, ownerId: string | null): boolean =>
  'ownerId' in principal && principal.ownerId === ownerId

const seesPairing = (principal: Principal, row: Scopes['pairing']): boolean =>
  (principal.kind === 'pairing' && principal.pairingId === row.pairingId) || owns(principal, row.ownerId)

const governs = (principal: Principal, place: AdminPlace): boolean =>
  principal.kind === 'admin' && reachesPlace(principal, place)

/** What scope-auth finds for a type's rule: any one of its scopes is enough. What an answer itself grants is not looked at: then false is no refusal. */
export function permits(principal: Principal, scopes: Partial<Scopes>): boolean {
  const { public: isPublic, is, owner, session, host, pairing, admin } = scopes
  // One by one and nothing made on the way: it is asked for every event of a page.
  return (
    isPublic === true ||
    is?.includes(principal.kind) === true ||
    (owner !== undefined && owns(principal, owner)) ||
    (session !== undefined && seesSession(principal, session)) ||
    (host !== undefined && seesHost(principal, host)) ||
    (pairing !== undefined && seesPairing(principal, pairing)) ||
    (admin !== undefined && governs(principal, admin))
  )
}

/** Marks a value type that holds no row of its own: whoever may see `type` may see it. */
export function partOf(type: string): { partOf: string } {
  return { partOf: type }
}

export function seesSession(principal: Principal, row: SessionKey): boolean {
  if (principal.kind === 'device') return principal.ownerId === row.ownerId
  if (principal.kind === 'host') return principal.ownerId === row.ownerId && principal.hostId === row.hostId
  return principal.kind === 'session' && principal.ownerId === row.ownerId && principal.sessionId === row.sessionId
}

function seesHost(principal: Principal, row: { ownerId: string; hostId: string }): boolean {
  if (!('ownerId' in principal) || principal.ownerId !== row.ownerId) return false
  return principal.kind === 'device' || principal.hostId === row.hostId
}

const NEEDS: Record<Principal['kind'], string> = {
  anonymous: 'Sign in: this needs the credential of a paired device or an enrolled host.',
  pairing: 'This credential is good for its pairing alone until that is confirmed.',
  device: "This is a host's to do: it needs a host's credential.",
  host: "This needs a device's credential, or the host's credential for that session.",
  session: 'This credential is good for its session alone.',
  admin: "An admin's token governs people; it is none of them and sees nothing of theirs.",
}

/** A root field says which credential it wants; below it, another's row and no row look alike. */
function denied(principal: Principal, info: GraphQLResolveInfo): GraphQLError {
  const atRoot = info.path.prev === undefined
  if (!atRoot) return toGraphQLError(notFound(info.parentType.name.toLowerCase()))
  return toGraphQLError(
    refuse('UNAUTHENTICATED', NEEDS[principal.kind], {
      rule: `${info.fieldName} is not open to ${principal.kind === 'anonymous' ? 'strangers' : `a ${principal.kind}`}`,
      level: 'server',
      remedy: 'Use a credential of the right kind (docs/protocol.md, Principals and credentials).',
    }),
  )
}

const invalid = (what: string): GraphQLError => toGraphQLError(refuse('BAD_INPUT', what))

builder.scalarType('DateTime', {
  description: 'RFC 3339 instant in UTC with milliseconds.',
  serialize: (value) => value.toISOString(),
  parseValue: (value) => {
    const at = typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value) ? new Date(value) : null
    if (!at || Number.isNaN(at.getTime()))
      throw invalid('A DateTime is an RFC 3339 instant, e.g. 2026-01-31T12:00:00.000Z.')
    return at
  },
})

builder.scalarType('Digest', {
  description: 'SHA-256 as 64 lower-case hex digits.',
  serialize: (value) => value,
  parseValue: (value) => {
    if (typeof value !== 'string' || !/^[0-9a-f]{64}$/.test(value))
      throw invalid('A Digest is 64 lower-case hex digits.')
    return value
  },
})

// Every root field names its own authScopes; owner-rules.ts refuses one that does not.
builder.queryType({})
builder.mutationType({})
builder.subscriptionType({})
