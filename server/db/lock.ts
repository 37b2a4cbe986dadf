/** Keeps a second server out of a data directory: PGlite would let it in and both would lose. Knows no database. */
import { execFile } from 'node:child_process'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Another living process holds the directory. */
export class DataDirectoryTaken extends Error {
  override name = 'DataDirectoryTaken'
  readonly pid: number
  constructor(dataDir: string, pid: number) {
    super(
      `Another Offdesk server (process ${pid}) is using ${dataDir}. Use that one, stop it, or set OFFDESK_DATA_DIR.`,
    )
    this.pid = pid
  }
}

type Holder = { pid: number; startedAt: string }

/**
 * Takes `<dataDir>/lock` until `release()`. A lock whose process is gone, or whose number now belongs to a process that started at
 * another time, is stale and taken over. Throws DataDirectoryTaken.
 */
export async function lockDirectory(dataDir: string): Promise<{ release(): Promise<void> }> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const path = join(dataDir, 'lock')
  const own = `${path}.${process.pid}.${crypto.randomUUID()}`
  const content = JSON.stringify({ pid: process.pid, startedAt: (await processStart(process.pid)) ?? '' })
  await writeFile(own, content, { mode: 0o600 })
  try {
    for (;;) {
      try {
        await link(own, path) // atomic: it exists whole or not at all
        return { release: () => releaseOwn(path, content) }
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
      }
      await clearStale(dataDir, path, own)
    }
  } finally {
    await rm(own, { force: true })
  }
}

async function clearStale(dataDir: string, path: string, own: string): Promise<void> {
  const seen = await readFile(path, 'utf8').catch(() => null)
  if (seen === null) return
  const pid = await livingHolder(seen)
  if (pid !== null) throw new DataDirectoryTaken(dataDir, pid)
  const aside = `${own}.stale`
  await rename(path, aside).catch(() => {})
  // Another process may have cleared and taken it between our look and our rename: then what we moved is theirs, and goes back.
  const moved = await readFile(aside, 'utf8').catch(() => null)
  if (moved !== null && moved !== seen) await link(aside, path).catch(() => {})
  await rm(aside, { force: true })
}

async function livingHolder(content: string): Promise<number | null> {
  const holder = parseHolder(content)
  if (!holder) return null
  const startedAt = await processStart(holder.pid)
  return startedAt !== null && (holder.startedAt === '' || holder.startedAt === startedAt) ? holder.pid : null
}

function parseHolder(content: string): Holder | null {
  try {
    const read: unknown = JSON.parse(content)
    if (typeof read !== 'object' || read === null || !('pid' in read) || !('startedAt' in read)) return null
    return typeof read.pid === 'number' && typeof read.startedAt === 'string' ? (read as Holder) : null
  } catch {
    return null // cut off by a crash while it was written
  }
}

async function releaseOwn(path: string, content: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => null)) === content) await rm(path, { force: true })
}

/** When the process started, in the system's own words; '' when it lives but the system does not say; null when it is gone. */
async function processStart(pid: number): Promise<string | null> {
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
    if (stat === null) return null
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? null : (fields[19] ?? '')
  }
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return null
  }
  if (process.platform === 'win32') return ''
  return new Promise((resolve) => {
    execFile('ps', ['-o', 'lstart=', '-p', String(pid)], (error, stdout) => resolve(error ? '' : stdout.trim()))
  })
}
