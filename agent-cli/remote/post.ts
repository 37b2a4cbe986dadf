// One POST over a connection that is kept open, as one promise that always ends. Knows no GraphQL. Follows no redirect: it would carry the
// credential to whoever answers there.
import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as requestPlain } from 'node:http'
import { Agent as HttpsAgent, request as requestSecure } from 'node:https'

export type Posted = { status: number; text: string }

const plain = new HttpAgent({ keepAlive: true })
const secure = new HttpsAgent({ keepAlive: true })

/**
 * Rejects with the signal's reason, or with what went wrong on the way. Sent again once when a kept connection turns out to be closed: whatever is
 * posted here may arrive twice (E2, C1).
 */
export function post(url: URL, headers: Record<string, string>, body: string, signal: AbortSignal): Promise<Posted> {
  return new Promise((resolve, reject) => {
    const bytes = Buffer.from(body)
    const options = { method: 'POST', headers: { ...headers, 'content-length': bytes.byteLength } }
    const send = (isAgain: boolean) => {
      let request: ClientRequest | null = null
      let response: IncomingMessage | null = null
      const leave = () => signal.removeEventListener('abort', abort)
      const fail = (error: unknown) => {
        leave()
        reject(error)
      }
      const abort = () => {
        fail(signal.reason)
        request?.destroy()
      }
      if (signal.aborted) return reject(signal.reason)
      signal.addEventListener('abort', abort, { once: true })
      const answered = (got: IncomingMessage) => {
        response = got
        const chunks: Buffer[] = []
        got.on('data', (chunk: Buffer) => chunks.push(chunk))
        got.on('end', () => {
          leave()
          resolve({ status: got.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') })
        })
        got.on('error', fail)
        got.on('aborted', () => fail(new Error('The answer broke off.')))
      }
      request =
        url.protocol === 'https:'
          ? requestSecure(url, { ...options, agent: secure }, answered)
          : requestPlain(url, { ...options, agent: plain }, answered)
      request.on('error', (error) => {
        if (isAgain || response || signal.aborted || !request?.reusedSocket) return fail(error)
        leave()
        send(true)
      })
      request.end(bytes)
    }
    send(false)
  })
}
