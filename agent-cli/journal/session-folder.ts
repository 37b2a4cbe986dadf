// Where a session's files lie and who has left one behind: `<stateDir>/sessions/<sessionId>/`. Mints session ids (E1).
// Knows names and locks, not what the files say.
import { randomBytes } from 'node:crypto'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { folderMode, makeFolder, syncFolder } from './disk.ts'
import { diskFailure, JournalError, systemCode } from './failure.ts'
import { isAlive } from './holder.ts'
import { type Lock, lockHolder, takeLock } from './lock.ts'

const idPattern = /^ses_[A-Za-z0-9_-]{22}$/

/** The files of one session, all inside its folder. */
export interface SessionPaths {
  folder: string
  log: string
  meta: string
  acked: string
  renumbered: string
  ledger: string
  bodies: string
}

/** A new session id: 128 random bits. */
export function mintSessionId(): string {
  return `ses_${randomBytes(16).toString('base64url')}`
}

/** Paths of a session. Throws NOT_FOUND for anything that is no session id, so that a name from outside never leaves the folder. */
export function sessionPaths(stateDir: string, sessionId: string): SessionPaths {
  if (!idPattern.test(sessionId)) throw new JournalError('NOT_FOUND', 'That is not a session id.')
  const folder = join(stateDir, 'sessions', sessionId)
  return {
    folder,
    log: join(folder, 'events.log'),
    meta: join(folder, 'meta.json'),
    acked: join(folder, 'acked.json'),
    renumbered: join(folder, 'renumbered.json'),
    ledger: join(folder, 'ledger.log'),
    bodies: join(folder, 'bodies'),
  }
}

/** Makes the folder of a new session under a fresh id and takes its lock. Throws JournalError. */
export async function createSessionFolder(
  stateDir: string,
  mint: () => string = mintSessionId,
): Promise<{ id: string; paths: SessionPaths; lock: Lock }> {
  const parent = join(stateDir, 'sessions')
  try {
    await makeFolder(parent)
    for (;;) {
      const id = mint()
      const paths = sessionPaths(stateDir, id)
      try {
        await mkdir(paths.folder, { mode: folderMode })
      } catch (error) {
        if (systemCode(error) === 'EEXIST') continue
        throw error
      }
      await syncFolder(parent)
      return { id, paths, lock: await takeLock(paths.folder) }
    }
  } catch (error) {
    throw diskFailure(parent, error)
  }
}

/** Takes the lock of a session that is there. Throws NOT_FOUND, or LOCKED with the pid that has it. */
export async function openSessionFolder(
  stateDir: string,
  sessionId: string,
): Promise<{ paths: SessionPaths; lock: Lock }> {
  const paths = sessionPaths(stateDir, sessionId)
  try {
    return { paths, lock: await takeLock(paths.folder) }
  } catch (error) {
    if (error instanceof JournalError && systemCode(error.cause) === 'ENOENT') {
      throw new JournalError('NOT_FOUND', `There is no session ${sessionId} on this machine.`, { path: paths.folder })
    }
    throw error
  }
}

/** Ids of all sessions on this machine, in no order of time. */
export async function sessionIds(stateDir: string): Promise<string[]> {
  const parent = join(stateDir, 'sessions')
  try {
    return (await readdir(parent)).filter((name) => idPattern.test(name)).sort()
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw diskFailure(parent, error)
  }
}

/** Sessions whose process died without letting go: their unfinished work must be reported (C4). Takes no lock: another may be faster. */
export async function abandoned(stateDir: string): Promise<{ id: string; pid: number }[]> {
  const left: { id: string; pid: number }[] = []
  for (const id of await sessionIds(stateDir)) {
    const { folder } = sessionPaths(stateDir, id)
    try {
      const holder = await lockHolder(folder)
      if (holder !== undefined && !(await isAlive(holder))) left.push({ id, pid: holder.pid })
    } catch (error) {
      // Deleted between listing and looking.
      if (systemCode(error) !== 'ENOENT') throw diskFailure(folder, error)
    }
  }
  return left
}
