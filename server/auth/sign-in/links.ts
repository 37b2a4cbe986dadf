/** One-time links: the first owner's, which the server prints; other people's, which somebody invites; and one to add a passkey by. Codes are kept as hashes. */
import { randomText } from '../../../protocol/bytes.ts'
import type { Tx } from '../../db/database.ts'
import { type AdminPlace, reachesPlace, requireAdmin } from '../../policy/admin.ts'
import { asActor } from '../../policy/audited.ts'
import type { AdminPrincipal, DevicePrincipal, HostPrincipal } from '../../policy/principal.ts'
import { noteAudit, SERVER_CHAIN } from '../../store/audit.ts'
import {
  addInvitation,
  dropFirstLinks,
  findInvitation,
  type InvitationRow,
  type NewInvitation,
  revokeInvitation,
} from '../../store/invitations.ts'
import { findOwner, firstOwner, lockFirstOwner } from '../../store/owners.ts'
import { notFound, type Refused, refuse } from '../../store/refused.ts'
import { requireStillIn } from '../letting-in.ts'
import { parseName } from '../parse.ts'
import { hashToken } from '../tokens.ts'

/** Whoever starts a server is at it; a log that is read an hour later opens nothing. */
const FIRST_LINK_SECONDS = 3600
export const MOST_INVITATION_HOURS = 30 * 24
const CODE_BYTES = 20

type Inviter = HostPrincipal | DevicePrincipal | AdminPrincipal
export type InvitationAsked = {
  kind: 'OWNER' | 'PERSON' | 'PASSKEY'
  name: string
  organisationId: string | null
  hours: number
}
/** The code is shown once. */
export type MadeLink = { row: InvitationRow; code: string }

export const makeLink = async (tx: Tx, made: Omit<NewInvitation, 'codeHash'>): Promise<MadeLink> => {
  const code = randomText(CODE_BYTES)
  return { code, row: await addInvitation(tx, { ...made, codeHash: hashToken(code) }) }
}

/** For a server that nobody owns yet; null once somebody does. With `isAlone` the links of earlier starts die; else other processes have printed theirs. */
export async function openFirstLink(tx: Tx, { isAlone }: { isAlone: boolean }): Promise<string | null> {
  await lockFirstOwner(tx)
  const isOwned = (await firstOwner(tx)) !== null
  if (isOwned || isAlone) await dropFirstLinks(tx)
  if (isOwned) return null
  const { code } = await makeLink(tx, {
    ...{ kind: 'OWNER', name: 'the first owner', ownerId: null, organisationId: null, seconds: FIRST_LINK_SECONDS },
    ...{ createdBy: 'server', createdByName: 'this server', isServers: true },
  })
  return code
}

/**
 * PERSON: by the server's first owner, or by an admin's token with MEMBERS for an organisation; a device's passkey has been asked by the caller. PASSKEY: by a
 * host, for its own person. Throws POLICY, SCOPE_MISSING, NOT_FOUND, BAD_INPUT, TOO_LARGE.
 */
export async function createInvitation(
  tx: Tx,
  by: Inviter,
  place: AdminPlace,
  { kind, organisationId, hours, ...asked }: InvitationAsked,
): Promise<MadeLink> {
  const name = parseName(asked.name)
  if (hours < 1 || hours > MOST_INVITATION_HOURS)
    throw refuse('BAD_INPUT', `An invitation is good for 1 to ${MOST_INVITATION_HOURS} hours.`)
  if (by.kind !== 'admin') await requireStillIn(tx, by)
  const maker = by.kind === 'admin' ? madeByAdmin(by, place) : await madeByPerson(tx, by, kind, organisationId)
  if (kind === 'OWNER' || (kind === 'PASSKEY' && by.kind !== 'host'))
    throw refuse('BAD_INPUT', 'Such a link is made at a terminal alone.', {
      rule: 'a passkey’s link needs a terminal of its person, the first owner’s the server’s own',
      level: 'server',
      remedy: 'At a terminal of yours: offdesk invite --myself.',
    })
  const whose = kind === 'PASSKEY' ? { ownerId: maker.id, organisationId: null } : { ownerId: null, organisationId }
  const made = await makeLink(tx, {
    ...{ kind, name, seconds: hours * 3600, createdBy: maker.id, createdByName: maker.name },
    // It dies with the token that made it.
    ...(by.kind === 'admin' && { until: by.expiresAt }),
    ...whose,
  })
  await note(tx, by, 'invitation.create', made.row, `${kind} for ${hours} h`)
  return made
}

function madeByAdmin(by: AdminPrincipal, place: AdminPlace): { id: string; name: string } {
  if (place.organisationId === null) {
    throw refuse('BAD_INPUT', 'An admin invites people into an organisation: name it.', {
      ...{ rule: 'admins invite into organisations', level: 'server', remedy: 'Give organisationId.' },
    })
  }
  requireAdmin(by, 'MEMBERS', place)
  return { id: by.tokenId, name: by.tokenName }
}

async function madeByPerson(
  tx: Tx,
  by: HostPrincipal | DevicePrincipal,
  kind: InvitationAsked['kind'],
  organisationId: string | null,
): Promise<{ id: string; name: string }> {
  const why = kind === 'PERSON' ? await whyNotInvite(tx, by, organisationId) : null
  if (why) throw why
  const person = await findOwner(tx, by.ownerId)
  if (!person) throw notFound('person')
  return person
}

/** Null for whoever may invite people who are new here, without an admin's token. */
export async function whyNotInvite(
  tx: Tx,
  by: { ownerId: string },
  organisationId: string | null,
): Promise<Refused | null> {
  const isFirst = (await firstOwner(tx))?.id === by.ownerId
  if (isFirst && organisationId === null) return null
  return refuse('POLICY', 'People are invited by whoever set this server up, and into an organisation by its admins.', {
    rule: 'only the first owner and admins invite',
    level: 'server',
    owner: organisationId === null ? 'whoever set this server up' : 'the admins of that organisation',
    remedy: 'Ask them for an invitation.',
  })
}

/** By whoever made it, and by admins of its organisation. Again changes nothing. Throws NOT_FOUND, SCOPE_MISSING. */
export async function endInvitation(
  tx: Tx,
  by: Inviter,
  placeOf: (organisationId: string | null) => Promise<AdminPlace>,
  id: string,
): Promise<InvitationRow> {
  const there = await findInvitation(tx, { id })
  const place = await placeOf(there?.organisationId ?? null)
  const mayEnd = by.kind === 'admin' ? reachesPlace(by, place) : there?.createdBy === by.ownerId
  if (!there || !mayEnd) throw notFound('invitation')
  if (by.kind === 'admin') requireAdmin(by, 'MEMBERS', place)
  const { row, isFirst } = await revokeInvitation(tx, id)
  if (isFirst) await note(tx, by, 'invitation.revoke', row, row.kind)
  return row
}

const note = (tx: Tx, by: Inviter, action: string, { id, organisationId }: InvitationRow, line: string) => {
  const chain = organisationId ?? (by.kind === 'admin' ? SERVER_CHAIN : undefined)
  return noteAudit(tx, {
    ...{ ...asActor(by), ...(chain && { chain }), action, target: id, outcome: 'DONE', line },
    ...(by.kind === 'device' && { proof: 'passkey' }),
  })
}
