// Terminal output keeps its colours and loses everything else it could do (T8).
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ansiSpans, nearestColour, onlyColours } from '../../../pwa/ui/ansi-spans.ts'

const esc = '\u001b'
const read = (text: string) =>
  ansiSpans(text)
    .map((span) => span.text)
    .join('')

describe('colours', () => {
  it.each([
    ['basic', `${esc}[31mx`, { text: 'x', colour: 'red' }],
    ['bright is the same colour, bold', `${esc}[91mx`, { text: 'x', colour: 'red', bold: true }],
    ['bright black is grey', `${esc}[90mx`, { text: 'x', colour: 'grey' }],
    ['black and white are ink', `${esc}[37mx`, { text: 'x' }],
    ['bold and underline', `${esc}[1;4mx`, { text: 'x', bold: true, underline: true }],
    ['inverse', `${esc}[7mx`, { text: 'x', inverse: true }],
    ['inverse coloured', `${esc}[36;7mx`, { text: 'x', colour: 'cyan', inverse: true }],
    ['a coloured ground is that colour inverted', `${esc}[30;46mx`, { text: 'x', colour: 'cyan', inverse: true }],
    ['of 256', `${esc}[38;5;202mx`, { text: 'x', colour: 'red' }],
    ['of 256, basic part', `${esc}[38;5;12mx`, { text: 'x', colour: 'blue', bold: true }],
    ['true colour', `${esc}[38;2;1;200;3mx`, { text: 'x', colour: 'green' }],
    ['true colour with colons', `${esc}[38:2::1:200:3mx`, { text: 'x', colour: 'green' }],
    ['256 with colons', `${esc}[38:5:202mx`, { text: 'x', colour: 'red' }],
    ['8-bit introducer', '\u009b32mx', { text: 'x', colour: 'green' }],
    ['reset', `${esc}[31;1m${esc}[0mx`, { text: 'x' }],
    ['empty reset', `${esc}[31m${esc}[mx`, { text: 'x' }],
  ])('%s', (_, text, span) => {
    expect(ansiSpans(text)).toEqual([span])
  })

  it.each([
    [255, 0, 0, 'red'],
    [240, 200, 40, 'yellow'],
    [0, 180, 60, 'green'],
    [0, 200, 210, 'cyan'],
    [60, 90, 250, 'blue'],
    [220, 60, 220, 'magenta'],
    [128, 128, 128, 'grey'],
    [250, 250, 250, undefined],
    [5, 5, 5, undefined],
  ])('rgb(%i, %i, %i) is nearest to %s', (red, green, blue, colour) => {
    expect(nearestColour(red, green, blue)).toBe(colour)
  })
})

describe('everything else', () => {
  it.each([
    ['[T8] window title (OSC, BEL)', `a${esc}]0;title\u0007b`, 'ab'],
    ['[T8] hyperlink (OSC 8, ST)', `${esc}]8;;https://evil${esc}\\word${esc}]8;;${esc}\\`, 'word'],
    ['[T8] clipboard (OSC 52)', `a${esc}]52;c;ZXZpbA==\u0007b`, 'ab'],
    ['[T8] 8-bit OSC', 'a\u009d0;t\u009cb', 'ab'],
    [
      '[T8] device control, APC, PM, SOS',
      `a${esc}Pq#0${esc}\\b${esc}_x${esc}\\c${esc}^y${esc}\\d${esc}Xz${esc}\\e`,
      'abcde',
    ],
    ['[T8] cursor moves and erasing', `a${esc}[2J${esc}[1;1H${esc}[Kb${esc}[?25l`, 'ab'],
    ['[T8] private and intermediate SGR-like', `a${esc}[>4;1mb${esc}[0 qc`, 'abc'],
    ['[T8] two-character escapes', `a${esc}cb${esc}(Bc${esc}7d`, 'abcd'],
    ['[T8] bells, backspaces, NUL', 'a\u0007\b\u0000b', 'ab'],
    ['[T8] an unfinished title takes its line and no more', `a${esc}]0;never\nnext`, 'a\nnext'],
    ['[T8] an unfinished CSI at the end', `a${esc}[31`, 'a'],
    ['a progress bar shows its last state', '10%\r50%\r100%\ndone', '100%\ndone'],
    ['Windows line ends', 'a\r\nb\r\n', 'a\nb\n'],
    ['tabs stay', 'a\tb', 'a\tb'],
  ])('%s', (_, text, shown) => {
    expect(read(text)).toBe(shown)
  })

  it('keeps a colour that an overwritten part switched on', () => {
    expect(ansiSpans(`${esc}[32m10%\r100%`)).toEqual([{ text: '100%', colour: 'green' }])
  })

  it('[T8] leaves no control character but newline and tab, for any bytes', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        esc,
        `${esc}[`,
        `${esc}]`,
        'm',
        ';',
        '0',
        ':',
        '\u009b',
        '\u009d',
        '\u0007',
        `${esc}\\`,
        '\r',
        '\n',
        '[31m',
        '?',
      ),
    )
    fc.assert(
      fc.property(fc.array(piece, { size: 'max', maxLength: 60 }), (pieces) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
        expect(read(pieces.join(''))).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/)
      }),
    )
  })

  it('takes hostile output in its stride', () => {
    for (const hostile of [`${esc}]`, `${esc}[`, `${esc}[1;`, '\r', `${esc}[31m`, `a\r`])
      onlyColours(hostile.repeat(50_000))
    // Quadratic work would not end before the test's own deadline.
  })
})
