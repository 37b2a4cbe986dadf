/** What policy says about one thing that a device asks: its mode, its command class, its agent (F2). Looks nothing up where policy says nothing. */
import { classOf } from '../../protocol/command-classes.ts'
import type { Tx } from '../db/database.ts'
import { findDecision } from '../store/decisions.ts'
import { findEvents, readStored } from '../store/events.ts'
import type { CanonicalMode } from '../store/kinds/values.ts'
import type { PolicyRow } from '../store/policies.ts'
import { refuse } from '../store/refused.ts'
import type { SessionRow } from '../store/sessions.ts'
import { because, effectiveOf } from './effective.ts'
import type { Effective } from './resolve.ts'
import { MODES } from './settings.ts'

/** A command as it is about to be kept. */
export type Asked = { kind: string; value: unknown; sessionId: string | null; isDeny?: boolean }

/** Throws POLICY, naming rule, level and whose it is. `session` is the command's own. */
export async function requireByPolicy(
  tx: Tx,
  row: PolicyRow,
  asked: Asked,
  session: Pick<SessionRow, 'id' | 'configuredSeq'>,
): Promise<void> {
  if (row.settings === null || asked.isDeny) return
  const effective = effectiveOf(row)
  if (effective.allowedModes.value.length < MODES.length) await requireMode(tx, effective, asked, session)
  if (effective.neverRemote.value.length > 0) await requireClass(tx, effective, asked, session)
}

async function requireMode(
  tx: Tx,
  effective: Effective,
  { value }: Asked,
  session: Pick<SessionRow, 'id' | 'configuredSeq'>,
): Promise<void> {
  const { modeId, thenMode, optionId, decisionId } = textsIn(value, 'modeId', 'thenMode', 'optionId', 'decisionId')
  if (thenMode) assertMode(effective, thenMode)
  if (decisionId && optionId) {
    const decision = await findDecision(tx, session.id, decisionId)
    const option = decision?.asked?.options.find((one) => one.id === optionId)
    if (option?.thenMode) assertMode(effective, option.thenMode)
  }
  if (!modeId || session.configuredSeq === null) return
  const [event] = await findEvents(tx, [{ sessionId: session.id, seq: session.configuredSeq }])
  const configured = event ? readStored(event) : null
  const mode =
    configured?.kind === 'SessionConfigured' ? configured.value.modes.find((one) => one.id === modeId) : undefined
  // A mode whose meaning nobody knows may be the unattended one.
  assertMode(effective, mode?.canonical ?? 'AUTOPILOT')
}

function assertMode(effective: Effective, mode: CanonicalMode | string): void {
  const { value, from } = effective.allowedModes
  if (value.some((allowed) => allowed === mode)) return
  throw refuse('POLICY', `The mode ${mode} may not be turned on from away.`, {
    rule: `allowedModes ${value.join(', ') || 'none'}`,
    ...because('allowedModes', from),
  })
}

async function requireClass(
  tx: Tx,
  effective: Effective,
  { kind, value }: Asked,
  session: Pick<SessionRow, 'id'>,
): Promise<void> {
  const { decisionId } = textsIn(value, 'decisionId')
  if (kind !== 'AnswerPermission' || !decisionId) return
  const asked = (await findDecision(tx, session.id, decisionId))?.asked
  const { value: classes, from } = effective.neverRemote
  const found = asked ? classOf(`${asked.title}\n${asked.evidence}`, classes) : null
  if (found === null) return
  throw refuse('POLICY', `What is asked falls into the class “${found}”, which nobody approves from away.`, {
    rule: `neverRemote ${found}`,
    ...because('neverRemote', from),
    remedy: `Answer it at the terminal of that machine. ${because('neverRemote', from).remedy}`,
  })
}

/** Throws POLICY for an agent that may not be remote at all. */
export function requireAgent(row: PolicyRow, agentId: string): void {
  if (row.settings === null) return
  const { value, from } = effectiveOf(row).allowedAgents
  if (value === null || value.includes(agentId)) return
  throw refuse('POLICY', `The agent ${agentId} may not be used from away; at its terminal it goes on.`, {
    rule: `allowedAgents ${value.join(', ') || 'none'}`,
    ...because('allowedAgents', from),
  })
}

/** Throws POLICY for a session at whose terminal nobody sits, where policy asks for one. */
export function requireAttended(row: PolicyRow, headless: boolean): void {
  if (row.settings === null || !headless) return
  const { value, from } = effectiveOf(row).headlessSessions
  if (value) return
  throw refuse('POLICY', 'A session without a terminal may not be used from away.', {
    rule: 'headlessSessions false',
    ...because('headlessSessions', from),
  })
}

function textsIn<N extends string>(value: unknown, ...names: N[]): Partial<Record<N, string>> {
  const given = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  const found: Partial<Record<N, string>> = {}
  for (const name of names) {
    const one = given[name]
    if (typeof one === 'string') found[name] = one
  }
  return found
}
