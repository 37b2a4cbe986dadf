// What hides in a command must be seen before it is allowed (T8).
import fc from 'fast-check'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { CommandBlock } from '../../../pwa/ui/command-block.tsx'
import { VisibleText, visibleControls } from '../../../pwa/ui/visible-controls.tsx'

const signs = (text: string, mode?: 'command' | 'text') =>
  visibleControls(text, mode)
    .map((part) => ('text' in part ? part.text : `«${part.sign}»`))
    .join('')

describe('visibleControls', () => {
  it.each([
    ['plain words stay', 'git status -- ./a b', 'git status -- ./a b'],
    ['accents and other scripts stay', 'café Ωδή 漢字', 'café Ωδή 漢字'],
    ['newline', 'a\nb', 'a«⏎»b'],
    ['tab', 'a\tb', 'a«⇥»b'],
    ['carriage return', 'safe\rrm -rf /', 'safe«␍»rm -rf /'],
    ['escape sequence', '\u001b[2Krm', '«␛»[2Krm'],
    ['NUL and backspace', 'a\u0000\bb', 'a«␀»«␈»b'],
    ['delete', 'a\u007f', 'a«␡»'],
    ['C1', 'a\u0085b\u009b', 'a«[U+0085]»b«[U+009B]»'],
    ['right-to-left override', 'a\u202egpj.sh', 'a«[RLO]»gpj.sh'],
    ['isolates', '\u2066a\u2069', '«[LRI]»a«[PDI]»'],
    ['zero-width', 'r\u200bm\u200d\ufeff', 'r«[ZWSP]»m«[ZWJ]»«[BOM]»'],
    ['no-break and other spaces', 'a\u00a0b\u2003c\u3000', 'a«[NBSP]»b«[U+2003]»c«[U+3000]»'],
    ['soft hyphen and joiners', 'a\u00ad\u2060', 'a«[SHY]»«[WJ]»'],
    ['fillers drawn as nothing', '\u3164\uffa0\u2800\u115f', '«[U+3164]»«[U+FFA0]»«[U+2800]»«[U+115F]»'],
    ['tag characters', 'a\u{e0041}', 'a«[U+E0041]»'],
    ['variation selectors', 'a\ufe0f\u{e0100}', 'a«[VS16]»«[U+E0100]»'],
    ['line and paragraph separators', '\u2028\u2029', '«[LS]»«[PS]»'],
    ['lone surrogates', 'a\ud800b', 'a«[U+D800]»b'],
    ['private use', '\ue000', '«[U+E000]»'],
  ])('[T8] %s', (_, text, shown) => {
    expect(signs(text)).toBe(shown)
  })

  it('[T8] in prose shows only what deceives: emoji, tabs and no-break spaces stay', () => {
    expect(signs('👩\u200d💻 ❤\ufe0f a\u00a0b\tc\nd', 'text')).toBe('👩\u200d💻 ❤\ufe0f a\u00a0b\tc\nd')
    expect(signs('a\u202eb\u200bc\u001b\u2066', 'text')).toBe('a«[RLO]»b«[ZWSP]»c«␛»«[LRI]»')
  })

  it('[T8] shows every unseen character and loses none, for any text', () => {
    const unit = fc.oneof(
      fc.string({ unit: 'binary', size: 'max', maxLength: 40 }),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('\u202e', '\u200b', '\ud800', '\udc00', '\n', '\u001b[31m', '\u{e0020}'),
    )
    fc.assert(
      fc.property(fc.array(unit), (pieces) => {
        const text = pieces.join('')
        const parts = visibleControls(text)
        expect(parts.map((part) => ('text' in part ? part.text : part.hidden)).join('')).toBe(text)
        for (const part of parts) {
          if ('text' in part) expect(part.text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u)
          else expect(part.sign).toMatch(/^(?:\[[A-Z0-9+]+\]|[⏎⇥␡\u2400-\u241f])$/)
        }
      }),
    )
  })

  it('breaks the line after the sign of a newline, and keeps a command whole', () => {
    expect(renderToStaticMarkup(<VisibleText text={'a\nb'} />)).toMatch(/^a<span[^>]*>⏎<\/span>\nb$/)
    const shown = renderToStaticMarkup(<CommandBlock text={'rm  -rf\n--all\u202e x'} />).replace(/<[^>]*>/g, '')
    expect(shown).toBe('rm  -rf⏎\n--all[RLO] x')
  })
})
