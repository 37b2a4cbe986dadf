/** The owner's switch: off, view, view and control; obeyed at once and by what is already queued (T3). Knows no transport. */
import type { Tx } from '../db/database.ts'
import { lockHost } from '../store/commands.ts'
import { activeHostIds } from '../store/hosts.ts'
import { type PolicyRow, type RemoteControl, readPolicy, writePolicy } from '../store/policies.ts'
import { refuse } from '../store/refused.ts'
import { refuseSteering } from '../store/taken-away.ts'
import { ownerTopic, type Ring, trustTopic } from '../store/topic.ts'
import type { DevicePrincipal, HostPrincipal } from './principal.ts'
import { rungAtLeast } from './rung.ts'

const LEVELS: readonly RemoteControl[] = ['OFF', 'VIEW', 'VIEW_AND_CONTROL']

/** A host's credential or a FULL device sets any level; any device above VIEW may lower it. */
export async function setRemoteControl(
  tx: Tx,
  ring: Ring,
  by: HostPrincipal | DevicePrincipal,
  level: RemoteControl,
): Promise<PolicyRow> {
  const before = await readPolicy(tx, by.ownerId)
  const lowers = LEVELS.indexOf(level) < LEVELS.indexOf(before.remoteControl)
  if (by.kind === 'device' && !rungAtLeast(by.rung, lowers ? 'ANSWER' : 'FULL')) {
    throw refuse(
      'RUNG_TOO_LOW',
      `${lowers ? 'Lowering' : 'Raising'} remote control needs ${lowers ? 'ANSWER' : 'FULL'}.`,
      {
        rule: `device rung ${by.rung}`,
        level: 'device',
        remedy: 'Do it at a host terminal, or on a device with a higher rung.',
      },
    )
  }
  const name = by.kind === 'host' ? by.hostName : by.deviceName
  // Whoever queues a command holds its host's lock: theirs is committed and refused below, or finds the new level.
  for (const hostId of (await activeHostIds(tx, by.ownerId)).sort()) await lockHost(tx, hostId)
  const row = await writePolicy(tx, by.ownerId, level, name)
  if (level !== 'VIEW_AND_CONTROL') {
    await refuseSteering(tx, ring, by.ownerId, {
      code: 'POLICY',
      message: `Remote control was set to ${level} before the host had fetched this.`,
      rule: `remoteControl ${level}`,
    })
  }
  ring(trustTopic, ownerTopic(by.ownerId))
  return row
}
