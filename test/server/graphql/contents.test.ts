import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EnrolledHost, PairedDevice } from '../../kit/people.ts'
import { startServer, type TestServer } from '../../kit/server.ts'
import { type Desk, newKey, openDesk } from './desk.ts'

const PUT = 'mutation($input: PutBodyInput!) { putBody(input: $input) { receivedBytes complete } }'
const MIB = 1024 * 1024

describe('large contents', () => {
  let server: TestServer
  let host: EnrolledHost
  let phone: PairedDevice
  let viewer: PairedDevice
  let desk: Desk
  beforeAll(async () => {
    server = await startServer()
    host = await server.enrolledHost()
    phone = await server.pairedDevice({ host, rung: 'STEER' })
    viewer = await server.pairedDevice({ host, rung: 'ANSWER' })
    desk = await openDesk(server, host)
  })
  afterAll(() => server?.close())

  const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
  const put = async (
    content: Buffer,
    offset: number,
    end: number,
    how: { token?: string; digest?: string; size?: number } = {},
  ) => {
    const { token = desk.token, digest = digestOf(content), size = content.length } = how
    const chunk = content.subarray(offset, end).toString('base64')
    const input = { sessionId: desk.sessionId, digest, mediaType: 'text/plain', size, offset, chunk }
    return (await server.gql<{ putBody: { receivedBytes: number; complete: boolean } }>(token, PUT, { input })).putBody
  }
  const read = async (content: Buffer, offset = 0, length: number | null = null): Promise<Buffer | null> => {
    const { session } = await server.gql<{ session: { body: { chunk: string } | null } }>(
      viewer.token,
      `query($id: ID!, $digest: Digest!, $offset: Int!, $length: Int) { session(id: $id) {
        body(digest: $digest) { size mediaType chunk(offset: $offset, length: $length) } } }`,
      { id: desk.sessionId, digest: digestOf(content), offset, length },
    )
    return session.body && Buffer.from(session.body.chunk, 'base64')
  }

  it('[E6] comes in chunks, harmless to send again, is whole before it is seen, and is read back by pieces', async () => {
    const content = randomBytes(2 * MIB + 12_345)
    expect(await put(content, 0, MIB)).toEqual({ receivedBytes: MIB, complete: false })
    expect(await put(content, 0, MIB)).toEqual({ receivedBytes: MIB, complete: false })
    expect(await put(content, 2 * MIB, content.length)).toEqual({ receivedBytes: MIB, complete: false })
    expect(await read(content)).toBeNull()
    expect(await put(content, MIB - 100, 2 * MIB - 100)).toEqual({ receivedBytes: 2 * MIB - 100, complete: false })
    expect(await put(content, 2 * MIB - 100, content.length)).toEqual({ receivedBytes: content.length, complete: true })
    expect(await put(content, 0, MIB)).toEqual({ receivedBytes: content.length, complete: true })
    const parts = [await read(content), await read(content, MIB), await read(content, 2 * MIB)]
    expect(digestOf(Buffer.concat(parts.map((part) => part ?? Buffer.alloc(0))))).toBe(digestOf(content))
    expect(await read(content, MIB - 50, 100)).toEqual(content.subarray(MIB - 50, MIB + 50))
    expect((await read(content, content.length + 5))?.length).toBe(0)
  })

  it('[E6] bytes that are not what their digest says are dropped, and can be put again', async () => {
    const content = randomBytes(5000)
    const wrong = Buffer.from(content)
    wrong[17] = (wrong[17] ?? 0) ^ 1
    const how = { digest: digestOf(content) }
    await put(wrong, 0, 3000, how)
    await expect(put(wrong, 3000, 5000, how)).rejects.toMatchObject({ code: 'BODY_MISMATCH' })
    expect(await put(content, 0, 5000)).toEqual({ receivedBytes: 5000, complete: true })
  })

  it('[E6] an event that refers to one is taken once it is whole', async () => {
    const content = randomBytes(100)
    const textBody = { digest: digestOf(content), mediaType: 'text/plain', size: 100 }
    const body = { agentText: { messageId: 'm', text: 'preview', textBody } }
    await expect(desk.publish(body)).rejects.toMatchObject({
      code: 'BODY_MISSING',
      extensions: { digest: textBody.digest },
    })
    await put(content, 0, 100)
    expect(await desk.publish(body)).toBe(1)
  })

  it('[C4] a device that may prompt attaches a file, and one that may only answer may not', async () => {
    const content = randomBytes(3000)
    await expect(put(content, 0, 3000, viewer)).rejects.toMatchObject({ code: 'RUNG_TOO_LOW' })
    expect(await put(content, 0, 3000, phone)).toEqual({ receivedBytes: 3000, complete: true })
    const attachment = { digest: digestOf(content), mediaType: 'image/png', name: 'a.png', size: 3000 }
    const input = { key: newKey(), sessionId: desk.sessionId, text: 'look', attachments: [attachment] }
    const document = 'mutation($input: SendPromptInput!) { sendPrompt(input: $input) { attachments { name digest } } }'
    expect(await server.gql(phone.token, document, { input })).toEqual({
      sendPrompt: { attachments: [{ name: 'a.png', digest: attachment.digest }] },
    })
  })

  it('[G4] sizes, offsets and base64 are bounded before anything is stored', async () => {
    const content = randomBytes(10)
    await expect(put(content, 0, 10, { size: 32 * MIB + 1 })).rejects.toMatchObject({ code: 'TOO_LARGE' })
    await expect(put(content, 0, 10, { size: 9 })).rejects.toMatchObject({ code: 'BAD_INPUT' })
    const big = randomBytes(MIB + 3)
    await expect(put(big, 0, big.length)).rejects.toMatchObject({ code: 'TOO_LARGE' })
    const input = {
      sessionId: desk.sessionId,
      digest: 'a'.repeat(64),
      mediaType: 'a',
      size: 3,
      offset: 0,
      chunk: '@@@@',
    }
    await expect(server.gql(desk.token, PUT, { input })).rejects.toMatchObject({ code: 'BAD_INPUT' })
    const negative = { ...input, chunk: 'AAAA', offset: -1 }
    await expect(server.gql(desk.token, PUT, { input: negative })).rejects.toMatchObject({ code: 'BAD_INPUT' })
  })
})
