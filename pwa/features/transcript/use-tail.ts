// A session's tail for as long as its screen is there.
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'
import { useConnection } from '../../graphql/connection-context.tsx'
import { eventSource } from './event-source.ts'
import { createFold } from './items/fold.ts'
import { keptEvents } from './kept-events.ts'
import { createTail, type Tail, type TailState } from './tail.ts'

const opening: TailState = {
  transcript: createFold().current(),
  source: 'opening',
  seenAt: null,
  hasOlder: false,
  loadingOlder: false,
  prepends: 0,
  problem: null,
}
const nothing = () => () => undefined

export function useTail(sessionId: string): { state: TailState; older(): void; trim(): void } {
  const connection = useConnection()
  const [tail, setTail] = useState<Tail | null>(null)
  useEffect(() => {
    const opened = createTail({ sessionId, source: eventSource(connection, sessionId), kept: keptEvents })
    setTail(opened)
    return () => opened.close()
  }, [connection, sessionId])
  const state = useSyncExternalStore(tail?.subscribe ?? nothing, () => tail?.current() ?? opening)
  const older = useCallback(() => void tail?.older(), [tail])
  const trim = useCallback(() => tail?.trim(), [tail])
  return { state, older, trim }
}
