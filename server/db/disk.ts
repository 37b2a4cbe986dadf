/** Makes the embedded database's writes last: what PostgreSQL asks to be synced is synced on the host's disk. Knows no table. */
// The module itself, not its names: whoever watches a disk in a test replaces its functions.
import fs from 'node:fs'
import { dirname, join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'

type Stream = { nfd: number; node: { mode: number } }
type NodeFiles = { stream_ops: { fsync?: (stream: Stream) => number }; tryFSOperation<T>(act: () => T): T }

/**
 * PGlite's folder with an fsync. Its own has none: emscripten takes the missing operation for success, and PGlite starts with `-F`, so nothing is
 * ever synced (decision 0007). After a failed sync PostgreSQL answers nothing more, that write included: only a new start
 * helps. `onRefused` hears of it first, from inside the failing call: it may end the process and must not ask the database.
 */
export class SyncedFolder extends NodeFS {
  private readonly onRefused: (error: unknown) => void
  constructor(dataDir: string, onRefused: (error: unknown) => void) {
    super(dataDir)
    this.onRefused = onRefused
  }

  override async init(...given: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(...given)
    const addSync = (mod: { NODEFS: unknown }): void => {
      const files = mod.NODEFS as NodeFiles
      files.stream_ops.fsync = ({ nfd, node }) => {
        // Of a file only its bytes and its size matter; writing down when it changed costs as much again.
        const isFolder = (node.mode & fs.constants.S_IFMT) === fs.constants.S_IFDIR
        files.tryFSOperation(() => {
          try {
            if (isFolder) fs.fsyncSync(nfd)
            else fs.fdatasyncSync(nfd)
          } catch (error) {
            this.onRefused(error)
            throw error
          }
        })
        return 0
      }
    }
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), addSync] } }
  }
}

/** 128 MB of buffers by default: more than a personal server needs, for no gain in speed here. */
const small = ['-c', 'shared_buffers=8MB']

/** For what lives in memory alone. */
export const memoryStart: string[] = [...PGlite.defaultStartParams, ...small]

/** `fdatasync`, the default, is answered by emscripten itself without asking any file system. */
export const lastingStart: string[] = [
  ...PGlite.defaultStartParams.filter((param) => param !== '-F'),
  ...[...small, '-c', 'fsync=on', '-c', 'wal_sync_method=fsync'],
]

/** Syncs every file and folder from `path` down, a few at a time. */
export async function syncTree(path: string): Promise<void> {
  const entries = await fs.promises.readdir(path, { recursive: true, withFileTypes: true })
  const all = [path, ...entries.map((entry) => join(entry.parentPath, entry.name))]
  const next = async (): Promise<void> => {
    for (let one = all.pop(); one !== undefined; one = all.pop()) await syncPath(one)
  }
  await Promise.all(Array.from({ length: 8 }, next))
}

/** Syncs one file, or one folder with the names in it. */
export async function syncPath(path: string): Promise<void> {
  // Windows gives no handle to a folder, and needs none: NTFS journals names.
  if (process.platform === 'win32' && (await fs.promises.stat(path)).isDirectory()) return
  const file = await fs.promises.open(path, process.platform === 'win32' ? 'r+' : 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

/** The name changes once and for all: what is at `from` is synced already. */
export async function moveTo(from: string, to: string): Promise<void> {
  await fs.promises.rename(from, to)
  await syncPath(dirname(to))
}
