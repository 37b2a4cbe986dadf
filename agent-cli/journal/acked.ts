// How far the server has said it has a session's events. A hint that saves sending again: the log is kept whole either way (E5).
import { readIfThere, replaceFile } from './disk.ts'

export interface Acked {
  readonly seq: number
  /** Keeps the server's word; it may go back, when the server came back from an old backup. Calls made while one writes share the next write. */
  set(seq: number): Promise<void>
}

/** Opens the position; a missing or unreadable file is 0, since pushing again changes nothing (E2). */
export async function openAcked(path: string): Promise<Acked> {
  let seq = parse(await readIfThere(path))
  let writing: Promise<void> | undefined
  let next: Promise<void> | undefined

  async function write(): Promise<void> {
    await replaceFile(path, Buffer.from(`${JSON.stringify({ seq })}\n`))
  }

  function set(value: number): Promise<void> {
    seq = value
    if (writing === undefined) {
      writing = write().finally(() => {
        writing = undefined
      })
      return writing
    }
    next ??= writing
      .catch(() => undefined)
      .then(() => {
        next = undefined
        return set(seq)
      })
    return next
  }

  return {
    get seq() {
      return seq
    },
    set,
  }
}

function parse(bytes: Buffer | undefined): number {
  try {
    const value: unknown = JSON.parse(bytes?.toString('utf8') ?? '')
    if (typeof value === 'object' && value !== null && 'seq' in value && Number.isSafeInteger(value.seq)) {
      return Number(value.seq)
    }
  } catch {}
  return 0
}
