// What is known of a remote command's sender and session when its rights are looked at, and the shape of a refusal. Judges nothing.
import type { AskedDecision } from '../agent/translate/permission.ts'
import type { Rung, TrustedDevice } from '../remote/roster.ts'
import type { Standing } from '../rules/rules.ts'
import type { CanonicalMode } from './view.ts'

/** `level`, `owner` and `remedy` where a rule refuses (T7): whose it is and what would lift it. */
export type Refused = {
  code: string
  message: string
  rule: string
  level?: string
  owner?: string
  remedy?: string
}

export type Facts = {
  device: TrustedDevice | null
  ceiling: Rung
  rules: Standing
  /** Why the session may not be remote at all, or null. */
  sessionRefusal: Refused | null
  decision: AskedDecision | null
  meaningOf: (modeId: string) => CanonicalMode | null
  /** The mode a waiting prompt will be set to before it runs; null when it runs in the mode that is. */
  promptMode: string | null
  /** The mode that is. */
  standingMode: string | null
  /** A passkey vouched for this very command, or its device needs none. */
  isVouched: boolean
}
