/** What a principal may do, and which rule says so: min(device, session, policy), decided here and nowhere else (T4, T7). Knows no table. */
import type { RemoteControl } from '../store/policies.ts'
import { type RefusalLevel, type Refused, refuse } from '../store/refused.ts'
import { type Bounds, because } from './effective.ts'
import type { Principal } from './principal.ts'
import type { From } from './resolve.ts'
import { lowestRung, type Rung, rungAtLeast, rungWord } from './rung.ts'
import type { DeviceKind } from './settings.ts'

export type Limit = {
  code: 'POLICY' | 'RUNG_TOO_LOW' | 'PASSKEY_REQUIRED'
  rule: string
  level: RefusalLevel
  owner: string
  message: string
  remedy: string
}

/**
 * `rung` is null when not even seeing is allowed. `limit` names the lowest rule unless everything is allowed. `unseen`: it may act as `rung` says, and is shown
 * nothing until its person is verified; so a deny is always possible (D5).
 */
export type Allowance = { rung: Rung | null; limit: Limit | null; unseen?: Limit }

/** How a principal stands now; `Trust.standing` reads it, at most half a second old (T3). */
export type Stands = {
  rung: Rung
  remoteControl: RemoteControl
  /** What enterprise and organisation say besides; the same object as long as they say the same. */
  bounds?: Bounds | null
  deviceKind?: DeviceKind
  /** Its person signed in on it, and no host trusts it yet. */
  awaitsTrust?: boolean
  /** Policy asks who looks, and nobody has shown that for too long. */
  mustVerify?: boolean
  /** Until when its person may look, in milliseconds of the database's clock; left out where nobody asks, or nobody was verified yet. */
  looksUntil?: number
}

/** `withheldBy`, as JSON, is whose rule it is that the session may not go on now. */
export type InSession = { ceiling: Rung; withheldBy?: string | null }

const POLICY_RUNG: Record<RemoteControl, Rung | null> = { OFF: null, VIEW: 'VIEW', VIEW_AND_CONTROL: 'FULL' }

const own: From = { level: 'person', id: null, name: null }

const policyLimit = (remoteControl: RemoteControl, from: From): Limit => ({
  code: 'POLICY',
  rule: `remoteControl ${remoteControl}`,
  message:
    remoteControl === 'OFF'
      ? 'Remote control is off for your sessions.'
      : 'Remote control is view-only for your sessions.',
  ...because('remoteControl', from),
})

const kindLimit = (kind: DeviceKind, { from }: Bounds['allowedDeviceKinds']): Limit => ({
  code: 'POLICY',
  rule: `allowedDeviceKinds without ${kind}`,
  message: kind === 'SCRIPT' ? 'Scripts may not attach to your sessions.' : 'Browsers may not attach to your sessions.',
  ...because('allowedDeviceKinds', from),
})

const maxRungLimit = ({ value, from }: Bounds['maxRung']): Limit => ({
  code: 'POLICY',
  rule: `maxRung ${value}`,
  message: `No device may go above ${rungWord(value)}.`,
  ...because('maxRung', from),
})

/** From what `withheldBy` holds: where the rule comes from, as it is kept with the session. */
const withheldLimit = ({ setting = 'allowedAgents', ...from }: From & { setting?: string }): Limit => ({
  code: 'POLICY',
  rule: setting,
  message:
    setting === 'headlessSessions'
      ? 'This session may not go on from away: nobody sits at its terminal, and policy asks for that.'
      : 'This session may not go on from away: its agent is not among those that are allowed.',
  ...because(setting, from),
})

const deviceLimit = (rung: Rung): Limit => ({
  code: 'RUNG_TOO_LOW',
  rule: `device rung ${rung}`,
  level: 'device',
  owner: 'whoever confirms devices at the terminal of a workstation',
  message: `This device may go up to ${rungWord(rung)}.`,
  remedy:
    'Pair it again at the terminal of a workstation: offdesk devices pair --allow steer, or full. A device cannot be raised from a device.',
})

/** No host would take its orders: they are refused here, in words that say who can change that. */
const untrustedLimit: Limit = {
  code: 'RUNG_TOO_LOW',
  rule: 'a machine takes orders of devices that it trusts',
  level: 'host',
  owner: 'you, at the terminal of that machine',
  message: 'You are signed in on this device, and no machine trusts it yet: it may look.',
  remedy:
    'At the terminal of the machine: offdesk devices trust <this device>. Or on a device that is trusted there: Settings, Devices. Or scan the QR of a session.',
}

const lookingLimit = (from: From, minutes: number): Limit => ({
  ...because('stepUp', from),
  code: 'PASSKEY_REQUIRED',
  rule: 'stepUp at VIEW',
  message: `Policy asks for your passkey every ${minutes} minutes before anything of a session is shown. Denying and cancelling need none.`,
  remedy:
    'Verify with the passkey of this device. If it has none: make one under Settings, then at a terminal of yours: offdesk devices pin. Or sign in with a passkey: offdesk invite --myself.',
})

const sessionLimit = (rung: Rung): Limit => ({
  code: 'RUNG_TOO_LOW',
  rule: `session ceiling ${rung}`,
  level: 'session',
  owner: 'the terminal that runs this session',
  message: `The terminal lets devices go up to ${rungWord(rung)} in this session.`,
  remedy: 'Start the session again with a higher ceiling, at its terminal.',
})

/** Hosts are not limited by what is remote: what they publish and settle is their own. */
export function allowance(principal: Principal, stands: Stands, session: InSession | null): Allowance {
  const has = ladder(principal, stands, session)
  if (!stands.mustVerify || principal.kind !== 'device') return has
  const { from, minutes } = stands.bounds?.looking ?? { from: own, minutes: 0 }
  return { ...has, unseen: lookingLimit(from, minutes) }
}

function ladder(principal: Principal, stands: Stands, session: InSession | null): Allowance {
  if (principal.kind === 'host' || principal.kind === 'session') return { rung: 'FULL', limit: null }
  if (principal.kind !== 'device') return { rung: null, limit: null }
  const { remoteControl, bounds = null, deviceKind = 'BROWSER' } = stands
  const policyRung = POLICY_RUNG[remoteControl]
  const policy = () => policyLimit(remoteControl, bounds?.remoteControl ?? own)
  if (policyRung === null) return { rung: null, limit: policy() }
  if (bounds && !bounds.allowedDeviceKinds.value.includes(deviceKind))
    return { rung: null, limit: kindLimit(deviceKind, bounds.allowedDeviceKinds) }
  if (session?.withheldBy) return { rung: 'VIEW', limit: withheldLimit(JSON.parse(session.withheldBy) as From) }
  const most = bounds?.maxRung.value ?? 'FULL'
  const rung = lowestRung(stands.rung, policyRung, most, session?.ceiling ?? 'FULL')
  if (rung === 'FULL') return { rung, limit: null }
  // The one a person can least change is named first: it would still hold when the others are lifted.
  if (policyRung === rung) return { rung, limit: policy() }
  if (bounds && most === rung) return { rung, limit: maxRungLimit(bounds.maxRung) }
  if (stands.awaitsTrust) return { rung, limit: untrustedLimit }
  return { rung, limit: session?.ceiling === rung ? sessionLimit(rung) : deviceLimit(rung) }
}

/** Throws POLICY under OFF: nothing of a session is taken from its host, whatever that host thinks (F1). */
export function requirePublishing({ remoteControl, bounds }: Stands): void {
  if (remoteControl === 'OFF')
    throw refusalOf(policyLimit('OFF', bounds?.remoteControl ?? own), 'Nothing is published.')
}

/** Throws POLICY or RUNG_TOO_LOW, naming the rule, unless `has` reaches `needs`. */
export function requireRung(has: Allowance, needs: Rung, what: string): void {
  if (has.rung !== null && rungAtLeast(has.rung, needs)) return
  throw refusalOf(has.limit ?? deviceLimit(has.rung ?? 'VIEW'), `${what} needs ${rungWord(needs)}.`)
}

/** PASSKEY_REQUIRED where its person must be verified before anything is shown; null else, also under OFF. */
export const lookingRefusal = ({ rung, unseen }: Allowance): Refused | null =>
  unseen && rung !== null ? refusalOf(unseen, 'Nothing is shown on this device.') : null

/** Throws POLICY under OFF: reads by devices stop with the rest. And what `lookingRefusal` has. */
export function requireSight(has: Allowance): void {
  const unseen = lookingRefusal(has)
  if (unseen) throw unseen
  if (has.rung === null) throw refusalOf(has.limit ?? policyLimit('OFF', own), 'Nothing is shown to devices.')
}

function refusalOf(limit: Limit, what: string): Refused {
  const { code, rule, level, owner, remedy } = limit
  return refuse(code, `${what} ${limit.message}`, { rule, level, owner, remedy })
}
