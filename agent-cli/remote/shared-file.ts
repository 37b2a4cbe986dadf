// A small JSON file that several processes of this user read and change: one change at a time, each from what is there. Knows no content.
import { open, readFile, rename, stat, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileMode, makeFolder, readIfThere, replaceFile } from '../journal/disk.ts'
import { JournalError, systemCode } from '../journal/failure.ts'
import { pause } from './pause.ts'

/** A holder writes for milliseconds: a lock older than this is left over from a crash. */
const staleMs = 10_000

/** The file's value through `parse`; `parse(undefined)` where there is no file. Throws JournalError CORRUPT for what is not JSON. */
export async function readShared<T>(path: string, parse: (value: unknown) => T): Promise<T> {
  const bytes = await readIfThere(path)
  if (bytes === undefined) return parse(undefined)
  try {
    return parse(JSON.parse(bytes.toString('utf8')))
  } catch (cause) {
    throw new JournalError('CORRUPT', `${path} is damaged. Repair or remove it; it was left as it is.`, { path, cause })
  }
}

/**
 * Changes the file durably and returns what it holds now. `change` gets what is there and returns the new value, or the very same
 * one to leave the file alone. Waits at most ten seconds for others.
 */
export async function changeShared<T>(
  path: string,
  parse: (value: unknown) => T,
  change: (now: T) => T | Promise<T>,
): Promise<T> {
  await makeFolder(dirname(path))
  const unlock = await lock(`${path}.lock`)
  try {
    const now = await readShared(path, parse)
    const next = await change(now)
    if (next !== now) await replaceFile(path, Buffer.from(`${JSON.stringify(next, null, 2)}\n`))
    return next
  } finally {
    await unlock()
  }
}

async function lock(path: string): Promise<() => Promise<void>> {
  const deadline = Date.now() + staleMs
  const mark = `${process.pid}-${Math.random()}`
  for (;;) {
    try {
      const file = await open(path, 'wx', fileMode)
      await file.writeFile(mark)
      await file.close()
      return async () => {
        // Only one's own: a lock that was taken for stale belongs to another now.
        if ((await readFile(path, 'utf8').catch(() => '')) === mark) await unlink(path).catch(() => undefined)
      }
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error
    }
    await removeStale(path)
    if (Date.now() > deadline) {
      throw new JournalError('LOCKED', `${path} is held by another process. If none runs, remove that file.`, { path })
    }
    await pause(20)
  }
}

async function removeStale(path: string): Promise<void> {
  const age = await stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  )
  if (age < staleMs) return
  // Renaming is atomic: of two that find it stale only one gets it.
  const aside = `${path}.${process.pid}`
  await rename(path, aside).catch(() => undefined)
  await unlink(aside).catch(() => undefined)
}
