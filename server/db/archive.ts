/** Writes a tar of files that may be written to meanwhile, compressed, as one file that is whole or not there. Knows no database. */
import { createWriteStream } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { moveTo, syncPath } from './disk.ts'

/** Names have at most 100 bytes and `/` between folders. */
export type Entry =
  | { name: string; folder: true }
  /** As long as it is when its turn comes: what grows later is left out, what shrinks is filled with zeros, what is gone is skipped. */
  | { name: string; path: string }
  | { name: string; bytes: Uint8Array }

const BLOCK = 512
const PIECE = 256 * 1024

/** Returns once the archive is on the disk under its name. Aborted, or failed, it leaves nothing. */
export async function writeArchive(to: string, entries: AsyncIterable<Entry>, signal: AbortSignal): Promise<void> {
  const own = `${to}.${process.pid}.part`
  try {
    const out = createWriteStream(own, { mode: 0o600 })
    await pipeline(Readable.from(tar(entries)), createGzip({ level: 1 }), out, { signal })
    await syncPath(own)
    await moveTo(own, to)
  } finally {
    await rm(own, { force: true })
  }
}

async function* tar(entries: AsyncIterable<Entry>): AsyncGenerator<Uint8Array> {
  for await (const entry of entries) {
    if ('folder' in entry) yield header(`${entry.name}/`, 0, '5')
    else if ('bytes' in entry) {
      yield header(entry.name, entry.bytes.length, '0')
      yield entry.bytes
      yield padding(entry.bytes.length)
    } else yield* fileOf(entry)
  }
  yield new Uint8Array(2 * BLOCK)
}

async function* fileOf({ name, path }: { name: string; path: string }): AsyncGenerator<Uint8Array> {
  const file = await open(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  })
  if (!file) return
  try {
    const { size } = await file.stat()
    yield header(name, size, '0')
    for (let at = 0; at < size; ) {
      const piece = new Uint8Array(Math.min(PIECE, size - at))
      const { bytesRead } = await file.read(piece, 0, piece.length, at)
      yield bytesRead === 0 ? piece : piece.subarray(0, bytesRead)
      at += bytesRead || piece.length
    }
    yield padding(size)
  } finally {
    await file.close()
  }
}

const padding = (size: number): Uint8Array => new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK)

/** POSIX ustar. */
function header(name: string, size: number, type: '0' | '5'): Uint8Array {
  const block = Buffer.alloc(BLOCK)
  if (Buffer.byteLength(name) > 100) throw new RangeError(`a name too long for this archive: ${name}`)
  const octal = (value: number, at: number, length: number) =>
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at)
  block.write(name, 0)
  octal(type === '5' ? 0o700 : 0o600, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(size, 124, 12)
  octal(Math.floor(Date.now() / 1000), 136, 12)
  block.write(' '.repeat(8), 148)
  block.write(type, 156)
  block.write('ustar\x0000', 257)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}
