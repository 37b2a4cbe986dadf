/** The envelope that every event shares, and the two kinds that stand in for what cannot be shown (E7, E9). Knows no other kind. */
import { type EventKind, type EventValues, isKnownKind, type KnownEvent } from '../../store/event-kinds.ts'
import { type EventRow, readStored } from '../../store/events.ts'
import { type BodyRef as BodyRefValue, bodyRef } from '../../store/kinds/values.ts'
import { decodePayload, payloadText } from '../../store/payload.ts'
import { builder, type SessionKey } from '../builder.ts'
import { WRITTEN_BY } from '../compiled/selection.ts'
import { BodyRef, BodyRefInput } from '../values.ts'
import { writeUnread } from './unread.ts'

type Envelope = { envelope: { row: EventHead; key: SessionKey; shownAs: string } }
/** A row without its payload. */
export type EventHead = Omit<EventRow, 'payload'>
/** An event as its type's resolvers see it: the content, and the envelope beside it. */
export type Shown<K extends EventKind> = EventValues[K] & Envelope
type ShownUnknown = { kind: string; json: string; jsonBody: BodyRefValue | null } & Envelope
export type ShownEvent = Shown<EventKind> | ShownUnknown

/** Never throws: what this server does not know, or can no longer read, is shown as unknown and nulls no list. */
export function showEvent(row: EventRow, key: SessionKey): ShownEvent {
  const known = readStored(row)
  if (known) return showRead(row, known, key)
  return { ...unknownOf(row), envelope: { row, key, shownAs: 'UnknownEvent' } }
}

/** An event whose payload has been read already. */
export const showRead = (row: EventHead, known: KnownEvent, key: SessionKey): ShownEvent => ({
  ...known.value,
  envelope: { row, key, shownAs: known.kind },
})

function unknownOf(row: EventRow): { kind: string; json: string; jsonBody: BodyRefValue | null } {
  const payload = row.format === 'other' ? decodePayload(row.payload) : undefined
  if (typeof payload === 'object' && payload !== null && 'json' in payload && typeof payload.json === 'string') {
    const ref = bodyRef.safeParse('jsonBody' in payload ? payload.jsonBody : null)
    return { kind: row.kind, json: payload.json, jsonBody: ref.success ? ref.data : null }
  }
  return { kind: row.kind, json: payloadText(row.payload), jsonBody: null }
}

export const Event = builder.interfaceRef<ShownEvent>('Event').implement({
  authScopes: ({ envelope }) => ({ session: envelope.key }),
  extensions: { [WRITTEN_BY]: writeUnread },
  resolveType: ({ envelope }) => envelope.shownAs,
  fields: (t) => ({
    id: t.id({ resolve: ({ envelope: { row } }) => `${row.sessionId}/${row.seq}` }),
    seq: t.int({ resolve: ({ envelope }) => envelope.row.seq }),
    epoch: t.int({ resolve: ({ envelope }) => envelope.row.epoch }),
    at: t.field({ type: 'DateTime', resolve: ({ envelope }) => envelope.row.at }),
    receivedAt: t.field({ type: 'DateTime', resolve: ({ envelope }) => envelope.row.receivedAt }),
    digest: t.field({ type: 'Digest', resolve: ({ envelope }) => envelope.row.digest }),
  }),
})

/** The type of one kind. Its name is the kind as stored. */
export function eventRef<K extends EventKind>(kind: K) {
  if (!isKnownKind(kind)) throw new Error(`the store does not know ${kind}`)
  return builder.objectRef<Shown<K>>(kind)
}

builder.objectRef<ShownUnknown>('UnknownEvent').implement({
  description: 'A kind this server does not know, shown as such: kind and JSON text as the host gave them.',
  interfaces: [Event],
  fields: (t) => ({
    kind: t.exposeString('kind'),
    json: t.exposeString('json'),
    jsonBody: t.expose('jsonBody', { type: BodyRef, nullable: true }),
  }),
})

eventRef('Tombstone').implement({
  interfaces: [Event],
  fields: (t) => ({ reason: t.exposeString('reason'), replacedKind: t.exposeString('replacedKind') }),
})

export const OtherInput = builder.inputType('OtherInput', {
  fields: (t) => ({
    kind: t.string({ required: true }),
    json: t.string({ required: true }),
    jsonBody: t.field({ type: BodyRefInput }),
  }),
})

export const TombstoneInput = builder.inputType('TombstoneInput', {
  fields: (t) => ({ reason: t.string({ required: true }), replacedKind: t.string({ required: true }) }),
})
