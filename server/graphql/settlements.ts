/** Who won a decision: shown on the decision and on every command that lost (D3). */
import { type DecisionRow, decisionKeyText, findDecisionRows } from '../store/decisions.ts'
import type { Origin as OriginValue } from '../store/kinds/values.ts'
import { createBatch } from './batch.ts'
import { builder, partOf } from './builder.ts'
import { DecisionOutcome } from './events/decisions.ts'
import { Origin } from './values.ts'

export type SettlementValue = {
  at: Date
  outcome: 'ANSWERED' | 'CANCELLED' | 'WITHDRAWN'
  optionId: string | null
  optionName: string | null
  answer: string | null
  reason: string | null
  origin: OriginValue
}

/** Null while it is open. */
export function settlementOf(row: DecisionRow): SettlementValue | null {
  const { settledAt, outcome, surface, optionId, optionName, answer, reason } = row
  if (!settledAt || !outcome || !surface) return null
  const { winnerCommandId: commandId, winnerDeviceId: deviceId, winnerDeviceName: deviceName } = row
  return {
    at: settledAt,
    outcome,
    optionId,
    optionName,
    answer,
    reason,
    origin: { surface, commandId, deviceId, deviceName },
  }
}

export const Settlement = builder.objectRef<SettlementValue>('Settlement').implement({
  extensions: partOf('Decision'),
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime' }),
    outcome: t.expose('outcome', { type: DecisionOutcome }),
    optionId: t.exposeString('optionId', { nullable: true }),
    optionName: t.exposeString('optionName', { nullable: true }),
    answer: t.exposeString('answer', { nullable: true }),
    reason: t.exposeString('reason', { nullable: true }),
    origin: t.expose('origin', { type: Origin }),
  }),
})

/** The decision's row, of many commands at once. */
export const decisionRowOf = createBatch(decisionKeyText, async (tx, keys) => {
  const rows = await findDecisionRows(tx, keys.map(decisionKeyText))
  return new Map(rows.map((row) => [decisionKeyText({ sessionId: row.sessionId, id: row.id }), row]))
})
