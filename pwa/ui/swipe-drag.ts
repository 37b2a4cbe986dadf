// A finger that goes sideways over a row: the row follows it, and past a third of its width or on a flick it is let go for good.
// A finger that goes up or down scrolls, as ever. Knows one element and no React.

const actShare = 0.35
const flickPixelsPerMs = 0.6
/** A flick is what a finger does right before it is lifted; one that rests first has changed its mind. */
const flickMs = 100
/** Before that it is not known where a finger wants to go. */
const decidePixels = 10
/** From the window's edge a finger goes back in history. */
const edgePixels = 24
/** As long as swipe.css takes to bring the row back. */
const BACK_MS = 200

/** Brings it back to its place. */
export function putBack(row: HTMLElement): void {
  row.style.transform = ''
  setTimeout(() => row.style.transform === '' && row.classList.remove('swipe-aside'), BACK_MS)
}

/**
 * Follows one finger from its press to its end, to the left only. `act` is called at most once, with the row still aside; whoever is told
 * puts it back. Aborting the signal puts it back too. Returns whether the finger has moved the row, asked after its end.
 */
export function followSwipe(
  row: HTMLElement,
  start: PointerEvent,
  act: () => void,
  signal: AbortSignal,
): () => boolean {
  const ended = new AbortController()
  const until = AbortSignal.any([signal, ended.signal])
  let claimed = false
  let moved = 0
  let trail = [{ x: start.clientX, at: start.timeStamp }]
  if (start.clientX < edgePixels || start.clientX > window.innerWidth - edgePixels) return () => false

  /** Pixels per ms to the left, over the last of its way: single moves come bunched on a busy page. */
  const speedAt = (now: number): number => {
    const [first] = trail.filter(({ at }) => now - at <= flickMs)
    const last = trail.at(-1)
    return first && last && now > first.at ? (first.x - last.x) / (now - first.at) : 0
  }
  const end = (released: PointerEvent | null) => {
    ended.abort()
    if (!claimed) return
    const far = moved > row.offsetWidth * actShare
    if (released && (far || (moved > 2 * decidePixels && speedAt(released.timeStamp) > flickPixelsPerMs))) {
      row.style.transform = 'translateX(-100%)'
      act()
    } else putBack(row)
    row.classList.remove('swipe-held')
  }
  row.addEventListener(
    'pointermove',
    (event) => {
      if (!isIts(event)) return
      const aside = start.clientX - event.clientX
      if (!claimed) {
        if (Math.abs(event.clientY - start.clientY) > decidePixels || aside < -decidePixels) return end(null)
        if (aside < decidePixels) return
        claimed = true
        row.setPointerCapture(start.pointerId)
        row.classList.add('swipe-held', 'swipe-aside')
      }
      trail = [...trail.filter(({ at }) => event.timeStamp - at <= flickMs), { x: event.clientX, at: event.timeStamp }]
      moved = Math.max(0, aside - decidePixels)
      row.style.transform = `translateX(${-moved}px)`
    },
    { signal: until },
  )
  const isIts = (event: PointerEvent) => event.pointerId === start.pointerId
  row.addEventListener('pointerup', (event) => isIts(event) && end(event), { signal: until })
  row.addEventListener('pointercancel', (event) => isIts(event) && end(null), { signal: until })
  signal.addEventListener('abort', () => end(null), { signal: until })
  return () => claimed
}
