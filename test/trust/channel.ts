/** One open channel of a device: when its last frame came, when it ended, and with which word. Waits for nothing by the clock. */
import { WebSocket } from 'ws'

export type Channel = {
  kind: 'socket' | 'stream' | 'poll'
  /** Performance clock, milliseconds; null while nothing has come, or it is open. */
  lastFrameAt: number | null
  endedAt: number | null
  /** What it said last: a close's reason, or an error's code. */
  word: string | null
  close(): void
}

const FRAME = /"eventsAppended"/
const ERROR = /"errors":|"type":"error"|"extensions":/

function createChannel(kind: Channel['kind'], close: () => void) {
  const channel: Channel = { kind, lastFrameAt: null, endedAt: null, word: null, close }
  const end = (word: string | null) => {
    channel.endedAt ??= performance.now()
    channel.word ??= word
  }
  const hear = (text: string) => {
    if (ERROR.test(text)) end(/"code":"(\w+)"/.exec(text)?.[1] ?? 'error')
    else if (FRAME.test(text)) channel.lastFrameAt = performance.now()
  }
  return { channel, end, hear }
}

const FOLLOW = 'subscription($id: ID!) { eventsAppended(sessionId: $id) { lastSeq } }'

/** Resolves once it follows the session. */
export async function opensSocket(port: number, token: string, id: string): Promise<Channel> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws')
  const { channel, end, hear } = createChannel('socket', () => socket.terminate())
  socket.on('close', (_code, reason) => end(String(reason)))
  socket.on('error', () => end('error'))
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    // A server that is busy gives up on one that it could not let in within three seconds.
    socket.once('close', (code) => reject(new Error(`closed with ${code} before it was let in`)))
    socket.on('open', () =>
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })),
    )
    socket.on('message', (data) => {
      const text = String(data)
      if (text.includes('connection_ack')) {
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: FOLLOW, variables: { id } } }))
        resolve()
      } else hear(text)
    })
  })
  return channel
}

const post = (url: string, token: string, accept: string, body: object, signal: AbortSignal) =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept, authorization: `Bearer ${token}` },
    ...{ body: JSON.stringify(body), signal },
  })

export async function opensStream(url: string, token: string, id: string): Promise<Channel> {
  const over = new AbortController()
  const { channel, end, hear } = createChannel('stream', () => over.abort())
  const answer = await post(url, token, 'text/event-stream', { query: FOLLOW, variables: { id } }, over.signal)
  const reader = answer.body?.getReader()
  const read = async () => {
    for (;;) {
      const { value, done } = (await reader?.read()) ?? { done: true, value: undefined }
      if (done) return end('complete')
      hear(new TextDecoder().decode(value))
    }
  }
  read().catch(() => end('cut'))
  return channel
}

/** Asked again and again, as a host does. */
export function polls(url: string, token: string, body: object): Channel {
  const over = new AbortController()
  const { channel, end } = createChannel('poll', () => over.abort())
  const go = async () => {
    const text = await (await post(url, token, 'application/json', body, over.signal)).text()
    end(/"code":"(\w+)"/.exec(text)?.[1] ?? 'answered')
  }
  go().catch(() => end('cut'))
  return channel
}
