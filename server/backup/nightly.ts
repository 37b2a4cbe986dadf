/** Backs an embedded database up once a night, or at the next start after a night that was missed, and keeps the newest. Knows no driver. */
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from '../db/database.ts'

export const limits = {
  /** Older ones are removed. */
  keep: 7,
  /** By this machine's clock: from here on a night counts as over. */
  hour: 3,
  lookEveryMinutes: 10,
}

export type Nightly = {
  /** Makes one now if a night has passed since the newest, else nothing. One at a time. */
  look(): Promise<void>
  /** Ends the one that is being made; it leaves nothing. */
  close(): Promise<void>
}

/** Backups are `<folder>/<time>.tar.gz`, 0600. Null where the database has none of its own to make. */
export async function createNightly(options: {
  database: Database
  folder: string
  log: (error: unknown) => void
  now?: () => Date
}): Promise<Nightly | null> {
  const { folder, log, now = () => new Date() } = options
  const { backup } = options.database
  if (!backup) return null
  const closing = new AbortController()
  await mkdir(folder, { recursive: true, mode: 0o700 })
  let running: Promise<void> | null = null

  async function round(backUp: NonNullable<Database['backup']>): Promise<void> {
    await sweep(folder, /\.part$/)
    const times = await timesIn(folder)
    // Before the first, the folder's own beginning counts.
    const newest = times.at(-1) ?? (await stat(folder)).mtime
    const at = now()
    if (newest >= lastNight(at)) return
    await backUp(join(folder, nameOf(at)), closing.signal)
    for (const old of (await timesIn(folder)).slice(0, -limits.keep))
      await rm(join(folder, nameOf(old)), { force: true })
  }
  const look = (): Promise<void> => {
    running ??= round(backup)
      .catch((error: unknown) => {
        if (!closing.signal.aborted) log(error)
      })
      .finally(() => {
        running = null
      })
    return running
  }
  const timer = setInterval(() => void look(), limits.lookEveryMinutes * 60_000)
  timer.unref()
  return {
    look,
    close: async () => {
      clearInterval(timer)
      closing.abort()
      await running
    },
  }
}

/** The newest end of a night that is not ahead of `at`. */
function lastNight(at: Date): Date {
  const night = new Date(at)
  night.setHours(limits.hour, 0, 0, 0)
  if (night > at) night.setDate(night.getDate() - 1)
  return night
}

/** No colons: Windows allows none in a name. */
const nameOf = (at: Date): string => `${at.toISOString().replaceAll(':', '-')}.tar.gz`

/** Oldest first. */
async function timesIn(folder: string): Promise<Date[]> {
  const found = (await readdir(folder)).map((name) =>
    /^(\d{4}-\d\d-\d\dT)(\d\d)-(\d\d)-(\d\d\.\d{3}Z)\.tar\.gz$/.exec(name),
  )
  return found
    .filter((match) => match !== null)
    .map(([, date, hours, minutes, seconds]) => new Date(`${date}${hours}:${minutes}:${seconds}`))
    .sort((one, other) => one.getTime() - other.getTime())
}

/** What a process that was killed has left. */
async function sweep(folder: string, which: RegExp): Promise<void> {
  for (const name of await readdir(folder)) if (which.test(name)) await rm(join(folder, name), { force: true })
}
