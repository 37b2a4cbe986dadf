// The finger on a sheet's grip: the panel follows it, and past 30 % of its height, on a flick or on a plain tap it is let go.
// Knows one panel element and no React.

const closeShare = 0.3
const flickPixelsPerMs = 0.6
/** A finger that stays within this has tapped. */
const tapPixels = 6

/** Follows one pointer from its press to its end. Calls `close` at most once; aborting the signal puts the panel back. */
export function followDrag(panel: HTMLElement, start: PointerEvent, close: () => void, signal: AbortSignal): void {
  const grip = start.currentTarget
  if (!(grip instanceof HTMLElement)) return
  grip.setPointerCapture(start.pointerId)
  const ended = new AbortController()
  const until = AbortSignal.any([signal, ended.signal])
  let last = { y: start.clientY, at: start.timeStamp }
  let speed = 0
  let moved = 0
  let strayed = 0

  const end = (released: boolean) => {
    ended.abort()
    const far = moved > panel.offsetHeight * closeShare
    if (released && (strayed < tapPixels || far || (moved > 24 && speed > flickPixelsPerMs))) {
      panel.style.transform = ''
      close()
      return
    }
    panel.classList.add('sheet-settling')
    panel.style.transform = ''
    setTimeout(() => panel.classList.remove('sheet-settling'), 200)
  }
  grip.addEventListener(
    'pointermove',
    (event) => {
      moved = Math.max(0, event.clientY - start.clientY)
      strayed = Math.max(strayed, Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY))
      const passed = event.timeStamp - last.at
      if (passed > 0) speed = (event.clientY - last.y) / passed
      last = { y: event.clientY, at: event.timeStamp }
      panel.style.transform = `translateY(${moved}px)`
    },
    { signal: until },
  )
  grip.addEventListener('pointerup', () => end(true), { signal: until })
  grip.addEventListener('pointercancel', () => end(false), { signal: until })
  signal.addEventListener('abort', () => end(false), { signal: until })
}
