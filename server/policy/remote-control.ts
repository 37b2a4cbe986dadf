/** The owner's switch: off, view, view and control; obeyed at once and by what is already queued (T3). Knows no transport. */
import type { Tx } from '../db/database.ts'
import { noteAudit } from '../store/audit.ts'
import { findMember } from '../store/organisations.ts'
import { type PolicyRow, type RemoteControl, readPolicy } from '../store/policies.ts'
import { lockPolicies } from '../store/policy-documents.ts'
import { refuse } from '../store/refused.ts'
import type { Ring } from '../store/topic.ts'
import { enforce } from './governing.ts'
import type { DevicePrincipal, HostPrincipal } from './principal.ts'
import { rungAtLeast } from './rung.ts'
import { resolveFor } from './standing-levels.ts'

const LEVELS: readonly RemoteControl[] = ['OFF', 'VIEW', 'VIEW_AND_CONTROL']

/** A host's credential or a FULL device sets any level; any device above VIEW may lower it. What others enforce stays as it is. */
export async function setRemoteControl(
  tx: Tx,
  ring: Ring,
  by: HostPrincipal | DevicePrincipal,
  level: RemoteControl,
): Promise<PolicyRow> {
  await lockPolicies(tx)
  const { ownerId } = by
  const before = await readPolicy(tx, ownerId)
  const lowers = LEVELS.indexOf(level) < LEVELS.indexOf(before.ownControl)
  if (by.kind === 'device' && !rungAtLeast(by.rung, lowers ? 'ANSWER' : 'FULL')) {
    throw refuse(
      'RUNG_TOO_LOW',
      `${lowers ? 'Lowering' : 'Raising'} remote control needs ${lowers ? 'answer' : 'full'}.`,
      {
        rule: `device rung ${by.rung}`,
        level: 'device',
        remedy: 'Do it at the terminal of a workstation, or on a device that may do more.',
      },
    )
  }
  if (before.ownControl === level) return before
  const name = by.kind === 'host' ? by.hostName : by.deviceName
  const memberOf = new Map([[ownerId, (await findMember(tx, ownerId))?.organisationId ?? null]])
  await enforce(tx, ring, await resolveFor(tx, memberOf, { ownControl: level }), name)
  await noteAudit(tx, {
    ...{ ownerId, actor: by.kind === 'host' ? by.hostId : by.deviceId, actorName: name },
    ...{ surface: by.kind === 'host' ? 'TERMINAL' : 'DEVICE', action: 'policy.own', target: ownerId, outcome: 'DONE' },
    line: `own switch ${before.ownControl} to ${level}`,
  })
  return readPolicy(tx, ownerId)
}
