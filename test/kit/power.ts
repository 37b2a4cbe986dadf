/**
 * A disk whose power can be cut: below one folder it notes what this process writes and what of it was synced, and makes the folder as a cut would
 * leave it. Strict: a file holds what it held at its last fsync, a folder the names it had at its own. Knows no database.
 */
import fs from 'node:fs'
import { basename, dirname, join } from 'node:path'

type Change = { at: number; bytes: Buffer } | { size: number }
type File = {
  /** What a cut leaves; null while that is what the file holds now. */
  durable: Buffer | null
  changes: Change[]
}
/** Names as they are, and as a cut leaves them. */
type Folder = { names: Map<string, Node>; durable: Map<string, Node> }
type Node = File | Folder

export type Disk = {
  /** Paths below the folder whose newest bytes are not synced. */
  unsynced(): string[]
  /** How often something was synced: all, or those below the folder that match. */
  syncs(which?: RegExp): number
  /** Makes `to`. `keep` says of each sector (512 bytes) of each unsynced write whether it reached the disk all the same; none when left out. */
  cut(to: string, keep?: () => boolean): void
  release(): void
}

const SECTOR = 512

/** Watches `root`, which exists; what is in it now counts as synced. */
export function watchDisk(root: string): Disk {
  const own = { ...fs }
  const ownOpen = fs.promises.open
  const ownRename = fs.promises.rename
  const open = new Map<number, { path: string; node: Node }>()
  const synced: string[] = []

  const folder = (): Folder => ({ names: new Map(), durable: new Map() })
  const all = folder()
  const inside = (path: string): boolean => path === root || path.startsWith(`${root}/`)
  const text = (path: fs.PathLike): string => path.toString()
  const isFolder = (node: Node | undefined): node is Folder => node !== undefined && 'names' in node

  function find(path: string): Node | undefined {
    let node: Node | undefined = all
    for (const name of path.slice(root.length).split('/').filter(Boolean))
      node = isFolder(node) ? node.names.get(name) : undefined
    return inside(path) ? node : undefined
  }
  function put(path: string, node: Node | null): void {
    if (!inside(path) || path === root) return
    // Folders made in a way that is not watched.
    if (!find(dirname(path))) put(dirname(path), folder())
    const parent = find(dirname(path))
    if (!isFolder(parent)) return
    if (node) parent.names.set(basename(path), node)
    else parent.names.delete(basename(path))
  }
  for (const entry of own.readdirSync(root, { recursive: true, withFileTypes: true })) {
    put(join(entry.parentPath, entry.name), entry.isDirectory() ? folder() : { durable: null, changes: [] })
    const parent = find(entry.parentPath)
    if (isFolder(parent)) parent.durable = new Map(parent.names)
  }

  /** Before its bytes change or go: what it holds now is what the disk has, unless that was noted before. */
  function hold(path: string, node = find(path)): File | undefined {
    if (node === undefined || isFolder(node)) return undefined
    node.durable ??= own.existsSync(path) ? own.readFileSync(path) : Buffer.alloc(0)
    return node
  }
  function create(path: string, isOne: boolean): void {
    if (inside(path) && !find(path)) put(path, isOne ? folder() : { durable: Buffer.alloc(0), changes: [] })
  }
  function sync(path: string, node = find(path)): void {
    if (!node) return
    synced.push(path)
    if (isFolder(node)) node.durable = new Map(node.names)
    else Object.assign(node, { durable: null, changes: [] })
  }
  function rename(from: string, to: string): void {
    const node = find(from)
    put(from, null)
    if (node) put(to, node)
  }
  function* files(at = all, path = root): Generator<[string, File]> {
    for (const [name, node] of at.names) {
      if (isFolder(node)) yield* files(node, `${path}/${name}`)
      else yield [`${path}/${name}`, node]
    }
  }

  const patches = {
    openSync(path: fs.PathLike, flags: number | string, mode?: fs.Mode): number {
      const wasThere = own.existsSync(path)
      if (wasThere && typeof flags === 'number' && flags & fs.constants.O_TRUNC)
        hold(text(path))?.changes.push({ size: 0 })
      const fd = own.openSync(path, flags, mode)
      if (inside(text(path))) {
        if (!wasThere) create(text(path), false)
        const node = find(text(path))
        if (node) open.set(fd, { path: text(path), node })
      }
      return fd
    },
    closeSync(fd: number): void {
      open.delete(fd)
      own.closeSync(fd)
    },
    writeSync(fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number {
      const file = open.get(fd)
      const node = file && hold(file.path, file.node)
      const wrote = own.writeSync(fd, bytes, offset, length, position)
      const start = (bytes.byteOffset ?? 0) + offset
      node?.changes.push({ at: position, bytes: Buffer.from(bytes.buffer.slice(start, start + wrote) as ArrayBuffer) })
      return wrote
    },
    writeFileSync(path: string, ...rest: [string, object]): void {
      const wasThere = own.existsSync(path)
      own.writeFileSync(path, ...rest)
      if (!wasThere) create(path, false)
    },
    ftruncateSync(fd: number, size: number): void {
      const file = open.get(fd)
      if (file) hold(file.path, file.node)?.changes.push({ size })
      own.ftruncateSync(fd, size)
    },
    truncateSync(path: string, size: number): void {
      hold(path)?.changes.push({ size })
      own.truncateSync(path, size)
    },
    mkdirSync(path: string, how?: fs.MakeDirectoryOptions): string | undefined {
      const first = own.mkdirSync(path, how)
      create(path, true)
      return first
    },
    renameSync(from: string, to: string): void {
      hold(to)
      own.renameSync(from, to)
      rename(from, to)
    },
    // Node's own `rm` keeps this one for good, and calls it with bytes.
    unlinkSync(path: fs.PathLike): void {
      hold(text(path))
      own.unlinkSync(path)
      put(text(path), null)
    },
    rmdirSync(path: fs.PathLike): void {
      own.rmdirSync(path)
      put(text(path), null)
    },
    fsyncSync(fd: number): void {
      own.fsyncSync(fd)
      const file = open.get(fd)
      if (file) sync(file.path, file.node)
    },
    fdatasyncSync(fd: number): void {
      own.fdatasyncSync(fd)
      const file = open.get(fd)
      if (file) sync(file.path, file.node)
    },
  }
  Object.assign(fs, patches)
  fs.promises.open = async (path, ...rest) => {
    const handle = await ownOpen(path, ...rest)
    const ownSync = handle.sync.bind(handle)
    handle.sync = async () => {
      await ownSync()
      sync(text(path as string))
    }
    return handle
  }
  fs.promises.rename = async (from, to) => {
    await ownRename(from, to)
    rename(text(from), text(to))
  }

  return {
    unsynced: () =>
      [...files()].filter(([, { changes }]) => changes.length > 0).map(([path]) => path.slice(root.length + 1)),
    syncs: (which) => synced.filter((path) => which?.test(path.slice(root.length + 1)) ?? true).length,
    cut(to, keep = () => false) {
      const paths = new Map([...files()].map(([path, file]) => [file, path]))
      const make = (at: Folder, copy: string): void => {
        own.mkdirSync(copy, { mode: 0o700, recursive: true })
        for (const [name, node] of at.durable) {
          if (isFolder(node)) make(node, join(copy, name))
          else
            own.writeFileSync(
              join(copy, name),
              withSome(node, () => own.readFileSync(paths.get(node) ?? ''), keep),
            )
        }
      }
      make(all, to)
    },
    release() {
      for (const name of Object.keys(patches) as (keyof typeof patches)[]) Object.assign(fs, { [name]: own[name] })
      fs.promises.open = ownOpen
      fs.promises.rename = ownRename
    },
  }
}

function withSome(node: File, now: () => Buffer, keep: () => boolean): Buffer {
  let bytes = Buffer.from(node.durable ?? now())
  for (const change of node.changes) {
    if ('size' in change) {
      if (keep()) bytes = Buffer.concat([bytes, Buffer.alloc(Math.max(0, change.size - bytes.length))], change.size)
      continue
    }
    for (let from = 0; from < change.bytes.length; from += SECTOR) {
      if (!keep()) continue
      const piece = change.bytes.subarray(from, from + SECTOR)
      const end = change.at + from + piece.length
      if (end > bytes.length) bytes = Buffer.concat([bytes, Buffer.alloc(end - bytes.length)])
      piece.copy(bytes, change.at + from)
    }
  }
  return bytes
}
