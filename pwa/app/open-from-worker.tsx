// A tap on a notification while the app is open: the worker asks, the router goes.
import { useEffect } from 'react'
import { useLocation } from 'wouter'

/** Draws nothing. Takes paths of this origin only. */
export function OpenFromWorker() {
  const [, go] = useLocation()
  useEffect(() => {
    if (!('serviceWorker' in navigator)) return
    const onMessage = (event: MessageEvent<unknown>) => {
      const { data } = event
      if (typeof data !== 'object' || data === null || !('type' in data) || data.type !== 'OPEN') return
      if ('path' in data && typeof data.path === 'string' && /^\/(?!\/)/.test(data.path)) go(data.path)
    }
    navigator.serviceWorker.addEventListener('message', onMessage)
    return () => navigator.serviceWorker.removeEventListener('message', onMessage)
  }, [go])
  return null
}
