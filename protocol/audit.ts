/** How an audit's entries hang together, as the server seals them and anyone can check an export of them (F5). */
import { sha256Hex } from './bytes.ts'

/** Before the first entry. */
export const GENESIS = '0'.repeat(64)

/** What an entry says, in the order in which it is hashed; `number` is dense from 1 within `chain`. */
export type AuditFields = {
  chain: string
  number: number
  /** RFC 3339 in UTC with milliseconds. */
  at: string
  ownerId: string | null
  actor: string
  actorName: string
  surface: string
  action: string
  target: string | null
  proof: string
  outcome: string
  code: string | null
  rule: string | null
  whatDigest: string | null
  line: string
}

const ORDER = [
  ...(['chain', 'number', 'at', 'ownerId', 'actor', 'actorName', 'surface', 'action', 'target'] as const),
  ...(['proof', 'outcome', 'code', 'rule', 'whatDigest', 'line'] as const),
]

/** SHA-256 over the hash before, a line feed, and the values as one JSON array. */
export const auditHash = (previous: string, fields: AuditFields): Promise<string> =>
  sha256Hex(`${previous}\n${JSON.stringify(ORDER.map((name) => fields[name]))}`)

export type AuditLine = AuditFields & { previous: string; hash: string }
export type AuditFault = { number: number; what: string }

/** Null when every line follows from the one before. `before` is what the first must follow; without it the first line is believed. */
export async function faultIn(
  lines: AsyncIterable<AuditLine> | Iterable<AuditLine>,
  before: { number: number; hash: string } | null = null,
): Promise<{ fault: AuditFault | null; last: { number: number; hash: string } | null; count: number }> {
  let last = before
  let count = 0
  for await (const line of lines) {
    const what = await wrongIn(line, last)
    if (what) return { fault: { number: line.number, what }, last, count }
    last = { number: line.number, hash: line.hash }
    count += 1
  }
  return { fault: null, last, count }
}

async function wrongIn(line: AuditLine, last: { number: number; hash: string } | null): Promise<string | null> {
  if (last && line.number !== last.number + 1) return `number ${last.number + 1} is missing`
  if (last && line.previous !== last.hash) return 'it does not follow the entry before it'
  if (!last && line.number === 1 && line.previous !== GENESIS) return 'the first entry follows nothing'
  return (await auditHash(line.previous, line)) === line.hash ? null : 'its content is not what was sealed'
}
