// Streaming must end in the very tokens that the whole text gives.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Lexed, lexMarkdown } from '../../../pwa/ui/markdown-lex.ts'

const pieces = [
  '# Title\n',
  'words ',
  '**bold',
  '**',
  '`code`',
  '\n',
  '\n\n',
  '- item\n',
  '  - deeper\n',
  '1. one\n',
  '> quote\n',
  '```ts\n',
  'const a = 1\n',
  '```\n',
  '    indented\n',
  '| a | b |\n',
  '|---|---|\n',
  '| 1 | 2 |\n',
  '---\n',
  '===\n',
  '<div>\n',
  '</div>\n',
  '[x](https://a.example)',
  '[x]: https://a.example\n',
  '[x]',
  '\r\n',
  '\t',
  '  \n',
  '- [ ] task\n',
  '<!-- ',
  '-->\n',
  '~~~\n',
]

describe('lexMarkdown', () => {
  it('gives the same blocks piece by piece as all at once, for any text', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { size: 'max', maxLength: 40 }), (parts) => {
        let text = ''
        let lexed: Lexed | undefined
        for (const part of parts) {
          text += part
          lexed = lexMarkdown(text, lexed)
        }
        expect(lexed).toEqual(parts.length === 0 ? undefined : lexMarkdown(text))
      }),
      { numRuns: 400 },
    )
  })

  it('a link’s definition inside an item reaches backwards too', () => {
    const parts = [
      '  - deeper\n',
      '  \n',
      '\t',
      '[x]: https://a.example\n',
      '1. one\n',
      '[x]: https://a.example\n',
      '# Title\n',
    ]
    let text = ''
    let lexed: Lexed | undefined
    for (const part of [...parts, '# Title\n']) {
      text += part
      lexed = lexMarkdown(text, lexed)
    }
    expect(lexed).toEqual(lexMarkdown(text))
    expect(lexed?.definitions).toContain('https://a.example')
  })

  it('takes over what is finished: only the tail is read again', () => {
    const first = lexMarkdown('one\n\ntwo\n\nthree\n\nfour')
    const second = lexMarkdown('one\n\ntwo\n\nthree\n\nfour and more', first)
    expect(second.blocks?.[0]).toBe(first.blocks?.[0])
    expect(second.blocks?.[1]).toBe(first.blocks?.[1])
    expect(second.blocks?.[3]).not.toBe(first.blocks?.[3])
  })

  it('starts afresh when the text is another one', () => {
    const first = lexMarkdown('one\n\ntwo\n\nthree\n\nfour')
    expect(lexMarkdown('two\n\nthree\n\nfour\n\nfive', first)).toEqual(lexMarkdown('two\n\nthree\n\nfour\n\nfive'))
  })

  it('draws long rules and separators as what they are', () => {
    for (const rule of ['-'.repeat(80), '*'.repeat(80), '_'.repeat(200), '- '.repeat(10)])
      expect(lexMarkdown(`a\n\n${rule}\n\nb`).blocks).toHaveLength(3)
  })
})
