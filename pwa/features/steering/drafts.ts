// What was typed and not sent, per session, on this device. Survives a reload, a call and an empty battery.
import { useEffect, useRef, useState } from 'react'

const nameOf = (sessionId: string) => `offdesk-draft:${sessionId}`

/** The words kept for a session; empty when there are none or storage is closed. */
export function readDraft(sessionId: string, storage: Pick<Storage, 'getItem'> = localStorage): string {
  try {
    return storage.getItem(nameOf(sessionId)) ?? ''
  } catch {
    return ''
  }
}

/** Empty words are no draft. A closed or full storage loses nothing but the reload. */
export function writeDraft(
  sessionId: string,
  text: string,
  storage: Pick<Storage, 'setItem' | 'removeItem'> = localStorage,
): void {
  try {
    if (text === '') storage.removeItem(nameOf(sessionId))
    else storage.setItem(nameOf(sessionId), text)
  } catch {
    // Private browsing: the words are still in the field.
  }
}

/** The draft as state; written at every change. */
export function useDraft(sessionId: string): [string, (text: string) => void] {
  const [text, setText] = useState(() => readDraft(sessionId))
  const of = useRef(sessionId)
  useEffect(() => {
    if (of.current === sessionId) return
    of.current = sessionId
    setText(readDraft(sessionId))
  }, [sessionId])
  return [
    text,
    (next) => {
      setText(next)
      writeDraft(sessionId, next)
    },
  ]
}
