/** People as an identity provider provisions them: made, changed, and ended (RFC 7643 §4.1). Who is deactivated holds nothing a second later (T3). */
import { endPerson } from '../auth/ending.ts'
import type { Tx } from '../db/database.ts'
import { reachesPlace } from '../policy/admin.ts'
import { bringUnder, letGo } from '../policy/applying.ts'
import type { AdminPrincipal } from '../policy/principal.ts'
import { noteAudit, SERVER_CHAIN } from '../store/audit.ts'
import { placeOf } from '../store/organisations.ts'
import { createOwner } from '../store/owners.ts'
import { lockPolicies } from '../store/policy-documents.ts'
import { lockSessionsOf } from '../store/running.ts'
import {
  addScimUser,
  findScimUsers,
  hasOwner,
  lockScimUser,
  organisationOf,
  organisationsOf,
  removeScimUser,
  type ScimUserRow,
  writeScimUser,
} from '../store/scim.ts'
import { lockPerson, removeSignInPasskeysOf } from '../store/sign-in-passkeys.ts'
import type { Ring } from '../store/topic.ts'
import { type Operation, OURS, read, ScimError, USER, type UserInput, userInput } from './messages.ts'
import { changeUser } from './patching.ts'
import type { Provider } from './provider.ts'

type Data = Omit<UserInput, 'userName' | 'externalId' | 'active' | typeof OURS>

/** As it is shown. An organisation outside the token's place is none of its words (F1). */
export async function showUser(tx: Tx, provider: Provider, row: ScimUserRow, base: string): Promise<object> {
  const [shown] = await showUsers(tx, provider, [row], base)
  return shown ?? shownUser(row, null, base)
}

/** A page of them, with one read for all. */
export async function showUsers(
  tx: Tx,
  { scopes }: Provider,
  rows: readonly ScimUserRow[],
  base: string,
): Promise<object[]> {
  const groups = await organisationsOf(
    tx,
    rows.map(({ ownerId }) => ownerId),
  )
  return rows.map((row) => {
    const group = groups.get(row.ownerId) ?? null
    return shownUser(row, group !== null && (scopes === null || scopes.includes(group.id)) ? group : null, base)
  })
}

function shownUser(row: ScimUserRow, group: { id: string; name: string } | null, base: string): object {
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
  const [row] = await findScimUsers(tx, scopes, id)
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
  // Policies, then the person: whoever lets them in meanwhile has done so before, or finds them deactivated (`requireStillIn`).
  if (scopeId.startsWith('org_')) await lockPolicies(tx)
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

/** Only who is within the token's reach is linked, under their lock; who belongs nowhere is the server's own. */
async function requireReach(tx: Tx, principal: AdminPrincipal, ownerId: string): Promise<void> {
  if (await hasOwner(tx, ownerId)) await lockPerson(tx, ownerId)
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
  for (const operation of operations) changeUser(draft, operation)
  return become(tx, ring, provider, before, read(userInput, draft))
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

/** They are ended and no longer provisioned. What they published stays under the rules of retention. Who is governed elsewhere by now, or whom an admin has let go, is only forgotten. */
export async function deleteUser(tx: Tx, ring: Ring, provider: Provider, id: string): Promise<void> {
  await lockPolicies(tx)
  const { row, isElsewhere } = await held(tx, provider, id)
  if (isElsewhere) await note(tx, provider, 'scim.user.change', row, 'deleted; they are not its any more')
  else {
    // Letting go takes sessions, and ending takes hosts: whoever has a session gets its host.
    await lockSessionsOf(tx, row.ownerId)
    await end(tx, ring, provider, row)
    // The provider made them, and nobody else would keep them out from now on. Who was here before it has their own way in.
    if (!row.isLinked) await removeSignInPasskeysOf(tx, row.ownerId)
    const group = await organisationOf(tx, row.ownerId)
    if (group !== null) await letGo(tx, ring, provider.by, { organisationId: group.id, ownerId: row.ownerId })
  }
  await removeScimUser(tx, id)
}

/** Throws 404 also for whom another organisation governs by now, and for whom an admin has let go: a provider ends nobody outside its token's place (F1). */
async function locked(tx: Tx, provider: Provider, id: string): Promise<ScimUserRow> {
  const { row, isElsewhere } = await held(tx, provider, id)
  if (isElsewhere) throw absent()
  return row
}

/** Under the person's lock, then the row's (`requireStillIn`). */
async function held(
  tx: Tx,
  { scopes, principal }: Provider,
  id: string,
): Promise<{ row: ScimUserRow; isElsewhere: boolean }> {
  const [seen] = await findScimUsers(tx, scopes, id)
  if (!seen) throw absent()
  await lockPerson(tx, seen.ownerId)
  const row = await lockScimUser(tx, scopes, id)
  if (!row) throw absent()
  const group = await organisationOf(tx, row.ownerId)
  // Whom the provider took out of its group it can still end: leavers go in that order. Whom an admin let go are their own, unless they were made by it (docs/decisions/0024).
  const isTheirs = group !== null || (row.isLinked && row.isLetGo)
  return { row, isElsewhere: isTheirs && !reachesPlace(principal, await placeOf(tx, group?.id ?? null)) }
}

const note = (tx: Tx, { by, scopeId }: Provider, action: string, row: ScimUserRow, line: string) =>
  noteAudit(tx, {
    ...{ chain: scopeId.startsWith('org_') ? scopeId : SERVER_CHAIN, ownerId: row.ownerId, actor: by.actor },
    ...{ actorName: by.name, surface: 'ADMIN', action, target: row.id, outcome: 'DONE', line },
  })
