// Turns journal events into what this server takes: kinds it does not know go as `other`, what is too large as a tombstone (E7, E9). Pure.
import { createHash } from 'node:crypto'
import type { LoggedEvent } from '../journal/log.ts'
import type { EventBodyInput, EventInput } from './session-operations.ts'

export type Wrapping = {
  /** GraphQL type names. */
  readonly knownKinds: ReadonlySet<string>
  readonly maxEventBytes: number
  /** Numbers the server will never take, with its reason. */
  readonly refused: ReadonlyMap<number, string>
  /** Numbers whose content the server cannot read although it knows the kind: sent as `other`. */
  readonly unread: ReadonlySet<number>
}

/**
 * The digest stays that of the journal's bytes, whatever is sent: the server compares and never recomputes it, so the same number
 * is the same event after any restart and after a restore (E2).
 */
export function wrapped(event: LoggedEvent, how: Wrapping): EventInput {
  const { seq, at, digest } = event
  const kind = Object.keys(event.body ?? {})[0] ?? 'unknown'
  const refusal = how.refused.get(seq)
  if (refusal !== undefined) return { seq, at, digest, body: tombstone(kind, refusal) }
  const typeName = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`
  const isPlain = kind === 'other' || kind === 'tombstone'
  const isKnown = isPlain || (how.knownKinds.has(typeName) && !how.unread.has(seq))
  const content = (event.body as Record<string, unknown> | null)?.[kind]
  const body = isKnown
    ? (event.body as EventBodyInput)
    : { other: { kind: typeName, json: JSON.stringify(content ?? null) } }
  // Its line in the journal holds the body and more: only what is near the limit, or was wrapped, is measured.
  const mayBeLarge = body !== event.body || event.bytes > how.maxEventBytes
  if (mayBeLarge && Buffer.byteLength(JSON.stringify(body)) > how.maxEventBytes) {
    return {
      seq,
      at,
      digest,
      body: tombstone(kind, `This event is larger than the ${how.maxEventBytes} bytes the server takes.`),
    }
  }
  return { seq, at, digest, body }
}

/**
 * Stands for a number this machine no longer has: the server had confirmed it, and came back from a backup older than the keep-back (E5).
 * Its digest is its own, and the same whenever it is sent.
 */
export function gone(seq: number, at: string): EventInput {
  const digest = createHash('sha256').update(`{"seq":${seq},"gone":true}`).digest('hex')
  const reason = 'The server was put back to a time before this event, and the workstation no longer keeps it.'
  return { seq, at, digest, body: tombstone('unknown', reason) }
}

const tombstone = (replacedKind: string, reason: string): EventBodyInput => ({ tombstone: { replacedKind, reason } })
