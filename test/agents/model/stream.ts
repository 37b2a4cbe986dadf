/** Server-sent events on a plain response. */
import type { ServerResponse } from 'node:http'

/** Begins the stream and returns a sender. */
export function sse(response: ServerResponse): (data: object, event?: string) => void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  return (data, event) => void response.write(`${event ? `event: ${event}\n` : ''}data: ${JSON.stringify(data)}\n\n`)
}

/** Calls `word` at an interval until the other side has gone, at most 5 minutes. */
export function wordsUntilClosed(response: ServerResponse, everyMs: number, word: () => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setInterval(word, everyMs)
    const limit = setTimeout(() => response.destroy(), 300_000)
    response.on('close', () => {
      clearInterval(timer)
      clearTimeout(limit)
      resolve()
    })
  })
}
