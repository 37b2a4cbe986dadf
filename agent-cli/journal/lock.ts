// One live process per session folder: a generation of lock files, `lock.1`, `lock.2` …, of which only the highest counts.
// Knows folders and processes, not what the folder holds.
import { randomUUID } from 'node:crypto'
import { link, readdir, readFile, truncate, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileMode } from './disk.ts'
import { diskFailure, JournalError, systemCode } from './failure.ts'
import { type Holder, isAlive, thisProcess } from './holder.ts'

/** Proof that this process owns the folder, until `close()`. */
export interface Lock {
  readonly folder: string
  readonly held: boolean
  /** The dead process whose lock was taken over, if there was one: its work may be unfinished (C4). */
  readonly takenOverFrom: number | undefined
  /** Lets the next process in. Safe to call twice. */
  close(): Promise<void>
}

/**
 * Takes the folder for this process. A dead holder's lock is taken over; a live one (this process included) throws
 * JournalError LOCKED with its pid.
 *
 * Why generations: removing a stale lock and making one's own are two steps, and a slow second taker would remove the
 * new lock. Here nothing is removed before a higher number exists, taking a number is one atomic `link`, and who finds a
 * higher number afterwards steps back.
 */
export async function takeLock(folder: string, alive: (holder: Holder) => Promise<boolean> = isAlive): Promise<Lock> {
  const me = await thisProcess()
  const draft = join(folder, `.lock-${randomUUID()}`)
  try {
    await writeFile(draft, JSON.stringify(me), { mode: fileMode })
    for (;;) {
      const top = await highest(folder)
      const holder = top === 0 ? undefined : await holderOf(folder, top)
      if (holder !== undefined && (await alive(holder))) throw locked(folder, holder.pid)
      const mine = top + 1
      if (!(await linkNew(draft, lockPath(folder, mine)))) continue
      if ((await highest(folder)) > mine) {
        await removeQuietly(lockPath(folder, mine))
        continue
      }
      for (const old of await generations(folder)) if (old < mine) await removeQuietly(lockPath(folder, old))
      return heldLock(folder, mine, holder?.pid)
    }
  } catch (error) {
    throw diskFailure(folder, error)
  } finally {
    await removeQuietly(draft)
  }
}

/** The process named in the folder's lock, alive or dead; undefined if it was let go or never taken. */
export async function lockHolder(folder: string): Promise<Holder | undefined> {
  const top = await highest(folder)
  return top === 0 ? undefined : holderOf(folder, top)
}

function heldLock(folder: string, generation: number, takenOverFrom: number | undefined): Lock {
  let held = true
  return {
    folder,
    get held() {
      return held
    },
    takenOverFrom,
    async close() {
      if (!held) return
      held = false
      // Emptied, not removed: the number must stay taken, or a slow taker could find it free under a newer one.
      await truncate(lockPath(folder, generation)).catch((error: unknown) => {
        if (systemCode(error) !== 'ENOENT') throw diskFailure(folder, error)
      })
    },
  }
}

function lockPath(folder: string, generation: number): string {
  return join(folder, `lock.${generation}`)
}

async function generations(folder: string): Promise<number[]> {
  const names = await readdir(folder)
  return names.flatMap((name) => (/^lock\.\d+$/.test(name) ? [Number(name.slice(5))] : []))
}

async function highest(folder: string): Promise<number> {
  return Math.max(0, ...(await generations(folder)))
}

/** An empty or unreadable lock was let go, or is older than a power loss: nobody holds it. */
async function holderOf(folder: string, generation: number): Promise<Holder | undefined> {
  try {
    const parsed: unknown = JSON.parse(await readFile(lockPath(folder, generation), 'utf8'))
    if (typeof parsed !== 'object' || parsed === null || !('pid' in parsed) || typeof parsed.pid !== 'number')
      return undefined
    const startedAt = 'startedAt' in parsed && typeof parsed.startedAt === 'string' ? parsed.startedAt : null
    return { pid: parsed.pid, startedAt }
  } catch (error) {
    if (error instanceof SyntaxError || systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}

async function linkNew(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false
    throw error
  }
}

async function removeQuietly(path: string): Promise<void> {
  await unlink(path).catch(() => undefined)
}

function locked(folder: string, pid: number): JournalError {
  const message = `This session is in use by the process ${pid}. End that one first, or work there.`
  return new JournalError('LOCKED', message, { path: folder, pid })
}
