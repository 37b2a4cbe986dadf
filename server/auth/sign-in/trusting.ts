/** A host says that it has taken a device into its roster. For one that came by a sign-in this is when it may more than view. */
import type { Tx } from '../../db/database.ts'
import { asActor } from '../../policy/audited.ts'
import type { HostPrincipal } from '../../policy/principal.ts'
import { noteAudit } from '../../store/audit.ts'
import { type DeviceRow, noteTrusted } from '../../store/devices.ts'
import type { Rung } from '../../store/rung.ts'
import { ownerTopic, type Ring, trustTopic } from '../../store/topic.ts'

/** Again changes nothing. A device that was paired keeps its rung, whatever is asked. Throws NOT_FOUND. */
export async function trustDevice(
  tx: Tx,
  ring: Ring,
  by: HostPrincipal,
  { id, rung }: { id: string; rung: Rung },
): Promise<DeviceRow> {
  const { ownerId, hostId } = by
  const row = await noteTrusted(tx, ownerId, { id, hostId, rung })
  await noteAudit(tx, {
    ...{ ...asActor(by), action: 'device.trust', target: id, proof: 'key press', outcome: 'DONE' },
    line: `rung ${row.rung}`,
  })
  ring(ownerTopic(ownerId), trustTopic)
  return row
}
