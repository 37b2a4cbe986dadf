/** What ends when somebody leaves an organisation, or it leaves its provider: the devices that came by its sign-in, and persons whom it alone had made (T3). */
import type { Tx } from '../../db/database.ts'
import type { AdminPrincipal } from '../../policy/principal.ts'
import { isMadeBySignIn, listOidcDevices } from '../../store/oidc.ts'
import type { Ring } from '../../store/topic.ts'
import { endDevice } from '../devices.ts'
import { endPerson } from '../ending.ts'

/** After the membership is gone, so that nobody is let in meanwhile. Again changes nothing. */
export async function endSignedInOf(tx: Tx, ring: Ring, by: AdminPrincipal, ownerId: string): Promise<void> {
  if (await isMadeBySignIn(tx, ownerId)) {
    await endPerson(tx, ring, by, ownerId)
    return
  }
  for (const device of await listOidcDevices(tx, { ownerId })) await endDevice(tx, ring, by, device)
}

/** After the connection is gone or changed. Returns how many ended. */
export async function endAllSignedIn(tx: Tx, ring: Ring, by: AdminPrincipal, organisationId: string): Promise<number> {
  const devices = await listOidcDevices(tx, { organisationId })
  for (const device of devices) await endDevice(tx, ring, by, device)
  return devices.length
}
