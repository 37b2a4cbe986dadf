/** Every kind of event this server knows, by its GraphQL type name, and how a payload of one is read. Knows no table. */
import type { z } from 'zod'
import { setupKinds } from './kinds/setup.ts'
import { steeringKinds } from './kinds/steering.ts'
import { transcriptKinds } from './kinds/transcript.ts'
import { turnKinds } from './kinds/turns.ts'
import { type BodyRef, bodyRef } from './kinds/values.ts'

const kinds = { ...transcriptKinds, ...turnKinds, ...setupKinds, ...steeringKinds }

export type EventKind = keyof typeof kinds
export type EventValues = { [K in EventKind]: z.output<(typeof kinds)[K]> }
/** A kind with its content: what projections switch over. */
export type KnownEvent = { [K in EventKind]: { kind: K; value: EventValues[K] } }[EventKind]

/** What `startSession` tells the host: all else must come as `other` (E9). */
export const knownEventKinds: readonly string[] = Object.keys(kinds)

export const isKnownKind = (kind: string): kind is EventKind => Object.hasOwn(kinds, kind)

export type Read<T> = { value: T } | { problem: string }

/** Reads a content of a known kind, from an input or from a stored payload. Never throws. */
export function readEvent(kind: EventKind, value: unknown): Read<KnownEvent> {
  const read = kinds[kind].safeParse(value)
  if (read.success) return { value: { kind, value: read.data } as KnownEvent }
  const [issue] = read.error.issues
  return { problem: issue ? `${issue.path.join('.') || kind}: ${issue.message}` : `not a ${kind}` }
}

/** Every body that a content refers to, wherever it stands in it. */
export function bodyRefsIn(value: unknown): BodyRef[] {
  const found: BodyRef[] = []
  const open: unknown[] = [value]
  while (open.length > 0) {
    const at = open.pop()
    if (Array.isArray(at)) open.push(...at)
    else if (typeof at === 'object' && at !== null) {
      const ref = 'digest' in at && 'mediaType' in at ? bodyRef.safeParse(at) : null
      if (ref?.success) found.push(ref.data)
      else open.push(...Object.values(at))
    }
  }
  return found
}
