// The place in the transcript where something was sent from here: shown in place of its end, with the way back under it (C4).
import '../search/search.css'
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import { useConnection } from '../../graphql/connection-context.tsx'
import { ProblemError } from '../../graphql/problem.ts'
import { At } from '../../ui/age.tsx'
import { TextLink } from '../../ui/button.tsx'
import { eventSource } from '../transcript/event-source.ts'
import { seqAt } from '../transcript/moment.ts'

export type Moment = {
  /** The event that the transcript is to show; null while it shows its end. */
  seq: number | null
  bar: ReactNode
  /** `what` was sent at that moment, in milliseconds since 1970. */
  show(at: number, what: string): void
}

export function useMoment(sessionId: string): Moment {
  const connection = useConnection()
  const [shown, setShown] = useState<{ at: number; what: string; seq: number | null; said: string | null } | null>(null)
  const looking = useRef<AbortController>(undefined)
  useEffect(() => () => looking.current?.abort(), [])

  const show = useCallback(
    (at: number, what: string) => {
      looking.current?.abort()
      const over = new AbortController()
      looking.current = over
      const put = (seq: number | null, said: string | null) => !over.signal.aborted && setShown({ at, what, seq, said })
      put(null, 'Looking for the place')
      void seqAt(eventSource(connection, sessionId), at, over.signal).then(
        (seq) => put(seq, seq === null ? 'Nothing has been said in this session.' : null),
        (thrown) => {
          if (thrown instanceof ProblemError) put(null, thrown.problem.message)
          else if (!over.signal.aborted) throw thrown
        },
      )
    },
    [connection, sessionId],
  )
  const leave = () => {
    looking.current?.abort()
    setShown(null)
  }
  return {
    seq: shown?.seq ?? null,
    show,
    bar: shown && (
      <div className="found-bar">
        <span className="found-bar-where cut" role="status">
          {shown.said ?? (
            <>
              <At at={shown.at} />: {shown.what}
            </>
          )}
        </span>
        <TextLink onClick={leave}>{shown.seq === null ? 'Close' : 'To the end'}</TextLink>
      </div>
    ),
  }
}
