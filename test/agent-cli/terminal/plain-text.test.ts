/** [T8] Transcript text is data for the terminal: nothing it holds is obeyed. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lastLines, plain, visible } from '../../../agent-cli/terminal/plain-text.ts'

const ESC = '\u001b'

describe('[T8] text on the terminal', () => {
  it.each([
    ['colours', `${ESC}[31mred${ESC}[0m`, 'red'],
    ['cursor and screen', `${ESC}[2J${ESC}[1;1Hhello`, 'hello'],
    ['a window title', `${ESC}]0;owned\u0007hello`, 'hello'],
    ['a link', `${ESC}]8;;https://evil.example${ESC}\\text${ESC}]8;;${ESC}\\`, 'text'],
    ['clipboard writes', `${ESC}]52;c;cm0gLXJm\u0007done`, 'done'],
    ['eight-bit control codes', '\u009b31mred', 'red'],
    ['a device control string', `${ESC}P1$qm${ESC}\\done`, 'done'],
  ])('drops %s', (_name, text, shown) => expect(plain(text)).toBe(shown))

  it('shows a bell, a backspace and a lone carriage return as signs', () => {
    expect(plain('a\u0007b\u0008c\rd')).toBe('a␇b␈c␍d')
  })

  it('drops nothing from what a person decides on', () => {
    expect(visible(`rm ${ESC}[8m-rf /${ESC}[0m\u202etxt.exe`)).toBe('rm ␛[8m-rf /␛[0m⟨U+202E⟩txt.exe')
  })

  it('leaves no control character but line breaks and tabs, whatever comes', () => {
    const nasty = fc.array(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom(ESC, `${ESC}[`, `${ESC}]`, '\u0007', '\u009d', '\u009c', '31m', '\u202e'),
      ),
      { size: 'max', maxLength: 40 },
    )
    fc.assert(
      fc.property(nasty, (parts) => {
        for (const shown of [plain(parts.join('')), visible(parts.join(''))]) {
          // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must be gone
          expect(shown).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200b-\u200f]/)
        }
      }),
    )
  })

  it('says how many lines it leaves out', () => {
    expect(lastLines('1\n2\n3\n4\n', 2)).toBe('… 2 earlier lines\n3\n4')
  })
})
