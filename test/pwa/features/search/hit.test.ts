// What stands around words that were found.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { excerptOf, hitOf } from '../../../../pwa/features/search/hit.ts'

describe('an excerpt', () => {
  it('[B3] shows the words as they stand, with what is around, on one line', () => {
    expect(excerptOf('The queue\n  never stops: RETRY it', 'retry')).toEqual({
      ...{ before: 'The queue never stops: ', match: 'RETRY', after: ' it' },
    })
  })

  it('[B3] is cut on both sides of a long text, and says so', () => {
    const found = excerptOf(`${'a '.repeat(100)}key${' b'.repeat(100)}`, 'key')
    expect(found?.before).toMatch(/^… (a )+$/)
    expect(found?.after).toMatch(/^( b)+ …$/)
  })

  it('[B3] is where the words are, also behind letters whose small form is longer, and for composed ones', () => {
    expect(excerptOf('İİİ key', 'KEY')?.match).toBe('key')
    expect(excerptOf('Caf\u0065\u0301', 'CAFÉ')?.match).toBe('Café')
    expect(excerptOf('nothing', 'key')).toBeNull()
    expect(excerptOf('nothing', ' ')).toBeNull()
  })

  it('[B3] is found for any words put into any text', () => {
    const text = fc.string({ size: 'max', maxLength: 300, unit: 'grapheme' })
    fc.assert(
      fc.property(text, fc.constantFrom('needle', 'Ärger', 'ß 中'), text, (before, words, after) => {
        const found = excerptOf(`${before} ${words} ${after}`, words)
        expect(found?.match.toLowerCase()).toBe(words.toLowerCase())
      }),
      { numRuns: 200 },
    )
  })
})

describe('a hit', () => {
  const base = {
    __typename: 'ToolCallChanged',
    seq: 4,
    at: '2026-01-01T00:00:00Z',
    epoch: 1,
    toolCallId: 'call-1',
  } as const
  const lines = ({ who, excerpt }: ReturnType<typeof hitOf>) => [
    who,
    `${excerpt.before}${excerpt.match}${excerpt.after}`,
  ]

  it('[B3] in terminal output is read without its colours', () => {
    const event = { ...base, toolTitle: 'npm test', output: '\u001b[31mFAIL\u001b[0m retry.test.ts' }
    expect(lines(hitOf(event as never, 'retry'))).toEqual(['npm test', 'FAIL retry.test.ts'])
  })

  it('[B3] in a title does not say the title twice', () => {
    const event = { ...base, toolTitle: 'Edit src/retry.ts' }
    expect(lines(hitOf(event as never, 'retry'))).toEqual(['Tool', 'Edit src/retry.ts'])
  })

  it('[B3] in what this page does not read says at least what was asked', () => {
    const event = { ...base, __typename: 'DecisionOpened', decisionId: 'dec_1', decisionTitle: 'Run this command?' }
    expect(lines(hitOf(event as never, 'retry'))).toEqual(['Asked', 'Run this command? … retry'])
  })
})
