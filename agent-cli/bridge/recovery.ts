// Finishes the sessions whose process died on this machine: closes what they left open, tells the server the rest, ends them (C4, E1).

import { JournalError } from '../journal/failure.ts'
import { abandoned } from '../journal/session-folder.ts'
import type { HostLink } from '../remote/host-link.ts'
import { createPusher } from '../remote/pusher.ts'
import { isRung } from '../remote/roster.ts'
import { EndSession, type SessionStart } from '../remote/session-operations.ts'
import { mintId } from './mint.ts'
import { placeOf } from './place.ts'
import { openSessionJournal, type SessionJournal } from './session-journal.ts'
import { createSettlements } from './settlements.ts'
import { closeEarlier } from './starting.ts'

export const endedWithHost = 'The process on the workstation ended unexpectedly.'

/**
 * Takes over every abandoned session, one after another, and returns the ids of those the server has all of. One that is taken by
 * another process is left to it; one that cannot be told before the signal is closed here and told by whoever comes next.
 */
export async function recoverSessions(options: {
  dataDir: string
  link: HostLink
  signal: AbortSignal
}): Promise<string[]> {
  const told: string[] = []
  for (const { id } of await abandoned(options.dataDir)) {
    options.signal.throwIfAborted()
    try {
      const journal = await openSessionJournal(options.dataDir, { sessionId: id })
      try {
        if (await recover(journal, options)) told.push(id)
      } finally {
        await journal.close()
      }
    } catch (error) {
      // Another process was faster, or the journal is damaged: neither must keep the others from being told.
      if (!(error instanceof JournalError)) throw error
    }
  }
  return told
}

async function recover(
  journal: SessionJournal,
  { link, signal }: { link: HostLink; signal: AbortSignal },
): Promise<boolean> {
  const { epoch } = journal.meta.facts
  // Nothing of it ever left the machine, and nothing does now (A1).
  if (journal.log.lastSeq === 0) return false
  await closeEarlier(journal, epoch)
  const call = link.callFor(journal.id)
  const start = await startOf(journal, link.identity.hostId)
  const pusher = createPusher({
    call,
    start: () => start,
    log: journal.log,
    bodies: journal.bodies,
    onChange: () => {},
  })
  const settlements = createSettlements({ ledger: journal.ledger, call })
  try {
    await pusher.flushed(signal)
    await settlements.flushed(signal)
    if (signal.aborted || pusher.state.is === 'ended') return false
    await call(EndSession, { input: { sessionId: journal.id, epoch, reason: endedWithHost } }, { signal })
    return true
  } catch {
    return false
  } finally {
    await Promise.all([pusher.close(), settlements.close()])
  }
}

async function startOf(journal: SessionJournal, hostId: string): Promise<SessionStart> {
  const { facts } = journal.meta
  const attachmentId = typeof facts.attachmentId === 'string' ? facts.attachmentId : mintId('att')
  const name = typeof facts.agentName === 'string' ? facts.agentName : facts.agent
  return {
    ...{
      id: journal.id,
      hostId,
      epoch: facts.epoch,
      attachmentId,
      cwd: facts.cwd,
      createdAt: facts.createdAt,
      name: facts.title,
    },
    ...{
      agent: { id: facts.agent, name },
      ceiling: isRung(facts.ceiling) ? facts.ceiling : 'STEER',
      ...(await placeOf(facts.cwd)),
    },
  }
}
