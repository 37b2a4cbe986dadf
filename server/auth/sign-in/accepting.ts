/** What a one-time link opens: a person who is new here and their passkey, or one more passkey of somebody who is. Of any number at once, one wins. */
import { signInBytes } from '../../../protocol/sign-in.ts'
import type { Tx } from '../../db/database.ts'
import { write } from '../../live/write.ts'
import { noteAudit } from '../../store/audit.ts'
import { findInvitation, type InvitationRow, stateOf, useInvitation } from '../../store/invitations.ts'
import { findOrganisation } from '../../store/organisations.ts'
import { firstOwner, lockFirstOwner } from '../../store/owners.ts'
import { lockPolicies } from '../../store/policy-documents.ts'
import { type Refused, refuse } from '../../store/refused.ts'
import { addSignInPasskey, listSignInPasskeys, lockPerson } from '../../store/sign-in-passkeys.ts'
import type { Ring } from '../../store/topic.ts'
import { INVITATION_CODE, limited, type Outcome, settled } from '../limited.ts'
import { parseName } from '../parse.ts'
import { hashToken } from '../tokens.ts'
import type { Attested } from '../web-authn.ts'
import { admitPerson, createPerson, type NewDevice, provesKey, type SignedIn } from './admitting.ts'
import { madeOver, notMade } from './making.ts'
import { type Begun, beginNonce, spendNonce } from './nonce.ts'
import type { Place } from './passkey.ts'

export type OpenedInvitation = Begun & {
  row: InvitationRow
  organisationName: string | null
  userId: string
  userName: string
  excludeIds: string[]
}

/** Shows whose link it is, and what the browser must be told to make the passkey. Wrong codes are counted. Throws CODE_WRONG, REGISTRATION_CLOSED. */
export const openInvitation = (
  tx: Tx,
  asked: { code: string; origin: string; publicUrl: string | null; address: string },
): Promise<Outcome<OpenedInvitation>> =>
  byCode(tx, asked, async (row) => {
    const begun = await beginNonce(tx, { ...asked, deviceId: null })
    const { userId, excludeIds } = await whose(tx, row)
    const organisation = row.organisationId === null ? null : await findOrganisation(tx, row.organisationId)
    return { ...begun, row, userId, excludeIds, userName: row.name, organisationName: organisation?.name ?? null }
  })

export type Acceptance = {
  code: string
  nonce: string
  /** As the new person is called; left out, as the link says. */
  personName?: string | null | undefined
  passkeyName: string
  passkey: Attested
  device: NewDevice
  address: string
}

/** Uses the link up, once everything else is found good. Throws CODE_WRONG, REGISTRATION_CLOSED, PASSKEY_WRONG, SIGNATURE_WRONG. */
export async function acceptInvitation(place: Place, asked: Acceptance): Promise<SignedIn> {
  const { nonce } = asked
  const passkeyName = parseName(asked.passkeyName)
  const spent = await place.database.transaction((tx) =>
    byCode(tx, asked, async () => ({ origin: await spendNonce(tx, nonce, null) })),
  )
  const { origin } = settled(spent)
  if (origin === null) throw notMade()
  const proven = await provesKey(asked.device, { nonce, origin })
  const made = await madeOver(asked.passkey, signInBytes({ nonce, origin, deviceId: proven.deviceId }), origin)
  return write(place, async (tx, ring) => {
    const by = { codeHash: hashToken(asked.code) }
    const seen = await findInvitation(tx, by)
    // Policies and the person before the link: the order in which everyone locks (`requireStillIn`).
    if (seen?.organisationId) await lockPolicies(tx)
    if (seen?.ownerId) await lockPerson(tx, seen.ownerId)
    const row = await findInvitation(tx, by, { isLocked: true })
    if (!row) throw wrongCode()
    requireOpen(row)
    const { userId } = await whose(tx, row)
    const ownerId = await become(tx, ring, row, asked.personName ?? row.name)
    if (!(await useInvitation(tx, row.id, ownerId))) throw wrongCode()
    await addSignInPasskey(tx, { ...made, ownerId, userHandle: userId, name: passkeyName, origin })
    await noteAudit(tx, {
      ...{ ownerId, actor: proven.deviceId, actorName: proven.name, surface: 'DEVICE', action: 'invitation.use' },
      ...{ target: row.id, proof: 'one-time link', outcome: 'DONE', line: `${row.kind} of ${row.createdBy}` },
    })
    return admitPerson(tx, ring, { ownerId, by: 'PASSKEY', proof: 'one-time link' }, proven)
  })
}

/** Whose the passkey will be: the same handle for all of one person, so that an authenticator knows them as one. */
async function whose(tx: Tx, { id, ownerId }: InvitationRow): Promise<{ userId: string; excludeIds: string[] }> {
  const passkeys = ownerId === null ? [] : await listSignInPasskeys(tx, ownerId)
  const userId = passkeys[0]?.userHandle ?? handleOf(ownerId ?? id)
  return { userId, excludeIds: passkeys.map((one) => one.id) }
}

export const handleOf = (id: string): string => Buffer.from(id).toString('base64url')

/** The person the link is for; made now, unless it is of somebody who is here. */
async function become(tx: Tx, ring: Ring, row: InvitationRow, name: string): Promise<string> {
  if (row.ownerId !== null) return row.ownerId
  if (row.kind === 'OWNER') {
    await lockFirstOwner(tx)
    if (await firstOwner(tx)) throw closed()
  }
  const by = { actor: row.createdBy, name: row.createdByName }
  const { organisationId } = row
  return (await createPerson(tx, ring, { name, organisationId, by, proof: 'one-time link' })).id
}

/** `work` with the open link of this code. A code that nobody made is counted, one that is over is not. */
function byCode<T>(
  tx: Tx,
  { code, address }: { code: string; address: string },
  work: (row: InvitationRow) => Promise<T>,
): Promise<Outcome<T>> {
  const attempt = async () => {
    const row = await findInvitation(tx, { codeHash: hashToken(code) })
    if (!row) return null
    requireOpen(row)
    if (row.kind === 'OWNER' && (await firstOwner(tx))) throw closed()
    return work(row)
  }
  return limited(tx, INVITATION_CODE, address, attempt, wrongCode)
}

const OVER = {
  USED: 'This link has been used. If that was not you, say so to whoever sent it.',
  REVOKED: 'This link was taken back.',
  EXPIRED: 'This link has expired.',
}

function requireOpen(row: InvitationRow): void {
  const state = stateOf(row)
  if (state === 'OPEN') return
  throw refuse('CODE_WRONG', OVER[state], {
    rule: 'a link works once, for a time',
    level: 'server',
    owner: row.createdByName,
    remedy:
      row.kind === 'OWNER' ? 'Start the server again: it prints another.' : `Ask ${row.createdByName} for another one.`,
  })
}

const wrongCode = (): Refused =>
  refuse('CODE_WRONG', 'There is no such invitation.', {
    rule: 'nobody becomes a person here without an invitation',
    level: 'server',
    remedy: 'Open the link exactly as it was sent, or ask for another one.',
  })

const closed = (): Refused =>
  refuse('REGISTRATION_CLOSED', 'Somebody owns this server already, so its first link opens nothing.', {
    rule: 'registration closes with the first owner',
    level: 'server',
    owner: 'whoever set this server up',
    remedy: 'Sign in, or ask them for an invitation. If it is yours: offdesk invite --myself at your terminal.',
  })
