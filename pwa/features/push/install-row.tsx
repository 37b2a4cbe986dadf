// Installing the app: the browser's own offer where there is one, else the words for an iPhone. Nothing once it is installed.
import { useEffect, useState } from 'react'
import { Row } from '../../ui/row.tsx'

/** Chromium's, not in the DOM library. */
type InstallOffer = Event & { prompt(): Promise<unknown> }
const isOffer = (event: Event): event is InstallOffer => 'prompt' in event && typeof event.prompt === 'function'

let offer: InstallOffer | null = null
const listeners = new Set<() => void>()
if (typeof window !== 'undefined')
  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault()
    if (isOffer(event)) offer = event
    for (const listener of listeners) listener()
  })

export function InstallRow({ isUninstalledApple }: { isUninstalledApple: boolean }) {
  const [ready, setReady] = useState(offer !== null)
  useEffect(() => {
    const onOffer = () => setReady(true)
    listeners.add(onOffer)
    return () => {
      listeners.delete(onOffer)
    }
  }, [])
  if (isUninstalledApple)
    return (
      <Row
        wrap
        title="Install"
        detail="In Safari: Share, then Add to Home Screen. Pair again inside the installed app."
      />
    )
  if (!ready) return null
  return (
    <Row
      wrap
      title="Install Offdesk"
      detail="As an app of its own, with notifications"
      onClick={() => {
        void offer?.prompt().finally(() => setReady(false))
        offer = null
      }}
    />
  )
}
