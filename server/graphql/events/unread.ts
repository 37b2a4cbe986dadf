/**
 * Events of a page shown by the text in which they are stored, where that is what reading and writing them would give: most of a transcript. Knows no kind; which payloads can be shown so
 * says the store.
 */
import type { FieldNode } from 'graphql'
import type { EventRow } from '../../store/events.ts'
import { literalsOf } from '../../store/literals.ts'
import { type SessionKey, seesSession } from '../builder.ts'
import { ruleOf, type WrittenBy } from '../compiled/selection.ts'

/** An event in a page: it is read when its content is asked for, which may be never. */
export class EventEdge<Shown = unknown> {
  readonly cursor: string
  readonly row: EventRow
  readonly key: SessionKey
  readonly #show: (row: EventRow, key: SessionKey) => Shown
  #shown: Shown | null = null

  constructor(row: EventRow, key: SessionKey, show: (row: EventRow, key: SessionKey) => Shown) {
    this.cursor = String(row.seq)
    this.row = row
    this.key = key
    this.#show = show
  }

  get node(): Shown {
    this.#shown ??= this.#show(this.row, this.key)
    return this.#shown
  }
}

type Literals = readonly string[]
type Part = (row: EventRow, literals: Literals) => string
type Write = (row: EventRow) => string | null

/** The last session's: a page is of one. Without the quote behind it. */
let last = { id: '', quoted: '"' }
function quoted(id: string): string {
  if (id !== last.id) last = { id, quoted: JSON.stringify(id).slice(0, -1) }
  return last.quoted
}

/** As the fields of `Event` show them. */
const ENVELOPE: Readonly<Record<string, Part>> = {
  id: ({ sessionId, seq }) => `${quoted(sessionId)}/${seq}"`,
  seq: ({ seq }) => String(seq),
  epoch: ({ epoch }) => String(epoch),
  at: ({ at }) => `"${at.toISOString()}"`,
  receivedAt: ({ receivedAt }) => `"${receivedAt.toISOString()}"`,
  digest: ({ digest }) => JSON.stringify(digest),
}

export const writeUnread: WrittenBy = (fieldsOf, types) => {
  const writes = new Map<string, Write>()
  for (const type of types) {
    // A rule of a kind's own would be looked at where its fields are.
    const write = ruleOf(type.extensions.pothosOptions) ? null : compile(type.name, fieldsOf(type))
    if (write) writes.set(type.name, write)
  }
  return (parent, principal) => {
    if (!(parent instanceof EventEdge) || !seesSession(principal, parent.key)) return null
    const { row } = parent
    return row.format === 'json' ? (writes.get(row.kind)?.(row) ?? null) : null
  }
}

/** Null for what is always to be read. */
function compile(kind: string, fields: ReadonlyMap<string, readonly FieldNode[]>): Write | null {
  const literals = literalsOf(kind)
  if (!literals) return null
  const parts: { before: string; part: Part }[] = []
  for (const [key, [node]] of fields) {
    const part = node && partOf(kind, node.name.value, literals.names)
    if (!part) return null
    parts.push({ before: `${parts.length === 0 ? '' : ','}${JSON.stringify(key)}:`, part })
  }
  return (row) => {
    const { payload, at, receivedAt } = row
    const found = typeof payload === 'string' ? literals.read(payload) : null
    if (!found || Number.isNaN(at.getTime()) || Number.isNaN(receivedAt.getTime())) return null
    let text = '{'
    for (const { before, part } of parts) text += before + part(row, found)
    return `${text}}`
  }
}

function partOf(kind: string, field: string, names: readonly string[]): Part | null {
  if (field === '__typename') return () => JSON.stringify(kind)
  const place = names.indexOf(field)
  if (place > 0) return (_row, literals) => literals[place] ?? 'null'
  return Object.hasOwn(ENVELOPE, field) ? (ENVELOPE[field] ?? null) : null
}
