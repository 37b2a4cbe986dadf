/** People as an identity provider provisions them: made, changed, and ended (RFC 7643 §4.1). Who is deactivated holds nothing a second later (T3). */
import { endPerson } from '../auth/ending.ts'
import type { Tx } from '../db/database.ts'
import { reachesPlace } from '../policy/admin.ts'
import { bringUnder, letGo } from '../policy/applying.ts'
import type { AdminPrincipal } from '../policy/principal.ts'
import { noteAudit, SERVER_CHAIN } from '../store/audit.ts'
import { placeOf } from '../store/organisations.ts'
import { createOwner } from '../store/owners.ts'
import {
  addScimUser,
  hasOwner,
  listScimUsers,
  lockScimUser,
  organisationOf,
  removeScimUser,
  type ScimUserRow,
  type UserFilter,
  writeScimUser,
} from '../store/scim.ts'
import type { Ring } from '../store/topic.ts'
import { filterOf, type Operation, OURS, read, ScimError, USER, type UserInput, userInput } from './messages.ts'
import type { Provider } from './provider.ts'

type Data = Omit<UserInput, 'userName' | 'externalId' | 'active' | typeof OURS>

export const userFilter = (text: string | null): UserFilter => {
  const { active, ...words } = filterOf(text, ['userName', 'externalId', 'id', 'active'])
  return { ...words, ...(active === undefined ? {} : { active: active === 'true' }) }
}

/** As it is shown. */
export async function showUser(tx: Tx, row: ScimUserRow, base: string): Promise<object> {
  const group = await organisationOf(tx, row.ownerId)
  return {
    schemas: [USER, OURS],
    ...{ id: row.id, userName: row.userName, active: row.active },
    ...(row.externalId === null ? {} : { externalId: row.externalId }),
    ...(JSON.parse(row.data) as object),
    groups: group === null ? [] : [{ value: group.id, display: group.name, $ref: `${base}/Groups/${group.id}` }],
    [OURS]: { ownerId: row.ownerId },
    meta: {
      ...{ resourceType: 'User', created: row.createdAt, lastModified: row.updatedAt },
      ...{ location: `${base}/Users/${row.id}`, version: `W/"${row.version}"` },
    },
  }
}

export async function findUser(tx: Tx, { scopes }: Provider, id: string): Promise<ScimUserRow> {
  const [row] = (await listScimUsers(tx, scopes, { id }, { offset: 0, limit: 1 })).rows
  if (!row) throw absent()
  return row
}

const absent = () => new ScimError(404, 'There is no such user.')
const taken = () => new ScimError(409, 'That userName, or that person, is provisioned already.', 'uniqueness')

const dataOf = ({ displayName, name, emails }: Data): string =>
  JSON.stringify({ ...(displayName && { displayName }), ...(name && { name }), ...(emails && { emails }) })

const nameOf = ({ displayName, name, userName }: UserInput): string => {
  const whole = [name?.givenName, name?.familyName].filter(Boolean).join(' ')
  return (displayName || name?.formatted || whole || userName).slice(0, 120)
}

export async function createUser(tx: Tx, ring: Ring, provider: Provider, body: unknown): Promise<ScimUserRow> {
  const input = read(userInput, body)
  const { principal, scopeId } = provider
  const wanted = input[OURS]?.ownerId ?? null
  if (wanted !== null) await requireReach(tx, principal, wanted)
  const ownerId = wanted ?? (await createOwner(tx, nameOf(input))).id
  const { userName, externalId = null, active } = input
  const isLinked = wanted !== null
  const row = await addScimUser(tx, { scopeId, ownerId, userName, externalId, active, isLinked, data: dataOf(input) })
  if (!row) throw taken()
  await note(tx, provider, 'scim.user.create', row, active ? 'active' : 'not active')
  if (scopeId.startsWith('org_')) await bringUnder(tx, ring, provider.by, { organisationId: scopeId, ownerId })
  if (!active) await endPerson(tx, ring, principal, ownerId)
  return row
}

/** Only who is within the token's reach is linked; who belongs nowhere is the server's own. */
async function requireReach(tx: Tx, principal: AdminPrincipal, ownerId: string): Promise<void> {
  const organisation = await organisationOf(tx, ownerId)
  const place = await placeOf(tx, organisation?.id ?? null)
  if (!(await hasOwner(tx, ownerId)) || !reachesPlace(principal, place))
    throw new ScimError(404, 'There is no such person.')
}

/** The whole of it anew: what is left out is gone. */
export async function replaceUser(
  tx: Tx,
  ring: Ring,
  provider: Provider,
  id: string,
  body: unknown,
): Promise<ScimUserRow> {
  const before = await locked(tx, provider, id)
  return become(tx, ring, provider, before, read(userInput, body))
}

export async function patchUser(
  tx: Tx,
  ring: Ring,
  provider: Provider,
  id: string,
  operations: readonly Operation[],
): Promise<ScimUserRow> {
  const before = await locked(tx, provider, id)
  const { userName, externalId, active } = before
  const draft: Record<string, unknown> = { userName, externalId, active, ...(JSON.parse(before.data) as object) }
  for (const operation of operations) change(draft, operation)
  return become(tx, ring, provider, before, read(userInput, draft))
}

const plain = new Map(
  ['userName', 'externalId', 'active', 'displayName', 'emails', 'name'].map((one) => [one.toLowerCase(), one]),
)
const inName = new Map(['formatted', 'givenName', 'familyName'].map((one) => [one.toLowerCase(), one]))

/** Attributes that are not kept here are passed over, as RFC 7644 §3.5.2 lets a server do with what it does not support in a value; a path names one that is. */
function change(draft: Record<string, unknown>, { op, path, value }: Operation): void {
  if (!path) {
    if (op === 'remove') throw new ScimError(400, 'What is removed needs a path.', 'invalidPath')
    if (typeof value !== 'object' || value === null)
      throw new ScimError(400, 'Without a path the value is an object.', 'invalidValue')
    for (const [key, one] of Object.entries(value)) {
      if (plain.has(key.toLowerCase()) || key.toLowerCase().startsWith('name.'))
        change(draft, { op, path: key, value: one })
    }
    return
  }
  const bare = path.startsWith(`${USER}:`) ? path.slice(USER.length + 1) : path
  const [head = '', tail] = bare.split('.', 2)
  const attribute = plain.get(head.toLowerCase())
  const part = tail === undefined ? undefined : inName.get(tail.toLowerCase())
  if (attribute === 'name' && part !== undefined) {
    draft.name = { ...(draft.name as object | undefined), [part]: op === 'remove' ? null : value }
  } else if (/^emails\[[^\]]{1,100}\]\.value$/i.test(bare)) {
    draft.emails = op === 'remove' ? null : [{ value, type: /"([^"]{1,60})"/.exec(bare)?.[1] ?? null, primary: true }]
  } else if (attribute !== undefined && tail === undefined) {
    if (op === 'remove' && attribute === 'active') throw new ScimError(400, 'active is true or false.', 'mutability')
    const next =
      attribute === 'name' && op === 'add' ? { ...(draft.name as object | undefined), ...(value as object) } : value
    draft[attribute] = op === 'remove' ? null : next
  } else throw new ScimError(400, 'There is no such attribute here.', 'invalidPath')
}

async function become(
  tx: Tx,
  ring: Ring,
  provider: Provider,
  before: ScimUserRow,
  next: UserInput,
): Promise<ScimUserRow> {
  const { userName, externalId = null, active } = next
  const row = await writeScimUser(tx, before.id, { userName, externalId, active, data: dataOf(next) })
  if (!row) throw taken()
  if (before.active && !active) await end(tx, ring, provider, row)
  else await note(tx, provider, 'scim.user.change', row, active ? 'active' : 'not active')
  return row
}

async function end(tx: Tx, ring: Ring, provider: Provider, row: ScimUserRow): Promise<void> {
  const { hosts, devices } = await endPerson(tx, ring, provider.principal, row.ownerId)
  await note(tx, provider, 'scim.user.deactivate', row, `${hosts} hosts and ${devices} devices ended`)
}

/** They are ended and no longer provisioned. What they published stays under the rules of retention. */
export async function deleteUser(tx: Tx, ring: Ring, provider: Provider, id: string): Promise<void> {
  const row = await locked(tx, provider, id)
  await end(tx, ring, provider, row)
  const group = await organisationOf(tx, row.ownerId)
  if (group !== null && reachesPlace(provider.principal, await placeOf(tx, group.id)))
    await letGo(tx, ring, provider.by, { organisationId: group.id, ownerId: row.ownerId })
  await removeScimUser(tx, id)
}

async function locked(tx: Tx, { scopes }: Provider, id: string): Promise<ScimUserRow> {
  const row = await lockScimUser(tx, scopes, id)
  if (!row) throw absent()
  return row
}

const note = (tx: Tx, { by, scopeId }: Provider, action: string, row: ScimUserRow, line: string) =>
  noteAudit(tx, {
    ...{ chain: scopeId.startsWith('org_') ? scopeId : SERVER_CHAIN, ownerId: row.ownerId, actor: by.actor },
    ...{ actorName: by.name, surface: 'ADMIN', action, target: row.id, outcome: 'DONE', line },
  })
