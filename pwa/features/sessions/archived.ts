// Sessions put away: read page by page when asked for; they do not live in the followed list.
import { useCallback, useEffect, useState } from 'react'
import { useConnection } from '../../graphql/connection-context.tsx'
import { type Problem, problemOfResult } from '../../graphql/problem.ts'
import { ArchivedSessionsDocument, type SessionRow } from './session-row.ts'

export type Archived = {
  sessions: readonly SessionRow[]
  more: (() => void) | null
  problem: Problem | null
  loaded: boolean
}

/** Reads again when `stamp` changes. Nothing is read while `wanted` is false. */
export function useArchived(wanted: boolean, stamp: string): Archived {
  const { urql } = useConnection()
  const [sessions, setSessions] = useState<readonly SessionRow[]>([])
  const [after, setAfter] = useState<string | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [loaded, setLoaded] = useState(false)
  const read = useCallback(
    async (from: string | null) => {
      const result = await urql
        .query(ArchivedSessionsDocument, { after: from }, { requestPolicy: 'network-only' })
        .toPromise()
      setProblem(problemOfResult(result))
      const page = result.data?.sessions
      if (!page) return
      const rows = page.edges.map((edge) => edge.node)
      setSessions((before) => (from === null ? rows : [...before, ...rows]))
      setAfter(page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null)
      setLoaded(true)
    },
    [urql],
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: the stamp is the reason to read again
  useEffect(() => {
    if (wanted) void read(null)
  }, [wanted, read, stamp])
  return { sessions, more: after === null ? null : () => void read(after), problem, loaded }
}
