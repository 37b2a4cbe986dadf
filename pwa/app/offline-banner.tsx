// One line while the server is out of reach: since when, and what it means. Silence for the first seconds: most gaps are shorter.
import { useEffect, useState } from 'react'
import { useConnection, useLink } from '../graphql/connection-context.tsx'
import { TextLink } from '../ui/button.tsx'
import { LinkState } from '../ui/link-state.tsx'

const QUIET_MS = 3_000

export function OfflineBanner() {
  const link = useLink()
  const { wake } = useConnection()
  const [late, setLate] = useState(false)
  const away = link.kind !== 'live' && link.kind !== 'revoked'
  useEffect(() => {
    setLate(false)
    if (!away) return
    const timer = setTimeout(() => setLate(true), Math.max(0, link.sinceMs + QUIET_MS - Date.now()))
    return () => clearTimeout(timer)
  }, [away, link.sinceMs])
  if (!away || (!late && link.kind !== 'offline')) return null
  return (
    <div className="app-line" role="status">
      <LinkState
        link={
          link.kind === 'offline'
            ? { kind: 'device-offline', since: link.sinceMs }
            : { kind: 'reconnecting', since: link.sinceMs }
        }
      />
      <span className="app-line-note">The agent goes on working.</span>
      {link.kind !== 'offline' && <TextLink onClick={wake}>Try now</TextLink>}
    </div>
  )
}
