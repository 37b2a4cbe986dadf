// Brings a file to the server as a body of the session: whole digest first, then chunks, so that a prompt can refer to it (E6).
import type { Connection } from '../../graphql/connection.ts'
import { graphql } from '../../graphql/graphql.ts'
import { type Problem, problemOfResult } from '../../graphql/problem.ts'

export const PutBodyDocument = graphql(`
  mutation PutBody($input: PutBodyInput!) { putBody(input: $input) { digest complete receivedBytes } }
`)

/** As `sendPrompt` takes it. */
export type Attachment = { name: string; mediaType: string; size: number; digest: string }
export type AttachLimits = { maxBodyBytes: number; maxChunkBytes: number }
export const usualLimits: AttachLimits = { maxBodyBytes: 32 * 1024 * 1024, maxChunkBytes: 1024 * 1024 }

const hex = (bytes: ArrayBuffer) =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')

function base64(bytes: Uint8Array): string {
  let text = ''
  // Spread in pieces: a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(text)
}

/** Settles when the server holds all of it. `onProgress` hears bytes sent. Chunks may be sent again without harm. */
export async function attach(
  connection: Connection,
  sessionId: string,
  file: File,
  options: { limits: AttachLimits; signal: AbortSignal; onProgress?: (bytes: number) => void },
): Promise<{ attachment: Attachment } | { problem: Problem }> {
  const { limits, signal } = options
  if (file.size > limits.maxBodyBytes) {
    const most = Math.floor(limits.maxBodyBytes / 1024 / 1024)
    return { problem: { code: 'TOO_LARGE', message: `${file.name} is larger than ${most} MB.` } }
  }
  if (file.size === 0) return { problem: { code: 'BAD_INPUT', message: `${file.name} is empty.` } }
  const bytes = new Uint8Array(await file.arrayBuffer())
  const digest = hex(await crypto.subtle.digest('SHA-256', bytes))
  const mediaType = file.type === '' ? 'application/octet-stream' : file.type
  for (let offset = 0; offset < bytes.length; ) {
    if (signal.aborted) return { problem: { code: 'ABORTED', message: 'No longer wanted.' } }
    const chunk = base64(bytes.subarray(offset, offset + limits.maxChunkBytes))
    const input = { sessionId, digest, mediaType, size: bytes.length, offset, chunk }
    const result = await connection.urql.mutation(PutBodyDocument, { input }).toPromise()
    const problem = problemOfResult(result)
    if (problem) return { problem }
    offset = Math.min(bytes.length, offset + limits.maxChunkBytes)
    options.onProgress?.(offset)
    // The same bytes were there already.
    if (result.data?.putBody.complete) break
  }
  return { attachment: { name: file.name, mediaType, size: bytes.length, digest } }
}
