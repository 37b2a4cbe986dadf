/** Keeps a second server out of a data directory: PGlite would let it in and both would lose. Knows no database. */
import { execFile } from 'node:child_process'
import { link, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
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
 * Takes the directory until `release()`: `lock.1`, `lock.2` …, of which only the highest counts. One whose process is gone, or whose
 * number now belongs to a process that started at another time, is stale. Throws DataDirectoryTaken.
 *
 * Why numbers: removing a stale lock and making one's own are two steps, and a slow second taker would remove the new one. Here
 * nothing is removed before a higher number is there, taking one is a single atomic `link`, and who then finds a higher steps back.
 */
export async function lockDirectory(dataDir: string): Promise<{ release(): Promise<void> }> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const lock = (number: number) => join(dataDir, `lock.${number}`)
  const draft = join(dataDir, `.lock-${crypto.randomUUID()}`)
  const content = JSON.stringify({ pid: process.pid, startedAt: (await processStart(process.pid)) ?? '' })
  await writeFile(draft, content, { mode: 0o600 })
  try {
    for (;;) {
      const top = Math.max(0, ...(await numbers(dataDir)))
      const pid = top === 0 ? null : await livingHolder(await readFile(lock(top), 'utf8').catch(() => ''))
      if (pid !== null) throw new DataDirectoryTaken(dataDir, pid)
      const mine = lock(top + 1)
      if (!(await isLinked(draft, mine))) continue
      const all = await numbers(dataDir)
      if (Math.max(...all) > top + 1) {
        await rm(mine, { force: true })
        continue
      }
      for (const old of all) if (old <= top) await rm(lock(old), { force: true })
      // Emptied, not removed: the number stays taken, or a slow taker could find it free under a newer one.
      return { release: () => truncate(mine).catch(() => {}) }
    }
  } finally {
    await rm(draft, { force: true })
  }
}

async function numbers(dataDir: string): Promise<number[]> {
  return (await readdir(dataDir)).flatMap((name) => (/^lock\.\d+$/.test(name) ? [Number(name.slice(5))] : []))
}

/** False where the name is taken. */
async function isLinked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to) // atomic: it exists whole or not at all
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
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
