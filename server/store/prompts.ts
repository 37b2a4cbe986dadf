/** The prompts of a host's queue as its events told them (C6). Writes nothing of its own accord: the host owns the queue. */
import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import type { Tx } from '../db/database.ts'
import { event, prompt } from '../db/schema.ts'
import type { EventValues } from './event-kinds.ts'
import { readStored } from './events.ts'

export type PromptRow = typeof prompt.$inferSelect
export type Prompt = PromptRow & { said: EventValues['PromptChanged'] }

/** Keeps the place of the first event and the content of the newest; `since` moves only when the state does. */
export async function changePrompt(
  tx: Tx,
  sessionId: string,
  said: EventValues['PromptChanged'],
  seq: number,
  at: Date,
): Promise<void> {
  await tx
    .insert(prompt)
    .values({ sessionId, id: said.promptId, state: said.state, since: at, firstSeq: seq, changedSeq: seq })
    .onConflictDoUpdate({
      target: [prompt.sessionId, prompt.id],
      set: {
        state: said.state,
        since: sql`case when ${prompt.state} = ${said.state} then ${prompt.since} else excluded.since end`,
        changedSeq: seq,
      },
    })
}

/** Queued, held and running prompts of these sessions in the order in which they came. */
export async function waitingPrompts(tx: Tx, sessionIds: string[]): Promise<Prompt[]> {
  const rows = await tx
    .select({ prompt, event })
    .from(prompt)
    .innerJoin(event, and(eq(event.sessionId, prompt.sessionId), eq(event.seq, prompt.changedSeq)))
    .where(and(inArray(prompt.sessionId, sessionIds), inArray(prompt.state, ['QUEUED', 'HELD', 'RUNNING'])))
    .orderBy(asc(prompt.firstSeq))
  return rows.flatMap((row) => {
    const read = readStored(row.event)
    return read?.kind === 'PromptChanged' ? [{ ...row.prompt, said: read.value }] : []
  })
}
