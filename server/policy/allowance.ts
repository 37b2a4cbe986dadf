/** What a principal may do, and which rule says so: min(device, session, policy), decided here and nowhere else (T4, T7). Knows no table. */
import type { RemoteControl } from '../store/policies.ts'
import { type RefusalLevel, type Refused, refuse } from '../store/refused.ts'
import type { Principal } from './principal.ts'
import { lowestRung, type Rung, rungAtLeast } from './rung.ts'

export type Limit = {
  code: 'POLICY' | 'RUNG_TOO_LOW'
  rule: string
  level: RefusalLevel
  message: string
  remedy: string
}

/** `rung` is null when not even seeing is allowed. `limit` names the lowest rule unless everything is allowed. */
export type Allowance = { rung: Rung | null; limit: Limit | null }

/** How a principal stands now; `Trust.standing` reads it, at most half a second old (T3). */
export type Stands = { rung: Rung; remoteControl: RemoteControl }

const POLICY_RUNG: Record<RemoteControl, Rung | null> = { OFF: null, VIEW: 'VIEW', VIEW_AND_CONTROL: 'FULL' }

const policyLimit = (remoteControl: RemoteControl): Limit => ({
  code: 'POLICY',
  rule: `remoteControl ${remoteControl}`,
  level: 'policy',
  message:
    remoteControl === 'OFF'
      ? 'Remote control is off for your sessions.'
      : 'Remote control is view-only for your sessions.',
  remedy: 'A host terminal, or a device with the rung FULL, can change the policy (setRemoteControl).',
})

const deviceLimit = (rung: Rung): Limit => ({
  code: 'RUNG_TOO_LOW',
  rule: `device rung ${rung}`,
  level: 'device',
  message: `This device may go up to ${rung}.`,
  remedy:
    'Pair it again at a host terminal: offdesk devices pair --allow <rung>. A device cannot be raised from a device.',
})

const sessionLimit = (rung: Rung): Limit => ({
  code: 'RUNG_TOO_LOW',
  rule: `session ceiling ${rung}`,
  level: 'session',
  message: `The terminal lets devices go up to ${rung} in this session.`,
  remedy: 'Start the session again with a higher ceiling, at its terminal.',
})

/** Hosts are not limited by what is remote: what they publish and settle is their own. */
export function allowance(principal: Principal, stands: Stands, session: { ceiling: Rung } | null): Allowance {
  if (principal.kind === 'host' || principal.kind === 'session') return { rung: 'FULL', limit: null }
  if (principal.kind !== 'device') return { rung: null, limit: null }
  const policyRung = POLICY_RUNG[stands.remoteControl]
  if (policyRung === null) return { rung: null, limit: policyLimit(stands.remoteControl) }
  const rung = lowestRung(stands.rung, policyRung, session?.ceiling ?? 'FULL')
  if (rung === 'FULL') return { rung, limit: null }
  // The one a person can least change is named first: it would still hold when the others are lifted.
  if (policyRung === rung) return { rung, limit: policyLimit(stands.remoteControl) }
  return { rung, limit: session?.ceiling === rung ? sessionLimit(rung) : deviceLimit(rung) }
}

/** Throws POLICY or RUNG_TOO_LOW, naming the rule, unless `has` reaches `needs`. */
export function requireRung(has: Allowance, needs: Rung, what: string): void {
  if (has.rung !== null && rungAtLeast(has.rung, needs)) return
  throw refusalOf(has.limit ?? deviceLimit(has.rung ?? 'VIEW'), `${what} needs ${needs}.`)
}

/** Throws POLICY under OFF: reads by devices stop with the rest. */
export function requireSight(has: Allowance): void {
  if (has.rung === null) throw refusalOf(has.limit ?? policyLimit('OFF'), 'Nothing is shown to devices.')
}

function refusalOf(limit: Limit, what: string): Refused {
  const { code, rule, level, remedy } = limit
  return refuse(code, `${what} ${limit.message}`, { rule, level, remedy })
}
