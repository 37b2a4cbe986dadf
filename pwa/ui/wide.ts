// Whether there is room for two panes: from 900 CSS pixels on.
import { useSyncExternalStore } from 'react'

const wide = '(min-width: 900px)'
const subscribe = (onChange: () => void) => {
  const media = window.matchMedia(wide)
  media.addEventListener('change', onChange)
  return () => media.removeEventListener('change', onChange)
}

/** True while there is; renders again when it changes. */
export const useWide = (): boolean => useSyncExternalStore(subscribe, () => window.matchMedia(wide).matches)
