// Whether the reader follows the end of the transcript, told from where the list stands now and where it stood. Pure.

/** Within this of the end the reader is at the end (px). */
const NEAR_END_PX = 80

/** So long after a touch, a key or a wheel the list may still be moved by it: a flick goes on by itself (ms). */
export const HAND_MS = 3000

/** `offset`: how far the list is scrolled. `most`: how far it could be. Both in px. */
export type ReaderPlace = { offset: number; most: number; atEnd: boolean }

export const readerOpens: ReaderPlace = { offset: 0, most: 0, atEnd: true }

/** Rows that are measured move the list by less than this while its end stays (px). */
const FAR_PX = 300

/**
 * What opens, closes or is measured moves the list as well, but never further up than its end went: who is higher than that went
 * there by hand. It needs no scroll event, which may come after the next event or the next measurement has moved the end. Between two looks
 * the end may have gone up and down again, and taken the list along: so only a hand that was there counts (`isTouched`). Where the end
 * has not moved, a long way counts by itself: a reader's own tools need no hand.
 */
export function readerMoved(
  before: ReaderPlace,
  now: { offset: number; most: number },
  isTouched: boolean,
): ReaderPlace {
  const higher = before.offset - now.offset
  const isHigher = higher > Math.max(0, before.most - now.most) + 1
  const byHand = isHigher && (isTouched || (now.most === before.most && higher > FAR_PX))
  const atEnd = now.most - now.offset <= NEAR_END_PX || (before.atEnd && !byHand)
  return { ...now, atEnd }
}
