/** Making and ending admins' tokens: the first by the person who set the server up, each further one by one that may (F6). Knows no transport. */
import type { Tx } from '../db/database.ts'
import { type AdminPlace, reachesPlace, requireAdmin } from '../policy/admin.ts'
import { ADMIN_SCOPES, type AdminScope } from '../policy/admin-scope.ts'
import type { AdminPrincipal, DevicePrincipal } from '../policy/principal.ts'
import {
  type AdminTokenRow,
  addAdminToken,
  findAdminToken,
  holdAdminToken,
  madeByTokens,
  requireTokenRoom,
  revokeAdminToken,
} from '../store/admin-tokens.ts'
import { noteAudit, SERVER_CHAIN } from '../store/audit.ts'
import { findDevice } from '../store/devices.ts'
import { findHost } from '../store/hosts.ts'
import { endInvitationsOf } from '../store/invitations.ts'
import { firstOwner } from '../store/owners.ts'
import { notFound, refuse } from '../store/refused.ts'
import { type Ring, trustTopic } from '../store/topic.ts'
import { parseName } from './parse.ts'
import { newToken } from './tokens.ts'

const DAY_SECONDS = 24 * 3600
const MOST_DAYS = 366

export type NewAdminToken = { name: string; scopes: readonly AdminScope[]; days: number; scopeId: string | null }

/** `place` is where `scopeId` stands. The token is shown once. Throws SCOPE_MISSING, RUNG_TOO_LOW, BAD_INPUT, NOT_FOUND, TOO_LARGE. */
export async function createAdminToken(
  tx: Tx,
  by: AdminPrincipal | DevicePrincipal,
  place: AdminPlace,
  asked: NewAdminToken,
): Promise<{ row: AdminTokenRow; token: string }> {
  const name = parseName(asked.name)
  const scopes = ADMIN_SCOPES.filter((scope) => asked.scopes.includes(scope))
  if (scopes.length === 0) throw refuse('BAD_INPUT', 'A token needs at least one scope.')
  if (asked.days < 1 || asked.days > MOST_DAYS) throw refuse('BAD_INPUT', `A token lives for 1 to ${MOST_DAYS} days.`)
  const maker = by.kind === 'admin' ? await madeByToken(tx, by, place, scopes) : await madeByFounder(tx, by)
  const madeBy = by.kind === 'admin' ? by.tokenId : null
  await requireTokenRoom(tx, madeBy)
  const { token, tokenHash } = newToken('oda')
  const { scopeId } = asked
  const seconds = asked.days * DAY_SECONDS
  const kept = { name, tokenHash, scopeId, scopes: scopes.join(' '), createdBy: maker.actorName, madeBy, seconds }
  const row = await addAdminToken(tx, kept)
  await noteAudit(tx, {
    ...{ chain: place.organisationId ?? SERVER_CHAIN, ownerId: null, ...maker, action: 'token.create' },
    ...{
      target: row.id,
      outcome: 'DONE',
      line: `${scopes.join(' ')} for ${asked.days} days at ${scopeId ?? 'server'}`,
    },
  })
  return { row, token }
}

async function madeByToken(tx: Tx, by: AdminPrincipal, place: AdminPlace, scopes: readonly AdminScope[]) {
  requireAdmin(by, 'TOKENS', place)
  // Revoked in this very moment, what it makes would be found by nobody.
  if (!(await holdAdminToken(tx, by.tokenId))) throw refuse('REVOKED', 'This token was revoked.')
  const missing = scopes.filter((scope) => !by.scopes.includes(scope))
  if (missing.length > 0) {
    throw refuse('SCOPE_MISSING', `This token cannot give what it has not: ${missing.join(', ')}.`, {
      rule: 'a token makes tokens with scopes of its own',
      level: 'server',
      owner: 'whoever made this token',
    })
  }
  return { actor: by.tokenId, actorName: by.tokenName, surface: 'ADMIN' as const }
}

// Only a host's terminal makes scripts, and only who runs the server has read its setup code: a host that a phone let in leads to no token.
async function madeByFounder(tx: Tx, by: DevicePrincipal) {
  const founder = await firstOwner(tx)
  const device = await findDevice(tx, by.ownerId, by.deviceId)
  const madeAt = device?.madeAtHostId ? await findHost(tx, device.madeAtHostId) : null
  const isByCode = madeAt?.bySetupCode === true && madeAt.revokedAt === null
  if (founder?.id !== by.ownerId || device?.kind !== 'SCRIPT' || device.rung !== 'FULL' || !isByCode) {
    throw refuse('RUNG_TOO_LOW', 'The first token is made by whoever set this server up, from a script of rung FULL.', {
      rule: "an admin's first token needs a FULL script made at a machine that was enrolled with the setup code",
      level: 'server',
      owner: 'whoever runs this server',
      remedy: 'On the machine that was enrolled with the setup code: offdesk devices add-script admin --allow full.',
    })
  }
  return { actor: by.deviceId, actorName: by.deviceName, surface: 'DEVICE' as const }
}

/**
 * What it holds open ends within a second, like any revoked credential (T3), and nobody is let in by what it has invited. So does what it has made, and what that has made: who revokes a token
 * that was stolen revokes what the thief made with it. `keepsMade`: for a token that was replaced by one that it made. Again ends what was kept, unless it is kept again. Throws NOT_FOUND, SCOPE_MISSING.
 */
export async function endAdminToken(
  tx: Tx,
  ring: Ring,
  by: AdminPrincipal,
  placeOf: (scopeId: string | null) => Promise<AdminPlace>,
  { id, keepsMade }: { id: string; keepsMade: boolean },
): Promise<AdminTokenRow> {
  const there = await findAdminToken(tx, id)
  if (!there || !reachesPlace(by, await placeOf(there.scopeId))) throw notFound('token')
  if (there.id !== by.tokenId) requireAdmin(by, 'TOKENS', await placeOf(there.scopeId))
  const { row, isFirst } = await revokeAdminToken(tx, id)
  // Those that end here: of two who end one at once, one says so (F5).
  const ended: AdminTokenRow[] = isFirst ? [{ ...row, madeBy: null }] : []
  // From maker to made, always: two that are revoked at once wait for each other in one order. Through those that are over as well: a thief would end the one between first and last.
  let makers = keepsMade ? [] : [id]
  while (makers.length > 0) {
    const made = await madeByTokens(tx, makers)
    for (const one of made) if (one.revokedAt === null && (await revokeAdminToken(tx, one.id)).isFirst) ended.push(one)
    makers = made.map((one) => one.id)
  }
  // Every token before any link: a token that takes a link back is noted as used first.
  for (const one of ended) await noteEnded(tx, by, await placeOf(one.scopeId), one, one.madeBy)
  ring(trustTopic)
  return row
}

/** `maker` was revoked, and this one with it. */
async function noteEnded(
  tx: Tx,
  by: AdminPrincipal,
  place: AdminPlace,
  { id }: AdminTokenRow,
  maker: string | null,
): Promise<void> {
  const who = { ownerId: null, actor: by.tokenId, actorName: by.tokenName, surface: 'ADMIN', outcome: 'DONE' } as const
  await noteAudit(tx, {
    ...{ ...who, chain: place.organisationId ?? SERVER_CHAIN, action: 'token.revoke', target: id },
    line: maker === null ? `token ${id}` : `token ${id}, made by ${maker}, which was revoked`,
  })
  for (const invited of await endInvitationsOf(tx, { tokenId: id })) {
    await noteAudit(tx, {
      ...{ ...who, chain: invited.organisationId ?? SERVER_CHAIN, action: 'invitation.revoke', target: invited.id },
      line: `${invited.kind}: token ${id} was revoked`,
    })
  }
}
