/** The prompt line: what a person typed is never lost or torn. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as edit from '../../../agent-cli/terminal/edit-line.ts'

const type = (text: string, line = edit.emptyLine()) => edit.insert(line, text)

describe('the prompt line', () => {
  it('inserts at the cursor and keeps what stands behind it', () => {
    expect(type('XY', edit.left(edit.left(type('abcd')))).text).toBe('abXYcd')
  })

  it('takes a pasted text with its line breaks', () => {
    expect(type('one\r\ntwo\rthree').text).toBe('one\ntwo\nthree')
  })

  it('never cuts a character of two code units in half', () => {
    expect(edit.backspace(type('a😀')).text).toBe('a')
    expect(edit.deleteForward(edit.left(type('😀'))).text).toBe('')
  })

  it('deletes the word before the cursor, blanks first', () => {
    expect(edit.deleteWord(type('run the tests  ')).text).toBe('run the ')
  })

  it('brings back what was being written after a walk through history', () => {
    const line = type('draft', edit.sent(type('two', edit.sent(type('one')))))
    const back = edit.recall(edit.recall(line, -1), -1)
    expect(back.text).toBe('one')
    expect(edit.recall(edit.recall(back, 1), 1).text).toBe('draft')
  })

  it('keeps no blank line and no repeat in history, and at most HISTORY_LINES', () => {
    expect(edit.sent(edit.sent(edit.emptyLine(['a']))).history).toEqual(['a'])
    expect(edit.sent(type('a', edit.emptyLine(['a']))).history).toEqual(['a'])
    const full = Array.from({ length: edit.HISTORY_LINES }, (_, i) => `l${i}`)
    expect(edit.sent(type('last', edit.emptyLine(full))).history).toHaveLength(edit.HISTORY_LINES)
  })

  it('stays well-formed with its cursor inside the text under any keys', () => {
    const keys = [
      edit.backspace,
      edit.deleteForward,
      edit.deleteWord,
      edit.deleteToStart,
      edit.left,
      edit.right,
      edit.home,
      edit.end,
      (l: edit.Line) => edit.recall(l, -1),
      (l: edit.Line) => edit.recall(l, 1),
      edit.sent,
    ]
    const steps = fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom(...keys)), {
      size: 'max',
      maxLength: 60,
    })
    fc.assert(
      fc.property(steps, (done) => {
        let line = edit.emptyLine()
        for (const step of done) line = typeof step === 'string' ? edit.insert(line, step) : step(line)
        expect(line.cursor).toBeGreaterThanOrEqual(0)
        expect(line.cursor).toBeLessThanOrEqual(line.text.length)
        expect(Buffer.from(line.text).toString()).toBe(line.text)
        expect(line.text.slice(0, line.cursor)).not.toMatch(/[\ud800-\udbff]$/)
      }),
    )
  })
})
