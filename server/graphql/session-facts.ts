/** What the newest event of a kind says about a session: modes, plan, usage, slash commands. Read where it stands, many at once. */
import type { Rung } from '../policy/rung.ts'
import type { EventKind, EventValues } from '../store/event-kinds.ts'
import { type EventPlace, findEvents, readStored } from '../store/events.ts'
import type { Mode } from '../store/kinds/values.ts'
import type { SessionRow } from '../store/sessions.ts'
import { createBatch } from './batch.ts'
import type { Context } from './context.ts'

const placeText = ({ sessionId, seq }: EventPlace): string => `${sessionId}/${seq}`

const eventAt = createBatch(placeText, async (tx, places: EventPlace[]) => {
  const rows = await findEvents(tx, places)
  return new Map(rows.map((row) => [placeText(row), readStored(row)]))
})

/** Null when no such event has come, or this server cannot read it. */
export async function factOf<K extends EventKind>(
  context: Context,
  session: SessionRow,
  seq: number | null,
  kind: K,
): Promise<EventValues[K] | null> {
  if (seq === null) return null
  const known = await eventAt(context, { sessionId: session.id, seq })
  return known?.kind === kind ? (known.value as EventValues[K]) : null
}

export const configurationOf = (context: Context, session: SessionRow) =>
  factOf(context, session, session.configuredSeq, 'SessionConfigured')

export const modeOf = (context: Context, session: SessionRow) =>
  factOf(context, session, session.modeSeq, 'ModeChanged')

/** What the agent offers; empty until it has said. */
export async function modesOf(context: Context, session: SessionRow): Promise<Mode[]> {
  return (await configurationOf(context, session))?.modes ?? []
}

/**
 * What choosing a mode needs (T4): FULL for autopilot and for one whose meaning the host could not tell, else STEER. The mode that stands is nobody's
 * choice: whoever prompts under it raises nothing.
 */
export const rungForMode = (context: Context, modeId: string) => modeWanted(context, modeId).needs

/** The same, looked up once, and the mode's name once that has been read; null for one the agent has not named. */
export function modeWanted(
  context: Context,
  modeId: string,
): { needs(session: SessionRow): Promise<Rung>; name(): string | null } {
  let name: string | null = null
  let known: Promise<Rung> | undefined
  async function needs(session: SessionRow): Promise<Rung> {
    const standing = await modeOf(context, session)
    if (standing?.effective.id === modeId) {
      name = standing.effective.name
      return 'STEER'
    }
    const mode = (await modesOf(context, session)).find((one) => one.id === modeId)
    name = mode?.name ?? null
    return mode?.canonical === 'PLAN' || mode?.canonical === 'INTERACTIVE' ? 'STEER' : 'FULL'
  }
  return {
    needs(session) {
      known ??= needs(session)
      return known
    },
    name: () => name,
  }
}
