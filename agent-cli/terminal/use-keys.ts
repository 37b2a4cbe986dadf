/**
 * Keys for whoever has the focus, judged by what is on the screen now. ink passes a new handler on some time after the screen was drawn: until then a key
 * would act on what stood there before, and Enter would send a line without its last words. Knows no key.
 */
import { type Key, useInput } from 'ink'
import { useCallback, useLayoutEffect, useRef } from 'react'

/** `handler` may be another one at each drawing; the one of the last drawing is called. */
export function useKeys(handler: (input: string, key: Key) => void, { isActive = true } = {}): void {
  const latest = useRef({ handler, isActive })
  useLayoutEffect(() => {
    latest.current = { handler, isActive }
  })
  const stable = useCallback((input: string, key: Key) => {
    if (latest.current.isActive) latest.current.handler(input, key)
  }, [])
  useInput(stable, { isActive })
}
