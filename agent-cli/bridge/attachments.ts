// A prompt as the agent takes it: its text and what a device attached, fetched from the server into the session's own bodies first (E6).
import type { ContentBlock } from '../agent/connection.ts'
import type { Attachment } from '../agent/translate/event-body.ts'
import type { Bodies } from '../journal/bodies.ts'
import type { Caller } from '../remote/credentials.ts'
import { ReadBody } from '../remote/session-operations.ts'
import { BridgeError } from './contract.ts'
import type { Prompt } from './queue.ts'

/** Rejects with BridgeError when an attachment cannot be fetched: a prompt that speaks of a picture must not run without it. */
export async function blocksOf(
  prompt: Prompt,
  from: { bodies: Bodies; call: Caller | null; sessionId: string; takesImages: boolean },
): Promise<ContentBlock[]> {
  const blocks: ContentBlock[] = prompt.text === '' ? [] : [{ type: 'text', text: prompt.text }]
  for (const attachment of prompt.attachments)
    blocks.push(blockOf(attachment, await bytesOf(attachment, from), from.takesImages))
  return blocks
}

function blockOf({ mediaType, name }: Attachment, bytes: Buffer, takesImages: boolean): ContentBlock {
  if (mediaType.startsWith('image/')) {
    if (!takesImages) throw new BridgeError('BAD_INPUT', 'This agent takes no images.')
    return { type: 'image', mimeType: mediaType, data: bytes.toString('base64') }
  }
  const uri = `attachment:${encodeURIComponent(name)}`
  const isText = mediaType.startsWith('text/') || mediaType === 'application/json'
  const content = isText ? { text: bytes.toString('utf8') } : { blob: bytes.toString('base64') }
  return { type: 'resource', resource: { uri, mimeType: mediaType, ...content } }
}

async function bytesOf(
  { digest, size, name }: Attachment,
  { bodies, call, sessionId }: { bodies: Bodies; call: Caller | null; sessionId: string },
): Promise<Buffer> {
  if ((await bodies.size(digest)) === undefined) {
    if (call === null)
      throw new BridgeError('NOT_FOUND', `The attachment “${name}” is on the server, and remote is off.`)
    const { sha256 } = await bodies.put(fetched(call, sessionId, digest, size))
    if (sha256 !== digest) throw new BridgeError('BODY_MISMATCH', `The attachment “${name}” is not what was sent.`)
  }
  const parts: Buffer[] = []
  for (let offset = 0; offset < size; ) {
    const part = await bodies.read(digest, offset)
    if (part.byteLength === 0) break
    parts.push(part)
    offset += part.byteLength
  }
  return Buffer.concat(parts)
}

async function* fetched(call: Caller, sessionId: string, digest: string, size: number): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < size; ) {
    const { session } = await call(ReadBody, { sessionId, digest, offset })
    const chunk = Buffer.from(session?.body?.chunk ?? '', 'base64')
    if (chunk.byteLength === 0)
      throw new BridgeError('BODY_MISSING', 'The server no longer has an attachment of this prompt.')
    yield chunk
    offset += chunk.byteLength
  }
}
