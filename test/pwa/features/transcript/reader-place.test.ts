import { describe, expect, it } from 'vitest'
import { type ReaderPlace, readerMoved } from '../../../../pwa/features/transcript/reader-place.ts'

const atEnd: ReaderPlace = { offset: 5000, most: 5000, atEnd: true }
const reading: ReaderPlace = { offset: 700, most: 5000, atEnd: false }

describe('[B3] whether the reader follows the end', () => {
  it('goes on following while lines come, are measured, or a panel opens: nobody moved the list', () => {
    expect(readerMoved(atEnd, { offset: 5000, most: 5400 }, true).atEnd).toBe(true)
    expect(readerMoved(atEnd, { offset: 4700, most: 4700 }, true).atEnd).toBe(true)
    expect(readerMoved({ ...atEnd, most: 5400 }, { offset: 4900, most: 5300 }, true).atEnd).toBe(true)
  })

  it('stops when a hand has gone up, also when the list has grown or shrunk since it was last looked at', () => {
    expect(readerMoved(atEnd, { offset: 700, most: 5000 }, true).atEnd).toBe(false)
    expect(readerMoved(atEnd, { offset: 700, most: 5400 }, true).atEnd).toBe(false)
    expect(readerMoved(atEnd, { offset: 700, most: 4600 }, true).atEnd).toBe(false)
  })

  it('goes on where nobody touched it, whatever measuring has done between two looks', () => {
    // The end went up by 1,000 px, took the list along, and came down again.
    expect(readerMoved(atEnd, { offset: 4000, most: 5200 }, false).atEnd).toBe(true)
    expect(readerMoved({ ...atEnd, most: 5110 }, { offset: 4978, most: 5110 }, false).atEnd).toBe(true)
  })

  it('a reader’s own tools need no hand: a long way up from an end that stays is meant', () => {
    expect(readerMoved(atEnd, { offset: 4500, most: 5000 }, false).atEnd).toBe(false)
  })

  it('begins again near the end, and not because the list has moved under the reader', () => {
    expect(readerMoved(reading, { offset: 4950, most: 5000 }, true).atEnd).toBe(true)
    expect(readerMoved(reading, { offset: 20_700, most: 25_000 }, true).atEnd).toBe(false)
    expect(readerMoved(reading, { offset: 700, most: 5400 }, true).atEnd).toBe(false)
  })
})
