// Whether the reader follows the end of the transcript, told from where the list stands now and where it stood. Pure.

/** Within this of the end the reader is at the end (px). */
const NEAR_END_PX = 80

/** `offset`: how far the list is scrolled. `most`: how far it could be. Both in px. */
export type ReaderPlace = { offset: number; most: number; atEnd: boolean }

export const readerOpens: ReaderPlace = { offset: 0, most: 0, atEnd: true }

/**
 * What opens, closes or is measured moves the list as well, but never further up than its end went: who is higher than that went
 * there by hand. It needs no scroll event, which may come after the next event or the next measurement has moved the end.
 */
export function readerMoved(before: ReaderPlace, now: { offset: number; most: number }): ReaderPlace {
  const byHand = before.offset - now.offset > Math.max(0, before.most - now.most) + 1
  const atEnd = now.most - now.offset <= NEAR_END_PX || (before.atEnd && !byHand)
  return { ...now, atEnd }
}
