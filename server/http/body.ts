/** A request's body as one piece. Knows no request's meaning. */
import type { IncomingMessage } from 'node:http'

/** Null when the peer is gone before it is whole. Leaves nothing on the request: one that waits lives long. */
export function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
  return new Promise((resolve) => {
    // Most bodies come in one piece with their head, and lie there once Node has read both: no stream need be set going for them.
    process.nextTick(() => {
      const first: Buffer | null = request.read()
      if (first !== null && first.byteLength === Number(request.headers['content-length'])) resolve(first)
      else if (request.destroyed) resolve(null)
      else collect(request, first === null ? [] : [first], resolve)
    })
  })
}

function collect(request: IncomingMessage, chunks: Buffer[], resolve: (body: Buffer | null) => void): void {
  const onData = (chunk: Buffer) => chunks.push(chunk)
  const over = (body: Buffer | null) => {
    request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose)
    resolve(body)
  }
  const onEnd = () => over(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks))
  const onClose = () => over(null)
  request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose)
}
