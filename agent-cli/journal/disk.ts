// The journal's only door to the file system: durable files and folders. Tests put a failing disk here. Knows no format.
import { mkdir, open, readFile, rename, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { diskFailure, systemCode } from './failure.ts'

/** The part of a file handle the journal uses. `write` may write less than asked, as the system does. */
export interface DiskFile {
  write(bytes: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesWritten: number }>
  read(bytes: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>
  truncate(length: number): Promise<void>
  datasync(): Promise<void>
  sync(): Promise<void>
  stat(): Promise<{ size: number }>
  close(): Promise<void>
}

export interface Disk {
  open(path: string, flags: string | number, mode: number): Promise<DiskFile>
}

/** The real disk. */
export const realDisk: Disk = { open: (path, flags, mode) => open(path, flags, mode) }

/** Only this user may read what a session said. */
export const fileMode = 0o600
export const folderMode = 0o700

/** Writes all of `bytes` at `position`, however many writes that takes. */
export async function writeFully(file: DiskFile, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0
  while (done < bytes.byteLength) {
    const { bytesWritten } = await file.write(bytes, done, bytes.byteLength - done, position + done)
    if (bytesWritten === 0) throw new Error('the disk took no bytes')
    done += bytesWritten
  }
}

/** Fills `bytes` from `position`; returns how many there were. */
export async function readFully(file: DiskFile, bytes: Uint8Array, position: number): Promise<number> {
  let done = 0
  while (done < bytes.byteLength) {
    const { bytesRead } = await file.read(bytes, done, bytes.byteLength - done, position + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return done
}

/** Makes the names in a folder durable. Systems that cannot sync a folder (Windows) are left alone. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes a folder, its parents, and their names durable; returns false if it was there. */
export async function makeFolder(folder: string): Promise<boolean> {
  const first = await mkdir(folder, { recursive: true, mode: folderMode })
  if (first === undefined) return false
  for (let at = folder; at.length >= first.length; at = dirname(at)) await syncFolder(dirname(at))
  return true
}

let temporaryCount = 0

/** Replaces a file whole: after a crash either the old bytes are there or the new ones. Throws JournalError; leaves the old file then. */
export async function replaceFile(path: string, bytes: Uint8Array, disk: Disk = realDisk): Promise<void> {
  temporaryCount += 1
  const temporary = join(dirname(path), `.${process.pid}-${temporaryCount}.tmp`)
  try {
    const file = await disk.open(temporary, 'w', fileMode)
    try {
      await writeFully(file, bytes, 0)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await unlink(temporary).catch(() => undefined)
    throw diskFailure(path, error)
  }
}

/** A file's bytes, or undefined if there is none. Throws JournalError for anything else. */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw diskFailure(path, error)
  }
}
