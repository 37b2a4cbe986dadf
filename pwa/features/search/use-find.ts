// Looking for words in the session on the screen: what was found, which of it the reader is at. Lives as long as the screen.
import { useCallback, useEffect, useRef, useState } from 'react'
import { useConnection } from '../../graphql/connection-context.tsx'
import type { Hit } from './hit.ts'
import { type Found, look } from './search.ts'

export type Find = {
  /** The sheet with field and list is there. */
  isOpen: boolean
  words: string
  found: Found | null
  /** The hit that the transcript shows; null while it shows its end. */
  hit: Hit | null
  /** Place of `hit` among the hits, from 0. */
  index: number
  open(): void
  /** Puts the sheet away; the place stays. */
  close(): void
  setWords(words: string): void
  /** Looks further back. */
  more(): void
  goTo(index: number): void
  /** Back to the end of the transcript. */
  leave(): void
}

const TYPING_MS = 300

export function useFind(sessionId: string): Find {
  const connection = useConnection()
  const [isOpen, setOpen] = useState(false)
  const [words, setWords] = useState('')
  const [found, setFound] = useState<Found | null>(null)
  const [at, setAt] = useState<{ hit: Hit; index: number } | null>(null)
  const back = useRef<string | null>(null)
  const looking = useRef<AbortController>(undefined)

  const run = useCallback(
    (sought: string, from: { hits: readonly Hit[]; before: string } | null) => {
      looking.current?.abort()
      const over = new AbortController()
      looking.current = over
      void look(connection, {
        ...{ sessionId, words: sought, from, signal: over.signal },
        onFound(now, before) {
          back.current = before
          setFound(now)
        },
      })
    },
    [connection, sessionId],
  )
  const sought = words.trim()
  useEffect(() => {
    looking.current?.abort()
    if (sought === '') return setFound(null)
    const timer = setTimeout(() => run(sought, null), TYPING_MS)
    return () => clearTimeout(timer)
  }, [sought, run])
  useEffect(() => () => looking.current?.abort(), [])

  return {
    ...{ isOpen, words, found, setWords },
    hit: at?.hit ?? null,
    index: at?.index ?? 0,
    open: useCallback(() => setOpen(true), []),
    close: useCallback(() => setOpen(false), []),
    more() {
      if (found && back.current !== null) run(found.words, { hits: found.hits, before: back.current })
    },
    goTo(index) {
      const hit = found?.hits[index]
      if (!hit) return
      setAt({ hit, index })
      setOpen(false)
    },
    leave() {
      setAt(null)
      setOpen(false)
    },
  }
}

/** Ctrl+F or ⌘F looks in the whole session, not in the few rows that are drawn; a second one is the browser's own. */
export function useFindKey({ isOpen, open }: Pick<Find, 'isOpen' | 'open'>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'f' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
      if (isOpen || document.querySelector('dialog[open]')) return
      event.preventDefault()
      open()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [isOpen, open])
}
