// A browser that has signed in and that no workstation trusts yet: what it may do, and the one way to more.
import './sign-in.css'
import { useEffect } from 'react'
import { useQuery } from 'urql'
import { deviceWord } from '../../ui/device-word.ts'
import { useViewer, ViewerDocument } from '../devices/viewer.ts'

/** Nothing rings when a workstation takes a device in: until then it is looked for, while the page is seen. */
const LOOK_MS = 5_000

export function AwaitsTrust() {
  const viewer = useViewer()
  const [, again] = useQuery({ query: ViewerDocument, pause: true })
  const principal = viewer?.principal
  const awaits = principal?.__typename === 'Device' && principal.awaitsTrust
  useEffect(() => {
    if (!awaits) return
    const look = () => document.visibilityState === 'visible' && again({ requestPolicy: 'network-only' })
    const timer = setInterval(look, LOOK_MS)
    return () => clearInterval(timer)
  }, [awaits, again])
  if (!awaits) return null
  return (
    <section className="awaits-trust" aria-label="What this device may do">
      <strong>This {deviceWord()} may look, not steer</strong>
      <span>
        To let it do more, type <code>offdesk devices trust "{principal.name}"</code> at the workstation, or open
        Settings, Devices on a device it trusts.
      </span>
    </section>
  )
}
