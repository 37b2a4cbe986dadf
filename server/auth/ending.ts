/** Ends everything a person holds: hosts, devices, links that they have made or that are theirs, and with them every socket, stream, poll and push within a second (T3). Their rows stay. */
import type { Tx } from '../db/database.ts'
import { asActor } from '../policy/audited.ts'
import type { AdminPrincipal } from '../policy/principal.ts'
import { noteAudit } from '../store/audit.ts'
import { settleLeftOver } from '../store/delivery.ts'
import { listDevices } from '../store/devices.ts'
import { activeHostIds, revokeHostRow } from '../store/hosts.ts'
import { endInvitationsOf } from '../store/invitations.ts'
import { maxPageSize } from '../store/limits.ts'
import { lockPerson } from '../store/sign-in-passkeys.ts'
import { ownerTopic, type Ring, trustTopic } from '../store/topic.ts'
import { endDevice } from './devices.ts'

/** Their open one-time links too. Again changes nothing. Returns how many of each ended now. */
export async function endPerson(
  tx: Tx,
  ring: Ring,
  by: AdminPrincipal,
  ownerId: string,
): Promise<{ hosts: number; devices: number }> {
  // Before anything is looked at: what is being let in at this moment is found, or finds them ended (`requireStillIn`).
  await lockPerson(tx, ownerId)
  // Hosts first: none of them need be told to forget what ends with it.
  const hostIds = (await activeHostIds(tx, ownerId)).sort()
  for (const id of hostIds) {
    const { isFirst } = await revokeHostRow(tx, ownerId, id)
    if (!isFirst) continue
    const refusal = { code: 'REVOKED', message: 'The host was revoked.', rule: 'a revoked host has no access' }
    await settleLeftOver(tx, ring, { hostId: id }, refusal)
    await noteAudit(tx, {
      ...{ ...asActor(by), ownerId, action: 'host.revoke', target: id, outcome: 'DONE', line: 'its person was ended' },
    })
  }
  let ended = 0
  for (let after = ''; ; ) {
    const rows = await listDevices(tx, { ownerId, after, limit: maxPageSize, inverted: false })
    for (const { id, revokedAt } of rows) {
      if (revokedAt !== null) continue
      await endDevice(tx, ring, by, { ownerId, id })
      ended += 1
    }
    after = rows.at(-1)?.id ?? ''
    if (rows.length < maxPageSize) break
  }
  for (const { id, kind } of await endInvitationsOf(tx, { ownerId })) {
    const line = `${kind}: its person was ended`
    await noteAudit(tx, {
      ...{ ...asActor(by), ownerId, action: 'invitation.revoke', target: id, outcome: 'DONE', line },
    })
  }
  ring(trustTopic, ownerTopic(ownerId))
  return { hosts: hostIds.length, devices: ended }
}
