/** `offdesk audit verify`: checks an exported audit against itself, with no server and no trust in one (F5). */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { type AuditLine, faultIn } from '../../protocol/audit.ts'
import { Mistake } from './mistake.ts'

/** Reads JSON lines from a file, or from standard input with "-". `after` is the last line of an earlier export, as `<number>:<hash>`. */
export async function verifyAudit(path: string, how: { after: string | undefined }): Promise<void> {
  const input = path === '-' ? process.stdin : createReadStream(path, 'utf8')
  const { fault, last, count } = await faultIn(linesOf(input), placeOf(how.after)).catch((error: unknown) => {
    if (error instanceof Mistake) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new Mistake(`The audit cannot be read: ${why}. Give the file that holds the export.`)
  })
  if (fault) {
    throw new Mistake(
      `Entry ${fault.number} does not verify: ${fault.what}. Entries before it are as they were sealed; from there on the export, or the audit itself, was changed. Export it again and compare.`,
    )
  }
  if (!last) throw new Mistake('There is no entry in it, so there is nothing to verify.')
  process.stdout.write(`${count} entries verify. The last one is ${last.number}:${last.hash}\n`)
}

async function* linesOf(input: NodeJS.ReadableStream): AsyncGenerator<AuditLine> {
  let at = 0
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    at += 1
    if (text.trim() === '') continue
    yield parse(text, at)
  }
}

function parse(text: string, at: number): AuditLine {
  try {
    const read: unknown = JSON.parse(text)
    if (typeof read === 'object' && read !== null && 'number' in read && 'hash' in read && 'previous' in read)
      return read as AuditLine
  } catch {
    // Said below, as for a line that is JSON and no entry.
  }
  throw new Mistake(`Line ${at} is not an entry of an audit. Give the lines as auditExport gave them.`)
}

function placeOf(after: string | undefined): { number: number; hash: string } | null {
  if (after === undefined) return null
  const [, number = '', hash = ''] = /^(\d{1,10}):([0-9a-f]{64})$/.exec(after) ?? []
  if (!hash) throw new Mistake('--after is the place that the last verification named: <number>:<hash>.')
  return { number: Number(number), hash }
}
