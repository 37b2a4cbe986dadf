// Finishes the sessions whose process died on this machine, or ended out of the server's reach: closes what they left open, tells the
// server the rest, ends them (C4, E1).
import pkg from '../../package.json' with { type: 'json' }
import { JournalError } from '../journal/failure.ts'
import { readMeta } from '../journal/meta.ts'
import { abandoned, sessionIds, sessionPaths } from '../journal/session-folder.ts'
import type { HostLink } from '../remote/host-link.ts'
import { createPusher } from '../remote/pusher.ts'
import { isRung } from '../remote/roster.ts'
import { EndSession, type SessionStart } from '../remote/session-operations.ts'
import { readMachine } from '../rules/machine.ts'
import { wayTo } from '../rules/ways.ts'
import { agree } from './foreign-tail.ts'
import { mintId } from './mint.ts'
import { placeOf } from './place.ts'
import { openRuling } from './ruling.ts'
import { openSessionJournal, type SessionJournal } from './session-journal.ts'
import { createSettlements } from './settlements.ts'
import { closeEarlier } from './starting.ts'

export const endedWithHost = 'The process on the workstation ended unexpectedly.'

/**
 * Takes over every session whose end is untold, one after another, and returns the ids of those the server has all of. One that is taken
 * by another process is left to it; one that cannot be told before the signal is closed here and told by whoever comes next.
 */
export async function recoverSessions(options: {
  dataDir: string
  link: HostLink
  signal: AbortSignal
  /** Given a sentence for each session that is damaged: it stays as it is, and devices go on seeing it as it was last told. */
  onLeft?: (sentence: string) => void
}): Promise<string[]> {
  const told: string[] = []
  for (const id of await untold(options.dataDir)) {
    options.signal.throwIfAborted()
    try {
      const journal = await openSessionJournal(options.dataDir, { sessionId: id })
      try {
        if (await recover(journal, options)) told.push(id)
      } finally {
        await journal.close()
      }
    } catch (error) {
      // Another process was faster, or the journal cannot be opened: neither must keep the others from being told.
      if (!(error instanceof JournalError)) throw error
      if (error.fault !== 'LOCKED') options.onLeft?.(leftAsItIs(id, error))
    }
  }
  return told
}

const leftAsItIs = (id: string, { message }: JournalError): string =>
  `The session ${id} on this machine ended, and its end cannot be told: ${message} Devices show it as it was last heard of. It is tried again at every start; if nothing of it is wanted, remove its folder here and delete it on a device.`

/** Those whose process died, and those whose facts say that the server has not heard the end. */
async function untold(dataDir: string): Promise<string[]> {
  const dead = new Set((await abandoned(dataDir)).map(({ id }) => id))
  const left: string[] = []
  for (const id of await sessionIds(dataDir)) {
    const facts = dead.has(id) ? null : await readMeta(sessionPaths(dataDir, id).meta).catch(() => null)
    if (dead.has(id) || typeof facts?.untold === 'string') left.push(id)
  }
  return left
}

async function recover(
  journal: SessionJournal,
  { link, signal }: { link: HostLink; signal: AbortSignal },
): Promise<boolean> {
  const { epoch: dead, agent, command, cwd } = journal.meta.facts
  // Nothing of it ever left the machine, and nothing does now (A1).
  if (journal.log.lastSeq === 0) return false
  await closeEarlier(journal, dead)
  const reason = typeof journal.meta.facts.untold === 'string' ? journal.meta.facts.untold : endedWithHost
  // Noted first: closing the journal lets its lock go, and with it the sign that somebody died here.
  await journal.meta.update({ pid: null, ended: true, untold: reason })
  // Another server was never shown this session, and is not shown it now (A1).
  if (journal.meta.facts.server !== link.server) return false
  const machine = await readMachine()
  const [program = '', ...args] = command
  const told = { agent: { id: agent, name: agent, command: program, args, preset: null }, cwd }
  const ruling = await openRuling(told, machine)
  if (ruling.refusal(null) !== null || wayTo(machine, link.server, pkg.version) !== null) return false
  const call = link.callFor(journal.id)
  // An attachment of its own: the dead one may be a zombie elsewhere, and must be fenced rather than meet its own numbers (E4).
  const epoch = await journal.meta.mintEpoch()
  const start = await startOf(journal, link.identity.hostId)
  const pusher = createPusher({
    call,
    start: () => start,
    log: journal.published,
    agree: (held, ask) => agree(journal, ask, held, (body) => journal.log.append(epoch, body)),
    bodies: journal.bodies,
    mayPush: () => ruling.refusal(link.policy) === null,
    onChange: () => {},
  })
  const settlements = createSettlements({ ledger: journal.ledger, call, epoch, said: (until) => pusher.flushed(until) })
  try {
    await pusher.flushed(signal)
    await settlements.flushed(signal)
    if (signal.aborted) return false
    const isLost = pusher.state.is === 'ended'
    if (!isLost) await call(EndSession, { input: { sessionId: journal.id, epoch, reason } }, { signal })
    // What can never be told (deleted, fenced) is not tried again either.
    await journal.meta.update({ untold: null })
    return !isLost
  } catch {
    return false
  } finally {
    await Promise.all([pusher.close(), settlements.close()])
  }
}

async function startOf(journal: SessionJournal, hostId: string): Promise<SessionStart> {
  const { facts } = journal.meta
  const attachmentId = mintId('att')
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
