// The only folder the demo ever touches: its files, and what undo needs. Knows nothing of ACP.
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { scratchMark } from '../agent/presets/demo.ts'

/** A file as it was before undo and as it is now; null: it is gone. */
export interface Undone {
  readonly file: string
  readonly was: string
  readonly now: string | null
}

export interface Scratch {
  readonly path: string
  /** Text of a file by its path inside the folder, null if there is none. */
  read(file: string): Promise<string | null>
  /** Writes a file that undo does not know: the stage, not the play. */
  lay(file: string, text: string): Promise<void>
  /** Writes a file and remembers what it replaced. A path that leaves the folder throws. */
  write(file: string, text: string): Promise<void>
  /** Files in src, test and the top folder, sorted. */
  files(): Promise<string[]>
  /** Deletes files that undo does not know, and forgets all changes so far: the play begins again. */
  strike(files: readonly string[]): Promise<void>
  /** What is written from here on is one change to undo. */
  beginChange(): void
  /** Takes back the last change, newest file first; empty if there is nothing left. */
  undo(): Promise<Undone[]>
  absolute(file: string): string
  /** Deletes the folder if the demo made it itself. */
  close(): void
}

/** Uses `cwd` if it carries the demo's mark, else makes a folder of its own under the temporary folder. */
export function createScratch(cwd: string): Scratch {
  const given = isAbsolute(cwd) && existsSync(join(cwd, scratchMark))
  const path = realpathSync(given ? cwd : mkdtempSync(join(tmpdir(), 'offdesk-demo-')))
  const past: { file: string; before: string | null }[][] = []

  const absolute = (file: string): string => {
    const full = resolve(path, file)
    const inside = relative(path, full)
    if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside))
      throw new Error(`${file} is outside the scratch folder`)
    return full
  }
  const read = async (file: string): Promise<string | null> => {
    try {
      return await readFile(absolute(file), 'utf8')
    } catch {
      return null
    }
  }
  const put = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(absolute(file)), { recursive: true })
    await writeFile(absolute(file), text)
  }
  return {
    path,
    read,
    absolute,
    lay: put,
    async write(file, text) {
      const before = await read(file)
      if (past.length === 0) past.push([])
      past.at(-1)?.push({ file, before })
      await put(file, text)
    },
    async files() {
      const found: string[] = []
      for (const folder of ['', 'src', 'test']) {
        const entries = await readdir(join(path, folder), { withFileTypes: true }).catch(() => [])
        for (const entry of entries)
          if (entry.isFile() && !entry.name.startsWith('.')) found.push(join(folder, entry.name))
      }
      return found.sort()
    },
    async strike(files) {
      for (const file of files) await rm(absolute(file), { force: true })
      past.length = 0
    },
    beginChange() {
      if (past.at(-1)?.length !== 0) past.push([])
    },
    async undo() {
      while (past.at(-1)?.length === 0) past.pop()
      const undone: Undone[] = []
      for (const { file, before } of (past.pop() ?? []).reverse()) {
        const was = (await read(file)) ?? ''
        if (before === null) await rm(absolute(file), { force: true })
        else await put(file, before)
        undone.push({ file, was, now: before })
      }
      return undone
    },
    close() {
      if (!given) rmSync(path, { recursive: true, force: true })
    },
  }
}
