// Fetches a large content by its digest, piece by piece (E6). Knows no screen.
import type { Connection } from '../../graphql/connection.ts'
import { graphql } from '../../graphql/graphql.ts'
import { type Problem, problemOfResult } from '../../graphql/problem.ts'
import type { BodyRef } from './event-fields.ts'

export const BodyChunkDocument = graphql(`
  query BodyChunk($sessionId: ID!, $digest: Digest!, $offset: Int!, $length: Int!) {
    session(id: $sessionId) { id body(digest: $digest) { digest size chunk(offset: $offset, length: $length) } }
  }
`)

export const CHUNK_BYTES = 512 * 1024

export type Fetched = { bytes: Uint8Array<ArrayBuffer> } | { problem: Problem }

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0))

/** All of a body. `onProgress` hears the bytes so far. Aborted: a problem with code ABORTED. */
export async function fetchBody(
  connection: Connection,
  sessionId: string,
  ref: Pick<BodyRef, 'digest' | 'size'>,
  options: { signal: AbortSignal; onProgress?: (bytes: number) => void },
): Promise<Fetched> {
  const bytes = new Uint8Array(ref.size)
  for (let offset = 0; offset < ref.size; ) {
    if (options.signal.aborted) return { problem: { code: 'ABORTED', message: 'No longer wanted.' } }
    const variables = { sessionId, digest: ref.digest, offset, length: CHUNK_BYTES }
    const result = await connection.urql
      .query(BodyChunkDocument, variables, { requestPolicy: 'network-only' })
      .toPromise()
    const problem = problemOfResult(result)
    if (problem) return { problem }
    const chunk = result.data?.session?.body?.chunk
    if (!chunk) return { problem: { code: 'NOT_FOUND', message: 'The server no longer has it.' } }
    const piece = bytesOf(chunk)
    bytes.set(piece.subarray(0, ref.size - offset), offset)
    offset += piece.length
    options.onProgress?.(offset)
  }
  return { bytes }
}

/** `512 B`, `14 KB`, `2.3 MB` (powers of 1024). */
export function sizeWords(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
