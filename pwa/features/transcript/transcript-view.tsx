// The transcript as a virtual list: it follows the end only while the reader is there, and never jumps when older pages come.
import { type ReactNode, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { VList, type VListHandle } from 'virtua'
import { Icon } from '../../ui/icon.tsx'
import { HAND_MS, readerMoved, readerOpens } from './reader-place.ts'
import type { TailState } from './tail.ts'
import { TranscriptRow } from './transcript-row.tsx'

/** An older page is asked for this far before the reader reaches the first item (px). */
const NEAR_START_PX = 900

export type Ending = { key: string; content: ReactNode }

/**
 * `endings` are rows after the transcript: what is on its way, what waits on the host. `working` says that a turn is going on, so
 * that the last words carry the caret.
 */
export function TranscriptView(props: {
  state: TailState
  endings: readonly Ending[]
  working: boolean
  onOlder: () => void
  onAtEnd: () => void
  /** How often something was sent from here: whoever sends wants to see it, wherever they were reading. */
  sentCount: number
}) {
  const { state, endings, working } = props
  const { items } = state.transcript
  const list = useRef<VListHandle>(null)
  const frame = useRef<HTMLDivElement>(null)
  const reader = useRef(readerOpens)
  const touchedAt = useRef(Number.NEGATIVE_INFINITY)
  const [below, setBelow] = useState(false)
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set())
  const count = items.length + endings.length

  // virtua keeps the end of the list in place for exactly the render in which items are put in front.
  const prepends = useRef(state.prepends)
  const shift = prepends.current !== state.prepends
  useLayoutEffect(() => {
    prepends.current = state.prepends
  }, [state.prepends])

  /** Asked of the page itself: the list's own sizes are those before a panel opened or closed beside it. */
  const follows = useCallback(() => {
    const place = frame.current?.firstElementChild
    if (place) {
      const most = place.scrollHeight - place.clientHeight
      const isTouched = performance.now() - touchedAt.current < HAND_MS
      reader.current = readerMoved(reader.current, { offset: place.scrollTop, most }, isTouched)
    }
    return reader.current.atEnd
  }, [])
  const toEnd = () => {
    reader.current = { ...reader.current, atEnd: true }
    setBelow(false)
    // Not virtua's own way to an index: it goes there again when rows have been measured, also from where the reader has gone meanwhile.
    const place = frame.current?.firstElementChild
    if (place) place.scrollTop = place.scrollHeight
  }
  const follow = useRef(toEnd)
  follow.current = toEnd

  const lastItem = items.at(-1)
  const lastSeq = state.transcript.lastSeq
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new number or a new ending is what there is to follow
  useLayoutEffect(() => {
    if (count === 0) return
    if (follows()) {
      follow.current()
      props.onAtEnd()
    } else setBelow(true)
  }, [lastSeq, lastItem, endings.length])

  const { sentCount } = props
  useLayoutEffect(() => {
    if (sentCount > 0) follow.current()
  }, [sentCount])

  useEffect(() => {
    const over = new AbortController()
    const note = () => {
      touchedAt.current = performance.now()
    }
    for (const kind of ['wheel', 'touchstart', 'touchmove', 'touchend', 'pointerdown', 'keydown'])
      window.addEventListener(kind, note, { capture: true, passive: true, signal: over.signal })
    return () => over.abort()
  }, [])

  // Rows are measured after they are drawn, and a keyboard makes the place smaller: both move the end without a scroll.
  useEffect(() => {
    const viewport = frame.current?.firstElementChild
    const content = viewport?.firstElementChild
    if (!viewport || !content) return
    const observer = new ResizeObserver(() => follows() && follow.current())
    observer.observe(viewport)
    observer.observe(content)
    return () => observer.disconnect()
  }, [follows])

  const onScroll = (offset: number) => {
    if (follows()) setBelow(false)
    if (offset < NEAR_START_PX && state.hasOlder && !state.loadingOlder) props.onOlder()
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once per page, when what is there does not fill the place
  useEffect(() => {
    const handle = list.current
    if (handle && state.hasOlder && !state.loadingOlder && handle.scrollSize <= handle.viewportSize + 1) props.onOlder()
  }, [items.length, state.hasOlder])

  const keepMounted = items.flatMap((item, index) => (touched.has(item.key) ? [index] : []))
  return (
    <div className="tr-frame" ref={frame}>
      <VList
        ref={list}
        className="tr-list"
        shift={shift}
        onScroll={onScroll}
        keepMounted={keepMounted}
        // Finished words are announced; what streams is not.
        role="log"
        aria-live="off"
        aria-label="Transcript"
        tabIndex={0}
      >
        {[
          ...items.map((item, index) => (
            // What a person has opened in a row stays open: the row stays mounted.
            <div
              key={item.key}
              className={index === 0 ? 'tr-place tr-place-first' : 'tr-place'}
              onClickCapture={() => touched.has(item.key) || setTouched(new Set([...touched, item.key]))}
            >
              <TranscriptRow item={item} streaming={working && item === lastItem} />
            </div>
          )),
          ...endings.map((ending) => (
            <div key={ending.key} className="tr-place">
              <div className="tr-row">{ending.content}</div>
            </div>
          )),
        ]}
      </VList>
      {state.loadingOlder && (
        <p className="tr-older" role="status">
          Loading older
        </p>
      )}
      {below && (
        <button type="button" className="tr-below" onClick={toEnd}>
          <Icon name="chevron-down" size={16} />
          New below
        </button>
      )}
    </div>
  )
}
