/** State that keys can read: what it is now, also when two keys come before the screen is drawn once. Knows no key. */
import { useRef, useState } from 'react'

export type Fresh<T> = { readonly now: T; set(value: T): void }

/** First as it is drawn, then as it is. */
export function useFresh<T>(initial: () => T): [shown: T, fresh: Fresh<T>] {
  const [shown, show] = useState(initial)
  const fresh = useRef<Fresh<T> | null>(null)
  if (fresh.current === null) {
    let now = shown
    fresh.current = {
      get now() {
        return now
      },
      set(value) {
        now = value
        show(() => value)
      },
    }
  }
  return [shown, fresh.current]
}
