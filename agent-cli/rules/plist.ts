// A property list in XML, as `plutil -convert xml1` prints it: dictionaries, lists, texts, whole numbers, truth values. Pure; anything else is refused.
import { RuleFileError } from './rule-file.ts'

const deepest = 16
const token =
  /<\?[^>]*\?>|<!--[\s\S]*?-->|<!DOCTYPE[^>[]*>|<(\/?)(plist|dict|array|key|string|integer|true|false)(?:\s[^<>]*?)?(\/?)>|([^<]+)/gy

type Token = { tag: string; closes: boolean; isEmpty: boolean } | { text: string }

/** The value of the list. Throws RuleFileError for what is no such list. */
export function readPlist(xml: string): unknown {
  const tokens = tokensOf(xml)
  let at = 0
  const wrong = () => new RuleFileError('the property list is not whole')
  const next = (): Token => {
    const found = tokens[at]
    at += 1
    if (found === undefined) throw wrong()
    return found
  }
  const expect = (tag: string, closes: boolean) => {
    const found = next()
    if ('text' in found || found.tag !== tag || found.closes !== closes) throw wrong()
    return found
  }
  const textUntil = (tag: string): string => {
    const found = next()
    if (!('text' in found)) {
      if (found.tag === tag && found.closes) return ''
      throw wrong()
    }
    expect(tag, true)
    return found.text
  }
  const skipBlank = () => {
    for (let here = tokens[at]; here !== undefined && 'text' in here && here.text.trim() === ''; here = tokens[at])
      at += 1
  }
  const value = (depth: number): unknown => {
    if (depth > deepest) throw new RuleFileError('the property list is too deep')
    skipBlank()
    const found = next()
    if ('text' in found || found.closes) throw wrong()
    if (found.tag === 'true' || found.tag === 'false') {
      if (!found.isEmpty) expect(found.tag, true)
      return found.tag === 'true'
    }
    if (found.tag === 'string') return found.isEmpty ? '' : textUntil('string')
    if (found.tag === 'integer') {
      const number = Number(textUntil('integer').trim())
      if (!Number.isSafeInteger(number)) throw wrong()
      return number
    }
    if (found.tag === 'array') return found.isEmpty ? [] : list(depth)
    if (found.tag === 'dict') return found.isEmpty ? {} : dictionary(depth)
    throw wrong()
  }
  const isEnd = (tag: string): boolean => {
    skipBlank()
    const here = tokens[at]
    if (here === undefined || 'text' in here || here.tag !== tag || !here.closes) return false
    at += 1
    return true
  }
  const list = (depth: number): unknown[] => {
    const items: unknown[] = []
    while (!isEnd('array')) items.push(value(depth + 1))
    return items
  }
  const dictionary = (depth: number): Record<string, unknown> => {
    const entries: [string, unknown][] = []
    while (!isEnd('dict')) {
      expect('key', false)
      const key = textUntil('key')
      entries.push([key, value(depth + 1)])
    }
    // Defines properties, so a key called __proto__ stays a key.
    return Object.fromEntries(entries)
  }
  skipBlank()
  expect('plist', false)
  const whole = value(0)
  skipBlank()
  expect('plist', true)
  return whole
}

function tokensOf(xml: string): Token[] {
  const tokens: Token[] = []
  token.lastIndex = 0
  while (token.lastIndex < xml.length) {
    const found = token.exec(xml)
    if (found === null) throw new RuleFileError('the property list holds what no such list holds')
    const [, slash, tag, empty, text] = found
    if (tag !== undefined) tokens.push({ tag, closes: slash === '/', isEmpty: empty === '/' })
    else if (text !== undefined) tokens.push({ text: unescaped(text) })
  }
  return tokens
}

const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

const unescaped = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(\w{2,4}));/g, (whole, decimal, hex, name) => {
    if (name !== undefined) return entities[name] ?? whole
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
