/**
 * What stands before anything is let in on the word of a host or a device: their person's lock, and that they still may say so. Whoever ends the person (`endPerson`)
 * takes that lock first: what is being let in is found by them, or they are found here (T3). Locks are taken in this order: policies, person, provisioned person, member.
 */
import type { Tx } from '../db/database.ts'
import type { DevicePrincipal, HostPrincipal } from '../policy/principal.ts'
import { findDevice } from '../store/devices.ts'
import { findHost } from '../store/hosts.ts'
import { type Refused, refuse } from '../store/refused.ts'
import { isProvisionedIn } from '../store/scim.ts'
import { lockPerson } from '../store/sign-in-passkeys.ts'
import { revoked } from './standing.ts'

/** Throws REVOKED for whoever was good when the request came and is not any more. */
export async function requireStillIn(tx: Tx, by: HostPrincipal | DevicePrincipal): Promise<void> {
  await lockPerson(tx, by.ownerId)
  const row = by.kind === 'host' ? await findHost(tx, by.hostId) : await findDevice(tx, by.ownerId, by.deviceId)
  if (row === null || row.revokedAt !== null) throw revoked(by.kind)
  await requireProvisioned(tx, by.ownerId)
}

/** Throws REVOKED for a person whose identity provider says no. */
export async function requireProvisioned(tx: Tx, ownerId: string): Promise<void> {
  if (!(await isProvisionedIn(tx, ownerId))) throw deprovisioned()
}

const deprovisioned = (): Refused =>
  refuse('REVOKED', 'Your organisation’s identity provider has ended your access.', {
    rule: 'who is deactivated is not let in',
    level: 'organisation',
    owner: 'whoever manages people at your organisation',
    remedy: 'Ask them to activate you again.',
  })
