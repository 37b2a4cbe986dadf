// The number on the app's icon: open decisions, nothing else (D3 of the product).
import { useEffect } from 'react'
import { useDecisions, useDecisionsLoaded } from '../decisions/decisions.tsx'

/** Draws nothing. Browsers without badges ignore it. */
export function AppBadge() {
  const count = useDecisions().length
  const loaded = useDecisionsLoaded()
  useEffect(() => {
    if (!loaded || !('setAppBadge' in navigator)) return
    const done = count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge()
    // Refused without permission on some systems; the count is on the tab as well.
    done.catch(() => undefined)
  }, [count, loaded])
  return null
}
