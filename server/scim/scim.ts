/** SCIM 2.0 under `/scim/v2`: the way from a request to a person or a group and back (RFC 7644). One transaction for each request. */
import { isUniqueViolation } from '../db/conflict.ts'
import type { Database, Tx } from '../db/database.ts'
import type { Bell } from '../live/bell.ts'
import { write } from '../live/write.ts'
import type { Principal } from '../policy/principal.ts'
import { isRefused } from '../store/refused.ts'
import { listScimGroups, listScimUsers } from '../store/scim.ts'
import type { Ring } from '../store/topic.ts'
import { createGroup, deleteGroup, findGroup, groupFilter, patchGroup, replaceGroup, showGroup } from './groups.ts'
import { errorBody, GROUP, listBody, MOST_IN_PAGE, pageOf, patchInput, read, ScimError, USER } from './messages.ts'
import { type Provider, providerOf } from './provider.ts'
import { createUser, deleteUser, findUser, patchUser, replaceUser, showUser, userFilter } from './users.ts'

export type ScimRequest = { method: string; url: URL; principal: Principal; body: unknown }
export type ScimAnswer = { status: number; body: object | null; location?: string }
export type Scim = (request: ScimRequest) => Promise<ScimAnswer>

export const SCIM_PATH = '/scim/v2'

type Asked = { method: string; id: string | null; body: unknown; query: URLSearchParams; base: string }

/** `publicUrl` is what locations begin with. Rejects only for what is no refusal. */
export function createScim(parts: { database: Database; bell: Bell; publicUrl: string | null }): Scim {
  return async ({ method, url, principal, body }) => {
    try {
      const base = `${parts.publicUrl?.replace(/\/$/, '') ?? url.origin}${SCIM_PATH}`
      const [, room = '', id = null, ...more] = url.pathname.slice(SCIM_PATH.length).split('/')
      if (more.length > 0) throw new ScimError(404, 'There is no such place.')
      const asked: Asked = { method, id: id || null, body, query: url.searchParams, base }
      return await write(parts, async (tx, ring) => {
        const provider = await providerOf(tx, principal)
        if (room === 'Users') return users(tx, ring, provider, asked)
        if (room === 'Groups') return groups(tx, ring, provider, asked)
        return described(room, asked)
      })
    } catch (error) {
      return refused(error)
    }
  }
}

async function users(
  tx: Tx,
  ring: Ring,
  provider: Provider,
  { method, id, body, query, base }: Asked,
): Promise<ScimAnswer> {
  if (id === null && method === 'GET') {
    const page = pageOf(query)
    const { rows, total } = await listScimUsers(tx, provider.scopes, userFilter(query.get('filter')), page)
    const shown: object[] = []
    for (const row of rows) shown.push(await showUser(tx, row, base))
    return ok(listBody(shown, total, page.startIndex))
  }
  if (id === null && method === 'POST') {
    const row = await createUser(tx, ring, provider, body)
    return { status: 201, body: await showUser(tx, row, base), location: `${base}/Users/${row.id}` }
  }
  if (id === null) throw notAllowed()
  if (method === 'GET') return ok(await showUser(tx, await findUser(tx, provider, id), base))
  if (method === 'PUT') return ok(await showUser(tx, await replaceUser(tx, ring, provider, id, body), base))
  if (method === 'PATCH') {
    const { Operations } = read(patchInput, body)
    return ok(await showUser(tx, await patchUser(tx, ring, provider, id, Operations), base))
  }
  if (method !== 'DELETE') throw notAllowed()
  await deleteUser(tx, ring, provider, id)
  return { status: 204, body: null }
}

async function groups(
  tx: Tx,
  ring: Ring,
  provider: Provider,
  { method, id, body, query, base }: Asked,
): Promise<ScimAnswer> {
  const withMembers = !/\bmembers\b/i.test(query.get('excludedAttributes') ?? '')
  if (id === null && method === 'GET') {
    const page = pageOf(query)
    const { rows, total } = await listScimGroups(tx, provider.scopes, groupFilter(query.get('filter')), page)
    const shown: object[] = []
    for (const row of rows) shown.push(await showGroup(tx, row, base, withMembers))
    return ok(listBody(shown, total, page.startIndex))
  }
  if (id === null && method === 'POST') {
    const row = await createGroup(tx, ring, provider, body)
    return { status: 201, body: await showGroup(tx, row, base, true), location: `${base}/Groups/${row.organisationId}` }
  }
  if (id === null) throw notAllowed()
  if (method === 'GET') return ok(await showGroup(tx, await findGroup(tx, provider, id), base, withMembers))
  if (method === 'PUT') return ok(await showGroup(tx, await replaceGroup(tx, ring, provider, id, body), base, true))
  if (method === 'PATCH') {
    const { Operations } = read(patchInput, body)
    return ok(await showGroup(tx, await patchGroup(tx, ring, provider, id, Operations), base, true))
  }
  if (method !== 'DELETE') throw notAllowed()
  await deleteGroup(tx, ring, provider, id)
  return { status: 204, body: null }
}

const ok = (body: object): ScimAnswer => ({ status: 200, body })
const notAllowed = () => new ScimError(405, 'That is not done here.')

function described(room: string, { method, id, base }: Asked): ScimAnswer {
  if (method !== 'GET') throw notAllowed()
  const types = [
    { name: 'User', endpoint: '/Users', schema: USER },
    { name: 'Group', endpoint: '/Groups', schema: GROUP },
  ].map((one) => ({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'], id: one.name, ...one }))
  if (room === 'ServiceProviderConfig') return ok(config(base))
  if (room === 'ResourceTypes' && id === null) return ok(listBody(types, types.length, 1))
  const found = room === 'ResourceTypes' ? types.find((one) => one.id === id) : undefined
  if (found) return ok(found)
  throw new ScimError(404, 'There is no such place.')
}

const config = (base: string) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
  ...{ patch: { supported: true }, filter: { supported: true, maxResults: MOST_IN_PAGE } },
  ...{ bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 }, sort: { supported: false } },
  ...{ changePassword: { supported: false }, etag: { supported: false } },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'Admin token',
      description: 'createAdminToken with the scope SCIM (docs/admin.md)',
    },
  ],
  meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
})

const STATUS: Record<string, number> = {
  ...{ UNAUTHENTICATED: 401, CREDENTIAL_EXPIRED: 401, REVOKED: 401, SCOPE_MISSING: 403, NOT_FOUND: 404 },
  ...{ POLICY: 403, RATE_LIMITED: 429, TOO_LARGE: 413 },
}

/** In SCIM's form. Throws what is no refusal: whoever serves it masks that (T6). */
export function refused(error: unknown): ScimAnswer {
  if (error instanceof ScimError) return { status: error.status, body: errorBody(error) }
  if (isUniqueViolation(error))
    return { status: 409, body: errorBody({ status: 409, message: 'It is there already.', scimType: 'uniqueness' }) }
  if (!isRefused(error)) throw error
  const status = STATUS[error.code] ?? 400
  return { status, body: errorBody({ status, message: error.message, scimType: undefined }) }
}
