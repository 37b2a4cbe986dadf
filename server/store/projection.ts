/** What a batch of new events changes in the session's row; decisions and prompts have rooms of their own (docs/protocol.md §2). */
import { eq, sql } from 'drizzle-orm'
import { instantNow } from '../db/clock.ts'
import type { Tx } from '../db/database.ts'
import { session } from '../db/schema.ts'
import { openDecision, settleDecision } from './decisions.ts'
import type { KnownEvent } from './event-kinds.ts'
import { changePrompt } from './prompts.ts'
import type { PushedEvent } from './pushed-event.ts'
import type { SessionRow } from './sessions.ts'
import { ownerTopic, type Ring } from './topic.ts'

type Change = Partial<typeof session.$inferInsert>

/** Runs inside the push's transaction, so replaying a journal into an empty server rebuilds all of it. */
export async function project(tx: Tx, ring: Ring, row: SessionRow, events: PushedEvent[]): Promise<void> {
  let change: Change = {}
  let listChanged = false
  for (const { seq, at, known } of events) {
    if (!known) continue
    const one = changeOf(known, seq, at)
    if (one) change = { ...change, ...one }
    const elsewhere = await projectElsewhere(tx, ring, row, known, seq, at)
    listChanged ||= one !== null || elsewhere
  }
  await tx
    .update(session)
    .set({
      ...change,
      lastSeq: events.at(-1)?.seq ?? row.lastSeq,
      ...(listChanged ? { updatedAt: sql`${instantNow}`, revision: sql`${session.revision} + 1` } : {}),
    })
    .where(eq(session.id, row.id))
  if (listChanged) ring(ownerTopic(row.ownerId))
}

async function projectElsewhere(
  tx: Tx,
  ring: Ring,
  row: SessionRow,
  known: KnownEvent,
  seq: number,
  at: Date,
): Promise<boolean> {
  if (known.kind === 'DecisionOpened') await openDecision(tx, row, known.value, seq, at)
  else if (known.kind === 'DecisionSettled') await settleDecision(tx, ring, row, known.value, at)
  else if (known.kind === 'PromptChanged') await changePrompt(tx, row.id, known.value, seq, at)
  else return false
  return true
}

/** Null when the event says nothing that a list or a header shows. */
function changeOf(known: KnownEvent, seq: number, at: Date): Change | null {
  switch (known.kind) {
    case 'TurnStarted':
      return { state: 'WORKING', stateDetail: null, stateSince: at }
    case 'TurnEnded': {
      const { stopReason, errorMessage } = known.value
      const calm = stopReason === 'end_turn' || stopReason === 'cancelled'
      const state = calm ? ('IDLE' as const) : ('STOPPED' as const)
      return { state, stateDetail: calm ? null : (errorMessage ?? stopReason), stateSince: at }
    }
    case 'AgentExited':
      return { state: 'STOPPED', stateDetail: known.value.detail, stateSince: at }
    case 'SessionConfigured': {
      const { id, name, version } = known.value.agent
      return { configuredSeq: seq, agentId: id, agentName: name, agentVersion: version }
    }
    case 'ModeChanged':
      return { modeSeq: seq }
    case 'PlanChanged':
      return { planSeq: seq }
    case 'UsageChanged':
      return { usageSeq: seq }
    case 'SlashCommandsChanged':
      return { slashCommandsSeq: seq }
    case 'TitleChanged':
      return { agentTitle: firstLine(known.value.title) }
    case 'PromptChanged':
      return { promptTitle: firstLine(known.value.text) }
    default:
      return null
  }
}

const TITLE_CHARACTERS = 80

/** The first line that says anything, cut by characters as people see them; null when there is none. */
export function firstLine(text: string): string | null {
  const line = text.split(/\r?\n/, 50).find((one) => one.trim() !== '')
  if (line === undefined) return null
  const characters = [...line.trim().slice(0, 4 * TITLE_CHARACTERS)]
  return characters.length > TITLE_CHARACTERS
    ? `${characters.slice(0, TITLE_CHARACTERS - 1).join('')}…`
    : characters.join('')
}
