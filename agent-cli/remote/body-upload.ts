// Puts a session's large contents on the server before an event refers to them (E6). Knows no event but its references.
import type { Bodies } from '../journal/bodies.ts'
import { JournalError } from '../journal/failure.ts'
import type { Caller } from './credentials.ts'
import { RemoteError } from './failure.ts'
import { sendTimeoutSeconds } from './pause.ts'
import { PutBody } from './session-operations.ts'

export type Reference = { digest: string; mediaType: string; size: number }

export type BodyUpload = {
  /** Resolves when all are complete on the server; one that is missing here as well as there, or cut here, throws JournalError. */
  put(references: readonly Reference[], signal: AbortSignal): Promise<void>
  /** The server does not have it after all. */
  forget(digest: string): void
}

/** How often the server may stand where it stood, or further back, before this counts as an outage. */
const maxSetBacks = 3

export function createBodyUpload(options: {
  call: Caller
  sessionId: string
  bodies: Pick<Bodies, 'read'>
  chunkBytes?: number
}): BodyUpload {
  const { call, sessionId, bodies, chunkBytes = 1024 * 1024 } = options
  const there = new Set<string>()

  /** Asked with no bytes: of what is whole the server says so, whatever comes. */
  async function isThere(reference: Reference, signal: AbortSignal): Promise<boolean> {
    const { putBody } = await call(PutBody, { input: { sessionId, ...reference, offset: 0, chunk: '' } }, { signal })
    return putBody.complete
  }

  async function putOne({ digest, mediaType, size }: Reference, signal: AbortSignal): Promise<void> {
    let offset = 0
    for (let setBacks = 0; ; ) {
      const bytes = await bodies.read(digest, offset, chunkBytes).catch(async (error: unknown) => {
        const isElsewhere = offset === 0 && error instanceof JournalError && error.fault === 'NOT_FOUND'
        // What a device attached is on the server already, and comes here only when its prompt runs.
        if (isElsewhere && (await isThere({ digest, mediaType, size }, signal))) return null
        throw error
      })
      if (bytes === null) return void there.add(digest)
      if (bytes.byteLength === 0 && size > 0) {
        throw new JournalError(
          'CORRUPT',
          `The content of this event is damaged on the workstation: ${size} bytes are ${offset}.`,
        )
      }
      const input = { sessionId, digest, mediaType, size, offset, chunk: bytes.toString('base64') }
      const timeoutSeconds = sendTimeoutSeconds(input.chunk.length)
      const { putBody } = await call(PutBody, { input }, { signal, timeoutSeconds })
      if (putBody.complete) return void there.add(digest)
      // The server says where it stands: it may have more than this process knows of, or less after a restore.
      if (putBody.receivedBytes <= offset) setBacks += 1
      if (setBacks > maxSetBacks) {
        throw new RemoteError('UNREACHABLE', 'The server does not keep what it is sent of a large content.')
      }
      offset = putBody.receivedBytes
    }
  }

  return {
    async put(references, signal) {
      for (const reference of references) if (!there.has(reference.digest)) await putOne(reference, signal)
    },
    forget: (digest) => void there.delete(digest),
  }
}

/** Every body reference inside an event's body: an object with exactly digest, mediaType and size. */
export function referencesIn(value: unknown): Reference[] {
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.flatMap(referencesIn)
  const { digest, mediaType, size } = value as Record<string, unknown>
  if (
    typeof digest === 'string' &&
    typeof mediaType === 'string' &&
    typeof size === 'number' &&
    /^[0-9a-f]{64}$/.test(digest)
  ) {
    return [{ digest, mediaType, size }]
  }
  return Object.values(value).flatMap(referencesIn)
}
