// Archive and delete: facts of the server that need no host (C7). Each says in words why it did not happen, or null.
import type { Connection } from '../../graphql/connection.ts'
import { problemOfResult } from '../../graphql/problem.ts'
import { keptEvents } from '../transcript/kept-events.ts'
import { liveSessionsOf } from './live-sessions.ts'
import { ArchiveSessionDocument, DeleteSessionDocument } from './session-row.ts'

const words = (problem: { code: string; message: string }) =>
  problem.code === 'OFFLINE' ? 'The server gave no answer. Nothing was changed.' : problem.message

export async function archiveSession(connection: Connection, id: string, archived: boolean): Promise<string | null> {
  const result = await connection.urql.mutation(ArchiveSessionDocument, { id, archived }).toPromise()
  const problem = problemOfResult(result)
  if (problem) return words(problem)
  if (result.data) liveSessionsOf(connection).put(result.data.archiveSession)
  return null
}

/** Removes it from this device as well. */
export async function deleteSession(connection: Connection, id: string): Promise<string | null> {
  const result = await connection.urql.mutation(DeleteSessionDocument, { id }).toPromise()
  const problem = problemOfResult(result)
  if (problem && problem.code !== 'NOT_FOUND') return words(problem)
  liveSessionsOf(connection).remove(id)
  void keptEvents.forget(id).catch(() => undefined)
  return null
}
