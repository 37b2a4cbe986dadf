// The transcript around a place that was looked for: it opens there, and grows on either side. It follows nothing.
import { useCallback, useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react'
import { VList, type VListHandle } from 'virtua'
import { useConnection } from '../../graphql/connection-context.tsx'
import { eventSource } from './event-source.ts'
import { markWords } from './mark-words.ts'
import { createPlace, noPlace, type Place } from './place.ts'
import { TranscriptRow } from './transcript-row.tsx'

/** The next page is asked for this far before the reader reaches the last row there is (px). */
const NEAR_PX = 900
/** Rows are measured after they are drawn: the place is looked for again until it stands still. */
const SETTLE_MS = 600

function usePlace(sessionId: string, seq: number) {
  const connection = useConnection()
  const [place, setPlace] = useState<Place | null>(null)
  useEffect(() => {
    const opened = createPlace({ source: eventSource(connection, sessionId), seq })
    setPlace(opened)
    return () => opened.close()
  }, [connection, sessionId, seq])
  const subscribe = useCallback((onChange: () => void) => place?.subscribe(onChange) ?? (() => undefined), [place])
  const state = useSyncExternalStore(subscribe, () => place?.current() ?? noPlace)
  return { state, place }
}

/** One for each number: give it a `key`. */
export function PlaceView({ sessionId, seq, words }: { sessionId: string; seq: number; words: string }) {
  const { state, place } = usePlace(sessionId, seq)
  const list = useRef<VListHandle>(null)
  const frame = useRef<HTMLDivElement>(null)
  const { items } = state.transcript
  const found = items.findIndex((item) => item.key === state.itemKey)
  const prepends = useRef(state.prepends)
  const shift = prepends.current !== state.prepends
  useLayoutEffect(() => {
    prepends.current = state.prepends
  }, [state.prepends])

  const arrived = useRef(false)
  const [stands, setStands] = useState(false)
  useEffect(() => {
    if (found < 0 || arrived.current) return
    arrived.current = true
    let until = performance.now() + SETTLE_MS
    let request = 0
    const over = new AbortController()
    // A hand on the page is stronger: the list is the reader's from then on.
    for (const hand of ['wheel', 'pointerdown', 'touchstart', 'keydown'])
      window.addEventListener(hand, () => (until = 0), { signal: over.signal, passive: true })
    const go = () => {
      list.current?.scrollToIndex(found, { align: 'center' })
      const row = frame.current?.querySelector('.tr-found')
      if (row instanceof HTMLElement && document.activeElement !== row) row.focus({ preventScroll: true })
      if (performance.now() < until) request = requestAnimationFrame(go)
      else setStands(true)
    }
    go()
    return () => {
      cancelAnimationFrame(request)
      over.abort()
    }
  }, [found])
  useEffect(() => {
    const row = frame.current?.querySelector('.tr-found')
    return row && stands ? markWords(row, words) : undefined
  }, [stands, words])

  const onScroll = (offset: number) => {
    const handle = list.current
    if (!handle || !stands) return
    if (offset < NEAR_PX) void place?.older()
    if (handle.scrollSize - handle.viewportSize - offset < NEAR_PX) void place?.newer()
  }
  return (
    <div className="tr-frame" ref={frame}>
      <VList
        ref={list}
        className="tr-list"
        shift={shift}
        onScroll={onScroll}
        role="log"
        aria-live="off"
        aria-label="Transcript"
        tabIndex={0}
      >
        {items.map((item, index) => (
          <div
            key={item.key}
            className={`tr-place${index === 0 ? ' tr-place-first' : ''}${index === found ? ' tr-found' : ''}`}
            {...(index === found ? { tabIndex: -1, 'aria-current': true } : {})}
          >
            <TranscriptRow item={item} streaming={false} />
          </div>
        ))}
      </VList>
      {(state.loading !== null || state.problem !== null) && (
        <p className="tr-older" role="status">
          {state.problem ? state.problem.message : state.loading === 'newer' ? 'Loading newer' : 'Loading'}
        </p>
      )}
    </div>
  )
}
