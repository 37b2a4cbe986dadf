// Events the server refused for good, replaced by one of the same number that says why (E7). The log keeps the original; readers
// get the replacement. Knows numbers and texts, not what a body means.
import type { Disk } from './disk.ts'
import { type Line, openLines } from './lines.ts'
import { corrupt } from './verify.ts'

export interface Tombstones {
  /** The replacement of event `seq`, if there is one; the last one made counts. */
  at(seq: number): Pick<Line, 'json' | 'digest'> | undefined
  /** Replaces, durably, the event whose number `json` begins with. Throws JournalError and nothing is replaced. */
  bury(json: string): Promise<Line>
  readonly droppedBytes: number
  close(): Promise<void>
}

export async function openTombstones(path: string, disk?: Disk): Promise<Tombstones> {
  const replaced = new Map<number, Pick<Line, 'json' | 'digest'>>()
  function keep({ json, digest }: Line): boolean {
    const seq = /^\{"seq":(\d+),/.exec(json)?.[1]
    if (seq === undefined) return false
    replaced.set(Number(seq), { json, digest })
    return true
  }
  const lines = await openLines(path, {
    ...(disk === undefined ? {} : { disk }),
    onFound(line, lineNumber) {
      if (!keep(line)) throw corrupt(path, lineNumber)
    },
    onDurable: keep,
    onDropped() {},
  })
  return {
    at: (seq) => replaced.get(seq),
    bury: (json) => lines.append(() => json),
    droppedBytes: lines.droppedBytes,
    close: () => lines.close(),
  }
}
