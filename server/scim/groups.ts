/** Groups of an identity provider are organisations: their members are brought under their policy and let go (RFC 7643 §4.2). */
import { endSignedInOf } from '../auth/sign-in/oidc-leaving.ts'
import type { Tx } from '../db/database.ts'
import { reachesPlace } from '../policy/admin.ts'
import { bringUnder, letGo } from '../policy/applying.ts'
import { noteAudit } from '../store/audit.ts'
import { createOrganisation, findOrganisation, listOrganisations, placeOf } from '../store/organisations.ts'
import { lockPolicies } from '../store/policy-documents.ts'
import {
  addScimGroup,
  findScimGroups,
  findScimUsers,
  membersOf,
  organisationOf,
  removeScimGroup,
  type ScimGroupRow,
  writeScimGroup,
} from '../store/scim.ts'
import type { Ring } from '../store/topic.ts'
import { GROUP, groupInput, type Operation, read, ScimError } from './messages.ts'
import type { Provider } from './provider.ts'

export async function showGroup(tx: Tx, row: ScimGroupRow, base: string, withMembers: boolean): Promise<object> {
  const members = withMembers ? await membersOf(tx, row.organisationId) : null
  return {
    ...{ schemas: [GROUP], id: row.organisationId, displayName: row.name },
    ...(row.externalId === null ? {} : { externalId: row.externalId }),
    ...(members && {
      members: members.map(({ id, userName }) => ({ value: id, display: userName, $ref: `${base}/Users/${id}` })),
    }),
    meta: {
      ...{ resourceType: 'Group', created: row.createdAt, lastModified: row.updatedAt },
      ...{ location: `${base}/Groups/${row.organisationId}`, version: `W/"${row.version}"` },
    },
  }
}

export async function findGroup(tx: Tx, { scopes }: Provider, id: string): Promise<ScimGroupRow> {
  const [row] = await findScimGroups(tx, scopes, id)
  if (!row) throw new ScimError(404, 'There is no such group.')
  return row
}

/** Nobody else changes members meanwhile: theirs is the first lock of all (`requireStillIn`), and of two changes of one group the second finds the first. */
async function held(tx: Tx, provider: Provider, id: string): Promise<ScimGroupRow> {
  await lockPolicies(tx)
  return findGroup(tx, provider, id)
}

/** An organisation of that name within reach that is no group yet becomes one; else one is made, where the token may. */
export async function createGroup(tx: Tx, ring: Ring, provider: Provider, body: unknown): Promise<ScimGroupRow> {
  const { displayName, externalId = null, members } = read(groupInput, body)
  const { scopeId } = provider
  await lockPolicies(tx)
  const organisationId = await organisationFor(tx, provider, displayName)
  if (!(await addScimGroup(tx, { organisationId, scopeId, externalId })))
    throw new ScimError(409, 'That organisation is a group already.', 'uniqueness')
  await note(tx, provider, 'scim.group.create', organisationId)
  for (const { value } of members ?? []) await add(tx, ring, provider, organisationId, value)
  return findGroup(tx, provider, organisationId)
}

async function organisationFor(tx: Tx, { scopeId }: Provider, name: string): Promise<string> {
  if (scopeId.startsWith('org_')) {
    const own = await findOrganisation(tx, scopeId)
    if (own?.name === name) return own.id
    throw new ScimError(403, `This token is good for one organisation; its group is called “${own?.name ?? ''}”.`)
  }
  const there = await listOrganisations(tx, scopeId === '' ? {} : { enterpriseId: scopeId })
  const same = there.filter((one) => one.name === name)
  if (same.length > 1) throw new ScimError(409, 'Several organisations have that name.', 'uniqueness')
  return same[0]?.id ?? (await createOrganisation(tx, { name, enterpriseId: scopeId === '' ? null : scopeId })).id
}

export async function replaceGroup(
  tx: Tx,
  ring: Ring,
  provider: Provider,
  id: string,
  body: unknown,
): Promise<ScimGroupRow> {
  await held(tx, provider, id)
  const { displayName, externalId = null, members } = read(groupInput, body)
  await writeScimGroup(tx, id, { name: displayName, externalId })
  await setMembers(
    tx,
    ring,
    provider,
    id,
    (members ?? []).map(({ value }) => value),
  )
  await note(tx, provider, 'scim.group.change', id)
  return findGroup(tx, provider, id)
}

export async function patchGroup(
  tx: Tx,
  ring: Ring,
  provider: Provider,
  id: string,
  operations: readonly Operation[],
): Promise<ScimGroupRow> {
  await held(tx, provider, id)
  for (const { op, path, value } of operations) {
    const whole = path ? { [path]: value } : (value as Record<string, unknown> | null)
    if (typeof whole !== 'object' || whole === null)
      throw new ScimError(400, 'Without a path the value is an object.', 'invalidValue')
    for (const [name, one] of Object.entries(whole)) await change(tx, ring, provider, id, { op, name, value: one })
  }
  await note(tx, provider, 'scim.group.change', id)
  await writeScimGroup(tx, id, {})
  return findGroup(tx, provider, id)
}

type Change = { op: Operation['op']; name: string; value: unknown }

async function change(tx: Tx, ring: Ring, provider: Provider, id: string, { op, name, value }: Change): Promise<void> {
  const [, one] = /^members\[\s*value\s+eq\s+"([^"]{1,100})"\s*\]$/i.exec(name) ?? []
  if (one !== undefined && op === 'remove') return remove(tx, ring, provider, id, one)
  if (name.toLowerCase() === 'members') {
    const given = value === undefined || value === null ? [] : idsIn(value)
    if (op === 'replace') return setMembers(tx, ring, provider, id, given)
    if (op === 'remove' && value === undefined) return setMembers(tx, ring, provider, id, [])
    for (const each of given) await (op === 'add' ? add : remove)(tx, ring, provider, id, each)
    return
  }
  if (op !== 'remove' && name.toLowerCase() === 'displayname') {
    const { displayName } = read(groupInput, { displayName: value })
    return writeScimGroup(tx, id, { name: displayName })
  }
  if (name.toLowerCase() === 'externalid') {
    const { externalId = null } = read(groupInput, { displayName: '-', externalId: op === 'remove' ? null : value })
    return writeScimGroup(tx, id, { externalId })
  }
  // Some providers send the id they were given along.
  if (['id', 'schemas'].includes(name.toLowerCase())) return
  throw new ScimError(400, 'There is no such attribute here.', 'invalidPath')
}

function idsIn(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value]
  return (read(groupInput, { displayName: '-', members: list }).members ?? []).map((one) => one.value)
}

async function setMembers(
  tx: Tx,
  ring: Ring,
  provider: Provider,
  id: string,
  wanted: readonly string[],
): Promise<void> {
  const standing = (await membersOf(tx, id)).map((member) => member.id)
  for (const gone of standing.filter((one) => !wanted.includes(one))) await remove(tx, ring, provider, id, gone)
  for (const fresh of wanted.filter((one) => !standing.includes(one))) await add(tx, ring, provider, id, fresh)
}

/** A person belongs to one organisation: who comes from another within reach is moved, since providers add before they remove. */
async function add(tx: Tx, ring: Ring, provider: Provider, organisationId: string, userId: string): Promise<void> {
  const [user] = await findScimUsers(tx, provider.scopes, userId)
  if (!user) throw new ScimError(400, `There is no user ${JSON.stringify(userId.slice(0, 60))}.`, 'invalidValue')
  const { ownerId } = user
  const before = await organisationOf(tx, ownerId)
  if (before?.id === organisationId) return
  if (before !== null) {
    if (!reachesPlace(provider.principal, await placeOf(tx, before.id)))
      throw new ScimError(409, 'This person belongs to another organisation.', 'uniqueness')
    await letGo(tx, ring, provider.by, { organisationId: before.id, ownerId })
  }
  await bringUnder(tx, ring, provider.by, { organisationId, ownerId })
}

async function remove(tx: Tx, ring: Ring, provider: Provider, organisationId: string, userId: string): Promise<void> {
  const member = (await membersOf(tx, organisationId)).find(({ id }) => id === userId)
  if (!member) return
  const { ownerId } = member
  await letGo(tx, ring, provider.by, { organisationId, ownerId })
  await endSignedInOf(tx, ring, provider.principal, ownerId)
}

/** Its people are let go; the organisation, its policy and its audit stay. */
export async function deleteGroup(tx: Tx, ring: Ring, provider: Provider, id: string): Promise<void> {
  await held(tx, provider, id)
  await setMembers(tx, ring, provider, id, [])
  await removeScimGroup(tx, id)
  await note(tx, provider, 'scim.group.delete', id)
}

const note = (tx: Tx, { by }: Provider, action: string, organisationId: string) =>
  noteAudit(tx, {
    ...{ chain: organisationId, ownerId: null, actor: by.actor, actorName: by.name, surface: 'ADMIN' },
    ...{ action, target: organisationId, outcome: 'DONE', line: `group ${organisationId}` },
  })
