// Which workstation a session is on, as what is signed must say. Asked once; a session never moves.
import type { Connection } from '../../graphql/connection.ts'
import { graphql } from '../../graphql/graphql.ts'
import { type Problem, problemOfResult } from '../../graphql/problem.ts'

const SessionHostDocument = graphql(`query SessionHost($id: ID!) { session(id: $id) { id host { id } } }`)
const known = new Map<string, string>()

export async function hostOfSession(connection: Connection, sessionId: string): Promise<string | Problem> {
  const there = known.get(sessionId)
  if (there !== undefined) return there
  const asked = { requestPolicy: 'network-only' } as const
  const result = await connection.urql.query(SessionHostDocument, { id: sessionId }, asked).toPromise()
  const hostId = result.data?.session?.host.id
  if (hostId === undefined)
    return problemOfResult(result) ?? { code: 'NOT_FOUND', message: 'There is no such session here.' }
  known.set(sessionId, hostId)
  return hostId
}
