// A newer version waits until the person says yes: a page that changes under a finger could change what is being answered.

import { useRegisterSW } from 'virtual:pwa-register/react'
import { useEffect, useRef } from 'react'
import { TextLink } from '../ui/button.tsx'

const HOUR_MS = 3_600_000

/** Registers the service worker and shows one line when another version is ready. */
export function UpdatePrompt() {
  const over = useRef(new AbortController())
  const { needRefresh, updateServiceWorker } = useRegisterSW({
    onRegisteredSW(_url, registration) {
      if (!registration) return
      const timer = setInterval(() => void registration.update().catch(() => undefined), HOUR_MS)
      over.current.signal.addEventListener('abort', () => clearInterval(timer))
    },
  })
  useEffect(() => () => over.current.abort(), [])
  const [ready, setReady] = needRefresh
  if (!ready) return null
  return (
    <div className="app-line" role="status">
      <span>A newer version of Offdesk is ready.</span>
      <TextLink onClick={() => void updateServiceWorker()}>Load it</TextLink>
      <TextLink tone="ink" onClick={() => setReady(false)}>
        Later
      </TextLink>
    </div>
  )
}
