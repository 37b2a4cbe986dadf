// Which addresses in an agent's text may become links: http, https and mailto, absolute. Everything else stays text (T8). Pure.

const allowed = new Set(['http:', 'https:', 'mailto:'])

/** The address as a browser would read it, or undefined if it must not be a link. */
export function safeLink(address: string): string | undefined {
  try {
    const url = new URL(decodeEntities(address))
    return allowed.has(url.protocol) ? url.href : undefined
  } catch {
    return undefined
  }
}

const named: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  copy: '©',
  hellip: '…',
  mdash: '—',
  ndash: '–',
  rarr: '→',
  larr: '←',
  times: '×',
}

/** `&amp;` and its kin as characters. Safe because the result is only ever text. */
export function decodeEntities(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,6}));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return named[String(name)] ?? whole
    const code = hex === undefined ? Number(decimal) : Number.parseInt(String(hex), 16)
    const valid = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
    return valid ? String.fromCodePoint(code) : '\ufffd'
  })
}
