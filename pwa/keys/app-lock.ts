// When this app counts as left alone, kept where page and worker both read it. Knows no screen and no way to unlock.
import { changeVault, readVault } from './vault.ts'

export type LockRecord = {
  /** Minutes without a touch, as the person chose; null is never. */
  ownMinutes: number | null
  /** The same as their organisation's policy was last heard to say. */
  policyMinutes: number | null
  /** When somebody last touched the app. Milliseconds since 1970. */
  activeAtMs: number
  /** Credential ids of this device's passkeys: what can open it, also without a network. */
  passkeyIds: readonly string[]
}

export const openRecord: LockRecord = { ownMinutes: null, policyMinutes: null, activeAtMs: 0, passkeyIds: [] }

const NAME = 'app-lock'
/** A clock may be corrected by this much; further back it was set back by hand. */
const CLOCK_SLACK_MS = 60_000

const isRecord = (value: unknown): value is LockRecord =>
  typeof value === 'object' && value !== null && 'activeAtMs' in value && 'passkeyIds' in value

/** The stricter of the two; null is never. */
export function lockMinutes({ ownMinutes, policyMinutes }: LockRecord): number | null {
  const both = [ownMinutes, policyMinutes].filter((minutes) => minutes !== null)
  return both.length === 0 ? null : Math.min(...both)
}

export function isLocked(record: LockRecord, nowMs: number): boolean {
  const minutes = lockMinutes(record)
  if (minutes === null) return false
  const idleMs = nowMs - record.activeAtMs
  return idleMs >= minutes * 60_000 || idleMs < -CLOCK_SLACK_MS
}

export type LockRecords = {
  read(): Promise<LockRecord>
  change(change: (record: LockRecord) => LockRecord): Promise<LockRecord>
}

const known = (value: unknown): LockRecord => (isRecord(value) ? value : openRecord)

export const lockRecords: LockRecords = {
  read: async () => known(await readVault(NAME)),
  change: async (change) => known(await changeVault(NAME, (value) => change(known(value)))),
}
