// Opens what a session needs before its agent runs: the journal with a new epoch and the first view. Closes what an earlier process left open.
import { hostname } from 'node:os'
import type { SessionOptions } from './contract.ts'
import { leftOpen } from './left-open.ts'
import { placeTitle } from './naming.ts'
import { type Place, placeOf } from './place.ts'
import { offView } from './remote-view.ts'
import { openSessionJournal, type SessionJournal } from './session-journal.ts'
import type { Rung, SessionView } from './view.ts'

export type Opened = {
  readonly journal: SessionJournal
  readonly epoch: number
  readonly place: Place
  readonly view: SessionView
  /** The agent's own id of the session before, to load it again. */
  readonly loadSessionId: string | null
}

/** Rejects with JournalError (LOCKED, CORRUPT, DISK_FULL …) and leaves nothing open. */
export async function openSession(options: SessionOptions, ceiling: Rung): Promise<Opened> {
  const { agent, cwd, resumeSessionId } = options
  const place = await placeOf(cwd)
  const facts = {
    ...{ agent: agent.id, command: [agent.command, ...agent.args], cwd, title: options.name ?? null },
    ...{ pid: null, agentSessionId: null, ceiling, agentName: agent.name },
  }
  const journal = await openSessionJournal(
    options.dataDir,
    resumeSessionId ? { sessionId: resumeSessionId } : { facts },
  )
  try {
    const before = journal.meta.facts
    if (resumeSessionId && before.epoch > 0 && journal.log.lastSeq > 0) await closeEarlier(journal, before.epoch)
    const epoch = await journal.meta.mintEpoch()
    await journal.meta.update({
      ceiling,
      agentName: agent.name,
      ended: false,
      ...(options.name && { title: options.name }),
    })
    const name = options.name ?? before.title
    return {
      journal,
      epoch,
      place,
      loadSessionId: before.agentSessionId,
      view: firstView(journal, options, { epoch, ceiling, place, name }),
    }
  } catch (error) {
    await journal.close()
    throw error
  }
}

/** What the epoch before left open ends in that epoch; its commands without a result are UNKNOWN (C4). */
export async function closeEarlier(journal: SessionJournal, epoch: number): Promise<void> {
  const at = new Date().toISOString()
  for (const body of await leftOpen(journal)) await journal.log.append(epoch, body, at)
  for (const { commandId } of journal.ledger.unfinished()) await journal.ledger.result(commandId, 'UNKNOWN')
}

function firstView(
  journal: SessionJournal,
  { agent, cwd }: SessionOptions,
  { epoch, ceiling, place, name }: { epoch: number; ceiling: Rung; place: Place; name: string | null },
): SessionView {
  const { createdAt } = journal.meta.facts
  const title = name ?? placeTitle(hostname(), cwd)
  const titleFrom = name === null ? 'place' : 'person'
  return {
    session: {
      id: journal.id,
      epoch,
      agent: { id: agent.id, name: agent.name },
      cwd,
      ...place,
      title,
      titleFrom,
      createdAt,
      capabilities: [],
    },
    ...{ state: 'STARTING', stateDetail: null, stateSince: new Date().toISOString(), turn: null },
    ...{ transcript: { items: [], droppedItems: 0 }, decisions: [], prompts: [], queueHeld: null },
    ...{ mode: { effective: null, requested: null, list: [] }, options: [], plan: [], slashCommands: [], usage: null },
    remote: offView(ceiling),
    journal: { state: 'ok', message: null },
  }
}
