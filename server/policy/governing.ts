/** Makes what has been decided hold: rows that every request reads, sessions that may not go on, what is queued and not fetched (T3, F4). */
import type { Tx } from '../db/database.ts'
import { lockHostsOf } from '../store/hosts.ts'
import { type PolicyRow, type RemoteControl, readPolicies, writePolicy } from '../store/policies.ts'
import { withholdSessions } from '../store/running.ts'
import { refuseSteering } from '../store/taken-away.ts'
import { ownerTopic, type Ring, trustTopic } from '../store/topic.ts'
import { effectiveOf, textsOf } from './effective.ts'
import { type Effective, type From, valuesOf } from './resolve.ts'
import { isSame, type SettingName, type Settings, settingNames, tighten } from './settings.ts'
import type { Governed } from './standing-levels.ts'

export type SettingChange = { ownerId: string; setting: SettingName; before: string; after: string }

/** What would be different for each, setting by setting; nothing for whom nothing changes. */
export async function changesFor(tx: Tx, governed: readonly Governed[]): Promise<SettingChange[]> {
  const rows = await readPolicies(
    tx,
    governed.map(({ ownerId }) => ownerId),
  )
  return governed.flatMap(({ ownerId, effective }) => {
    const before = valuesOf(standing(rows.get(ownerId), ownerId))
    const after = valuesOf(effective)
    return settingNames
      .filter((name) => !isSame(before[name], after[name]))
      .map((setting) => ({ ownerId, setting, before: wordOf(before[setting]), after: wordOf(after[setting]) }))
  })
}

const wordOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const standing = (row: PolicyRow | undefined, ownerId: string): Effective =>
  effectiveOf(row ?? { ownerId, settings: null, ownControl: 'VIEW_AND_CONTROL' })

/**
 * Everything that asks or waits finds the new policy from the commit on, and is woken by it. The caller holds `lockPolicies`. Sessions are locked
 * before hosts, and hosts before commands, as everywhere.
 */
export async function enforce(tx: Tx, ring: Ring, governed: readonly Governed[], by: string): Promise<void> {
  const ownerIds = governed.map(({ ownerId }) => ownerId)
  const rows = await readPolicies(tx, ownerIds)
  for (const { ownerId, effective } of governed) {
    const { allowedAgents, headlessSessions } = effective
    await withholdSessions(tx, ring, ownerId, {
      ...{ agents: allowedAgents.value, agentsRule: JSON.stringify(allowedAgents.from) },
      ...{ headless: headlessSessions.value, headlessRule: headlessRule(headlessSessions.from) },
    })
  }
  // Whoever queues a command holds its host's lock: theirs is committed and refused below, or finds the new policy.
  await lockHostsOf(tx, ownerIds)
  for (const { ownerId, organisationId, ownControl, effective } of governed) {
    const texts = organisationId === null ? { bounds: null, settings: null } : textsOf(effective)
    const remoteControl = effective.remoteControl.value
    await writePolicy(tx, ownerId, { remoteControl, ownControl, ...texts }, by)
    if (isTightened(standing(rows.get(ownerId), ownerId), effective))
      await refuseSteering(tx, ring, ownerId, tooLate(remoteControl))
  }
  ring(trustTopic, ...ownerIds.map(ownerTopic))
}

const headlessRule = (from: From): string => JSON.stringify({ ...from, setting: 'headlessSessions' })

const tooLate = (remoteControl: RemoteControl) =>
  remoteControl === 'VIEW_AND_CONTROL'
    ? {
        code: 'POLICY',
        message: 'The policy was tightened before the host had fetched this; send it again if it is still allowed.',
        rule: 'what is queued ends when a policy is tightened',
      }
    : {
        code: 'POLICY',
        message: `Remote control was set to ${remoteControl} before the host had fetched this.`,
        rule: `remoteControl ${remoteControl}`,
      }

/** Of the settings that say what may be asked of a host. */
const ABOUT_STEERING = [
  ...(['remoteControl', 'maxRung', 'allowedModes', 'allowedAgents', 'headlessSessions'] as const),
  ...(['allowedDeviceKinds', 'neverRemote', 'stepUp'] as const),
]

const isTightened = (before: Effective, after: Effective): boolean =>
  ABOUT_STEERING.some((name) => tightens(name, before, after))

function tightens<K extends SettingName>(name: K, before: Effective, after: Effective): boolean {
  const was: Settings[K] = before[name].value
  const is: Settings[K] = after[name].value
  return !isSame(was, is) && !isSame(tighten[name](was, is), was)
}
