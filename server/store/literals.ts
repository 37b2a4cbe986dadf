/**
 * What a stored payload says, field by field, in the very JSON it is stored in: for showing it without reading it. Only what has exactly the form in which this server writes it; all else is to be
 * read. Knows no selection.
 */
import type { EventKind } from './event-kinds.ts'

/** Of texts and nothing else: their rules are those of `kinds/values.ts`. `none`: the field is null; what it holds otherwise is to be read. */
type Form = 'id' | 'short' | 'text' | 'maybe id' | 'maybe short' | 'maybe text' | 'maybe flag' | 'none'

const said = { messageId: 'id', text: 'text', textBody: 'none' } as const

/** In the order in which they are stored. A kind that is not here is always read. */
const FORMS: { readonly [K in EventKind]?: Readonly<Record<string, Form>> } = {
  UserText: said,
  AgentText: said,
  AgentThought: said,
  NoticeShown: { severity: 'short', title: 'text', description: 'maybe text' },
  CompactionChanged: { compactionId: 'id', status: 'short', summary: 'maybe text', error: 'maybe text' },
  Tombstone: { reason: 'text', replacedKind: 'short' },
  TitleChanged: { title: 'text' },
  TurnStarted: { turnId: 'id', promptId: 'maybe id' },
  ToolCallChanged: {
    ...{ toolCallId: 'id', title: 'maybe text', name: 'maybe short', kind: 'maybe short', status: 'maybe short' },
    ...{ content: 'none', locations: 'none', rawInput: 'maybe text', rawInputBody: 'none', rawOutput: 'maybe text' },
    ...{ rawOutputBody: 'none', endedWithTurn: 'maybe flag' },
  },
}

export const writtenKinds: readonly string[] = Object.keys(FORMS)

/** A text as `JSON.stringify` writes it: nothing that it would escape stands bare, and nothing is escaped in another way. Other control characters have escapes of their own: such a payload is read. */
const TEXT = String.raw`"[^"\\\u0000-\u001f]*(?:\\["\\bfnrt][^"\\\u0000-\u001f]*)*"`

/** With its quotes; an escape is longer than what it says, so none that is let through is too long. */
const LONGEST: Partial<Record<Form, number>> = { id: 258, 'maybe id': 258, short: 1026, 'maybe short': 1026 }

function patternOf(form: Form): string {
  if (form === 'none') return '(null)'
  if (form === 'maybe flag') return '(null|true|false)'
  return form.startsWith('maybe') ? `(null|${TEXT})` : `(${TEXT})`
}

type Reader = (payload: string) => readonly string[] | null

/** Names of its fields, and how a payload gives theirs, in the same order; null for a payload that is to be read. A payload was UTF-8: it holds no half of a character. */
export function literalsOf(kind: string): { names: readonly string[]; read: Reader } | null {
  const form = Object.hasOwn(FORMS, kind) ? FORMS[kind as EventKind] : undefined
  if (!form) return null
  const entries = Object.entries(form)
  const fields = entries.map(([name, of]) => `${JSON.stringify(name)}:${patternOf(of)}`)
  const pattern = new RegExp(`^\\{${fields.join()}\\}$`)
  const bounded = entries.flatMap(([, of], place) => {
    const most = LONGEST[of]
    return most === undefined ? [] : { place: place + 1, most, isId: of.endsWith('id') }
  })
  const read: Reader = (payload) => {
    const found = pattern.exec(payload)
    if (!found) return null
    for (const { place, most, isId } of bounded) {
      const literal = found[place] ?? ''
      if (literal.length > most || (isId && literal === '""')) return null
    }
    return found
  }
  // The first of what a pattern finds is the whole.
  return { names: ['', ...entries.map(([name]) => name)], read }
}
