/**
 * The way back for the first owner who has neither a workstation nor a passkey left, so that nothing of theirs can let anything in: asked for at the machine of
 * the server, by whoever runs it and could as well write to its database. Knows no file and prints nothing.
 */
import type { Tx } from '../../db/database.ts'
import { noteAudit } from '../../store/audit.ts'
import { revokeLinksTo } from '../../store/invitations.ts'
import { firstOwner, lockFirstOwner, type OwnerRow } from '../../store/owners.ts'
import { holdSetupCodes } from '../../store/setup-codes.ts'
import { requireProvisioned } from '../letting-in.ts'
import { openSetupFor } from '../setup.ts'
import { makeLink } from './links.ts'

/** Whoever asks is at the machine; what a terminal's scrollback shows later opens nothing. */
export const WAY_BACK_SECONDS = 3600

/** Both are shown once. The link makes a passkey of theirs, the code enrols a workstation of theirs. */
export type WayBack = { owner: OwnerRow; linkCode: string; setupCode: string }

/**
 * Null while nobody owns this server: its start prints both. What was asked for before, and any other link to this person, opens nothing any more. Throws
 * REVOKED for an owner whose identity provider says no: neither would open anything.
 */
export async function openWayBack(tx: Tx): Promise<WayBack | null> {
  // Codes, then the first owner: in that order a code is used up too (`enrolBySetupCode`).
  await holdSetupCodes(tx)
  await lockFirstOwner(tx)
  const owner = await firstOwner(tx)
  if (!owner) return null
  await requireProvisioned(tx, owner.id)
  await revokeLinksTo(tx, owner.id)
  const { row, code } = await makeLink(tx, {
    ...{ kind: 'PASSKEY', name: owner.name, ownerId: owner.id, organisationId: null, seconds: WAY_BACK_SECONDS },
    // However many they have sent out: nobody who is locked out takes one back.
    ...{ createdBy: owner.id, createdByName: 'whoever runs this server', isServers: true },
  })
  const setupCode = await openSetupFor(tx, WAY_BACK_SECONDS)
  await noteAudit(tx, {
    ...{ ownerId: owner.id, actor: 'server', actorName: 'the machine of this server', surface: 'SERVER' },
    ...{ action: 'owner.recover', target: row.id, proof: 'at the server', outcome: 'DONE' },
    line: 'a link for a passkey and a setup code, for an hour',
  })
  return { owner, linkCode: code, setupCode }
}
