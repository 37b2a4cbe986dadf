// Colours may come late or not at all; the code never changes for it.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { highlightLines, languageOf, loadGrammars } from '../../../pwa/ui/highlight.ts'

const joined = (code: string, language: string | undefined) =>
  highlightLines(code, language)
    .map((line) => line.map((run) => run.text).join(''))
    .join('\n')

describe('highlightLines', () => {
  it('is plain before the grammars are here, and coloured after', async () => {
    const code = "const key = 'x' // why\nreturn 42"
    expect(highlightLines(code, 'typescript')[0]).toHaveLength(1)
    await loadGrammars()
    const [first, second] = highlightLines(code, 'typescript')
    expect(first).toContainEqual({ text: 'const', hue: 'key' })
    expect(first).toContainEqual({ text: "'x'", hue: 'string' })
    expect(first).toContainEqual({ text: '// why', hue: 'comment' })
    expect(second).toContainEqual({ text: '42', hue: 'number' })
  })

  it('gives every line back as it was, for any text in any language', async () => {
    await loadGrammars()
    const language = fc.constantFrom('typescript', 'python', 'bash', 'json', 'xml', 'sql', 'nothing-known', undefined)
    const code = fc
      .array(fc.oneof(fc.string(), fc.constantFrom('`${a', '"', "'", '/*', '\n', '\n\n', '<a b=', '#')))
      .map((all) => all.join(''))
    fc.assert(
      fc.property(code, language, (text, name) => {
        expect(joined(text, name)).toBe(text)
      }),
    )
  })

  it('keeps a comment over several lines one comment', async () => {
    await loadGrammars()
    expect(highlightLines('/* a\nb */', 'css').map((line) => line[0]?.hue)).toEqual(['comment', 'comment'])
  })

  it('knows a file by its ending', () => {
    expect(languageOf('src/a.test.TSX')).toBe('typescript')
    expect(languageOf('Makefile')).toBeUndefined()
  })
})
