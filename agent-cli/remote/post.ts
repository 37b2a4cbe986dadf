// One POST over a connection that is kept open, as one promise that always ends. Knows no GraphQL. Follows no redirect: it would carry the
// credential to whoever answers there.
import { type ClientRequest, type IncomingMessage, request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import { readMachine } from '../rules/machine.ts'
import { openRoad, type Road } from './road.ts'

export type Posted = { status: number; text: string }

/** Of this process: what its environment and its machine's administrator say when it first asks anybody. */
let ours: Road | null = null
let opening: Promise<Road> | null = null

function ourRoad(): Promise<Road> {
  opening ??= readMachine().then(({ managed }) => {
    ours = openRoad(process.env, managed.ca)
    return ours
  })
  return opening
}

/** The proxy on the way said no: whoever is behind it was not asked. */
export class ProxyRefused extends Error {
  readonly status: number
  constructor(status: number) {
    super(`The proxy on the way answered ${status}.`)
    this.status = status
  }
}

/**
 * Rejects with the signal's reason, or with what went wrong on the way. Sent again once when a kept connection turns out to be closed: whatever is
 * posted here may arrive twice (E2, C1).
 */
export async function post(
  url: URL,
  headers: Record<string, string>,
  body: string,
  signal: AbortSignal,
  road: Road | null = ours,
): Promise<Posted> {
  const way = (road ?? (await ourRoad())).optionsFor(url)
  return new Promise((resolve, reject) => {
    const bytes = Buffer.from(body)
    const options = { ...way, method: 'POST', headers: { ...headers, 'content-length': bytes.byteLength } }
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
      request = url.protocol === 'https:' ? requestSecure(options, answered) : requestPlain(options, answered)
      request.on('proxyConnect', ({ statusCode }: { statusCode: number }) => {
        if (statusCode === 200) return
        fail(new ProxyRefused(statusCode))
        request?.destroy()
      })
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
