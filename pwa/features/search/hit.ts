// One event that holds the words, as a line: whose words, when, and what stands around them. Pure.
import { ansiSpans } from '../../ui/ansi-spans.ts'
import type { IconName } from '../../ui/icon.tsx'
import type { TranscriptEvent } from '../transcript/event-fields.ts'

export type Excerpt = { before: string; match: string; after: string }
export type Hit = {
  seq: number
  at: string
  /** What it belongs to: pieces of one message, changes of one tool call. */
  of: string
  icon: IconName
  who: string
  excerpt: Excerpt
}

const AROUND = 60
const NAMES = /^id$|Id$|[dD]igest$|^__typename$|^at$/

/** Letters large or small, composed: as the server compares. Each place of the result knows its place in the text. */
function folded(text: string): { text: string; places: number[] } {
  const places: number[] = []
  let out = ''
  for (let at = 0; at < text.length; ) {
    const sign = String.fromCodePoint(text.codePointAt(at) ?? 0)
    const small = sign.toLowerCase()
    for (let inner = 0; inner < small.length; inner++) places.push(at)
    out += small
    at += sign.length
  }
  places.push(text.length)
  return { text: out, places }
}

/** Null where the text does not hold the words. White space is one space: an excerpt is a line. */
export function excerptOf(whole: string, words: string): Excerpt | null {
  const text = whole.normalize('NFC')
  const sought = words.trim().normalize('NFC').toLowerCase()
  const { text: small, places } = folded(text)
  const found = sought === '' ? -1 : small.indexOf(sought)
  if (found < 0) return null
  const start = places[found] ?? 0
  const end = places[found + sought.length] ?? text.length
  const flat = (part: string) => part.replaceAll(/\s+/g, ' ')
  const from = Math.max(0, start - AROUND)
  const to = Math.min(text.length, end + AROUND)
  // Where it is cut, only whole words stay.
  const before = flat(text.slice(from, start))
  const after = flat(text.slice(end, to))
  return {
    before: from > 0 ? `… ${before.replace(/^\S+\s/, '')}` : before.trimStart(),
    match: flat(text.slice(start, end)),
    after: to < text.length ? `${after.replace(/\s\S*$/, '')} …` : after.trimEnd(),
  }
}

/** Terminal output as it is read: its colours are no words. */
const readable = (text: string): string =>
  text.includes('\u001b')
    ? ansiSpans(text)
        .map((span) => span.text)
        .join('')
    : text

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield readable(value)
  else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) if (!NAMES.test(key)) yield* textsIn(inner)
}

/** Never without an excerpt: where this page does not read the field that holds the words, their beginning stands for it. */
export function hitOf(event: TranscriptEvent, words: string): Hit {
  let excerpt: Excerpt | null = null
  for (const text of textsIn(event)) {
    excerpt = excerptOf(text, words)
    if (excerpt) break
  }
  const { who, ...about } = aboutOf(event)
  const lead = event.__typename === 'DecisionOpened' ? `${event.decisionTitle} … ` : ''
  const shown = excerpt ?? { before: lead, match: words.trim(), after: '' }
  // A tool's title that holds the words is the excerpt already.
  const isTwice = who === `${shown.before}${shown.match}${shown.after}`
  return { ...about, seq: event.seq, at: event.at, who: isTwice ? 'Tool' : who, excerpt: shown }
}

function aboutOf(event: TranscriptEvent): Pick<Hit, 'of' | 'icon' | 'who'> {
  const own = `event:${event.seq}`
  switch (event.__typename) {
    case 'PromptChanged':
      return { of: `prompt:${event.promptId}`, icon: 'arrow-right', who: 'Prompt' }
    case 'UserText':
      return { of: `said:${event.epoch}:${event.messageId}`, icon: 'arrow-right', who: 'Prompt' }
    case 'AgentText':
      return { of: `said:${event.epoch}:${event.messageId}`, icon: 'comment', who: 'Agent' }
    case 'AgentThought':
      return { of: `thought:${event.epoch}:${event.messageId}`, icon: 'think', who: 'Thought' }
    case 'ToolCallChanged':
      return { of: `tool:${event.epoch}:${event.toolCallId}`, icon: 'terminal', who: event.toolTitle ?? 'Tool' }
    case 'ContentShown':
      return { of: own, icon: 'file', who: 'Shown' }
    case 'DecisionOpened':
      return { of: `decision:${event.decisionId}`, icon: 'question', who: 'Asked' }
    case 'DecisionSettled':
      return { of: `decision:${event.decisionId}`, icon: 'tick', who: 'Answered' }
    case 'PlanChanged':
      return { of: own, icon: 'list', who: 'Plan' }
    default:
      return { of: own, icon: 'info', who: 'Note' }
  }
}
