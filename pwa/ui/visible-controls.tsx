// Makes what hides in text visible: control, bidi, zero-width and odd-space characters become signs. A command is approved by what
// the eye sees, so nothing in it may be unseen or reorder what is seen (T8).
import type { ReactNode } from 'react'

export type VisiblePart = { text: string } | { sign: string; name: string; hidden: string }

// Everything Unicode calls a control, format, surrogate, private, separator or ignorable character; the braille blank is drawn as nothing.
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Zs}\p{DI}\u2800]/u

const names: Record<number, string> = {
  173: 'SHY',
  847: 'CGJ',
  1564: 'ALM',
  8203: 'ZWSP',
  8204: 'ZWNJ',
  8205: 'ZWJ',
  8206: 'LRM',
  8207: 'RLM',
  8232: 'LS',
  8233: 'PS',
  8234: 'LRE',
  8235: 'RLE',
  8236: 'PDF',
  8237: 'LRO',
  8238: 'RLO',
  8239: 'NNBSP',
  8288: 'WJ',
  8294: 'LRI',
  8295: 'RLI',
  8296: 'FSI',
  8297: 'PDI',
  160: 'NBSP',
  65038: 'VS15',
  65039: 'VS16',
  65279: 'BOM',
}

function sign(code: number): string {
  if (code === 10) return '⏎'
  if (code === 9) return '⇥'
  if (code < 32) return String.fromCodePoint(0x2400 + code)
  if (code === 127) return '␡'
  return `[${names[code] ?? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`}]`
}

/** What reorders or hides, and has no business in ordinary text either. Joiners and emoji selectors do: they stay. */
function deceives(code: number): boolean {
  return (
    code === 0x061c ||
    code === 0x200b ||
    code === 0x200e ||
    code === 0x200f ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x206f) ||
    code === 0xfeff ||
    code === 0x3164 ||
    code === 0xffa0 ||
    (code >= 0xe0000 && code <= 0xe007f) ||
    (code >= 0xd800 && code <= 0xdfff) ||
    (code < 32 && code !== 9 && code !== 10 && code !== 13) ||
    (code >= 127 && code < 160)
  )
}

/**
 * Cuts text into what is seen and what is not. `command` shows every unseen character but the space, `text` only those that
 * deceive (tabs, line ends, joiners and no-break spaces stay). Joining `text` and `hidden` of all parts gives the text back.
 */
export function visibleControls(text: string, mode: 'command' | 'text' = 'command'): VisiblePart[] {
  const parts: VisiblePart[] = []
  let plain = ''
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    const show = mode === 'command' ? character !== ' ' && unseen.test(character) : deceives(code)
    if (!show) {
      plain += character
      continue
    }
    if (plain !== '') parts.push({ text: plain })
    plain = ''
    parts.push({ sign: sign(code), name: `U+${code.toString(16).toUpperCase().padStart(4, '0')}`, hidden: character })
  }
  if (plain !== '') parts.push({ text: plain })
  return parts
}

/** The text with its blue signs. A newline is a sign and a break. Copying takes the text without the signs. */
export function VisibleText({
  text,
  mode = 'command',
}: {
  text: string
  mode?: 'command' | 'text' | undefined
}): ReactNode {
  let at = 0
  return visibleControls(text, mode).map((part) => {
    const key = at
    if ('text' in part) {
      at += part.text.length
      return part.text
    }
    at += part.hidden.length
    const broken = part.hidden === '\n' ? '\n' : part.hidden === '\t' ? '\t' : ''
    return [
      <span key={key} className={part.hidden === '\n' ? 'hidden-sign hidden-newline' : 'hidden-sign'} title={part.name}>
        {part.sign}
      </span>,
      broken,
    ]
  })
}
