/** SCIM 2.0 under `/scim/v2`: the way from a request to a person or a group and back (RFC 7644). One transaction for each request. */
import { isUniqueViolation } from '../db/conflict.ts'
import type { Database, Tx } from '../db/database.ts'
import type { Bell } from '../live/bell.ts'
import { write } from '../live/write.ts'
import type { Principal } from '../policy/principal.ts'
import { isRefused } from '../store/refused.ts'
import { listScimGroups, listScimUsers, type ScimGroupRow, type ScimUserRow, type Wanted } from '../store/scim.ts'
import { ConditionProblem } from '../store/scim-matching.ts'
import type { Ring } from '../store/topic.ts'
import { described } from './described.ts'
import { nameOf, parseFilter } from './filter.ts'
import { createGroup, deleteGroup, findGroup, patchGroup, replaceGroup, showGroup } from './groups.ts'
import { errorBody, listBody, pageOf, patchInput, read, ScimError } from './messages.ts'
import { projectionOf } from './projection.ts'
import { type Provider, providerOf } from './provider.ts'
import { createUser, deleteUser, findUser, patchUser, replaceUser, showUser, showUsers } from './users.ts'

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
        if (method !== 'GET') throw notAllowed()
        return ok(described(room, asked.id, asked))
      })
    } catch (error) {
      return refused(error)
    }
  }
}

async function users(tx: Tx, ring: Ring, provider: Provider, asked: Asked): Promise<ScimAnswer> {
  const { method, id, body, query, base } = asked
  const projection = projectionOf(query)
  const show = async (row: ScimUserRow) => projection.of(await showUser(tx, provider, row, base))
  if (id === null && method === 'GET') {
    const page = pageOf(query)
    const { rows, total } = await listScimUsers(tx, provider.scopes, wantedOf(query), page)
    const shown = (await showUsers(tx, provider, rows, base)).map(projection.of)
    return ok(listBody(shown, total, page.startIndex))
  }
  if (id === null && method === 'POST') {
    const row = await createUser(tx, ring, provider, body)
    return { status: 201, body: await show(row), location: `${base}/Users/${row.id}` }
  }
  if (id === null) throw notAllowed()
  if (method === 'GET') return ok(await show(await findUser(tx, provider, id)))
  if (method === 'PUT') return ok(await show(await replaceUser(tx, ring, provider, id, body)))
  if (method === 'PATCH')
    return ok(await show(await patchUser(tx, ring, provider, id, read(patchInput, body).Operations)))
  if (method !== 'DELETE') throw notAllowed()
  await deleteUser(tx, ring, provider, id)
  return { status: 204, body: null }
}

async function groups(tx: Tx, ring: Ring, provider: Provider, asked: Asked): Promise<ScimAnswer> {
  const { method, id, body, query, base } = asked
  const projection = projectionOf(query)
  // Members are many: they are read only where they are shown.
  const withMembers = projection.shows('members')
  const show = async (row: ScimGroupRow) => projection.of(await showGroup(tx, row, base, withMembers))
  if (id === null && method === 'GET') {
    const page = pageOf(query)
    const { rows, total } = await listScimGroups(tx, provider.scopes, wantedOf(query), page)
    const shown: object[] = []
    for (const row of rows) shown.push(await show(row))
    return ok(listBody(shown, total, page.startIndex))
  }
  if (id === null && method === 'POST') {
    const row = await createGroup(tx, ring, provider, body)
    return { status: 201, body: await show(row), location: `${base}/Groups/${row.organisationId}` }
  }
  if (id === null) throw notAllowed()
  if (method === 'GET') return ok(await show(await findGroup(tx, provider, id)))
  if (method === 'PUT') return ok(await show(await replaceGroup(tx, ring, provider, id, body)))
  if (method === 'PATCH')
    return ok(await show(await patchGroup(tx, ring, provider, id, read(patchInput, body).Operations)))
  if (method !== 'DELETE') throw notAllowed()
  await deleteGroup(tx, ring, provider, id)
  return { status: 204, body: null }
}

/** What is looked for, and in which order; by when it was made where nothing is said. */
function wantedOf(query: URLSearchParams): Wanted {
  const filter = query.get('filter')?.trim() ?? ''
  const sortBy = query.get('sortBy')?.trim() ?? ''
  const order = query.get('sortOrder')?.toLowerCase() ?? 'ascending'
  if (order !== 'ascending' && order !== 'descending')
    throw new ScimError(400, 'sortOrder is ascending or descending.', 'invalidValue')
  return {
    ...(filter !== '' && { condition: parseFilter(filter) }),
    ...(sortBy !== '' && { order: { by: nameOf(sortBy), isDescending: order === 'descending' } }),
  }
}

const ok = (body: object): ScimAnswer => ({ status: 200, body })
const notAllowed = () => new ScimError(405, 'That is not done here.')

const STATUS: Record<string, number> = {
  ...{ UNAUTHENTICATED: 401, CREDENTIAL_EXPIRED: 401, REVOKED: 401, SCOPE_MISSING: 403, NOT_FOUND: 404 },
  ...{ POLICY: 403, RATE_LIMITED: 429, TOO_LARGE: 413 },
}

/** In SCIM's form. Throws what is no refusal: whoever serves it masks that (T6). */
export function refused(error: unknown): ScimAnswer {
  if (error instanceof ScimError) return { status: error.status, body: errorBody(error) }
  if (isUniqueViolation(error))
    return { status: 409, body: errorBody({ status: 409, message: 'It is there already.', scimType: 'uniqueness' }) }
  if (error instanceof ConditionProblem)
    return {
      status: 400,
      body: errorBody({ status: 400, message: `The filter: ${error.message}.`, scimType: 'invalidFilter' }),
    }
  if (!isRefused(error)) throw error
  const status = STATUS[error.code] ?? 400
  return { status, body: errorBody({ status, message: error.message, scimType: undefined }) }
}
