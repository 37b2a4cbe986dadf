// One POST over a connection that is kept open, as one promise that always ends. Knows no GraphQL. Follows no redirect: it would carry the
// credential to whoever answers there.
import { type ClientRequest, type IncomingMessage, request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import { readMachine } from '../rules/machine.ts'
import type { Ending } from './ending.ts'
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

/** More than a server of ours ever says at once: a page of commands with all their prompts. Without an end, whoever answers could fill this machine's memory. */
export const maxAnswerBytes = 64 * 1024 * 1024

/** A longer one Node would write into three times its room. */
const maxTextChars = 16 * 1024

export type PostOptions = {
  readonly signal?: Ending | undefined
  /** From sending to the whole answer; without it there is no end to the waiting. */
  readonly timeoutSeconds?: number
  /** Called with every part of the answer as it comes; the time begins anew with it. */
  readonly onHeard?: (() => void) | undefined
  /** Of an answer that lets itself be heard: for so long in all. Whoever only ever says a space would be waited for without end. */
  readonly longestSeconds?: number | undefined
  readonly road?: Road | null | undefined
}

/**
 * Rejects with the signal's reason, or with what went wrong on the way. Sent again once when a kept connection turns out to be closed: whatever is
 * posted here may arrive twice (E2, C1).
 */
export async function post(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  { signal, timeoutSeconds, onHeard, longestSeconds, road = ours }: PostOptions = {},
): Promise<Posted> {
  const way = (road ?? (await ourRoad())).optionsFor(url)
  // A list goes out as it stands, and a text in one piece with it: header by header takes Node a tenth of a millisecond longer.
  const options = { ...way, method: 'POST', headers: listed(url, headers, Buffer.byteLength(body)) }
  const content = body.length < maxTextChars ? body : Buffer.from(body)
  return new Promise((resolve, reject) => {
    let request: ClientRequest
    let response: IncomingMessage | null = null
    let timer: NodeJS.Timeout | null = null
    let isOver = false
    let last: NodeJS.Timeout | null = null
    const leave = () => {
      isOver = true
      if (timer !== null) clearTimeout(timer)
      if (last !== null) clearTimeout(last)
      signal?.removeEventListener('abort', abort)
    }
    const fail = (error: unknown) => {
      leave()
      reject(error)
    }
    const giveUp = (why: unknown) => {
      fail(why)
      request.destroy()
    }
    const abort = () => giveUp(signal?.reason)
    const answered = (got: IncomingMessage) => {
      response = got
      const chunks: Buffer[] = []
      let bytes = 0
      got.on('data', (chunk: Buffer) => {
        bytes += chunk.byteLength
        if (bytes > maxAnswerBytes)
          return giveUp(new RangeError('Its answer is longer than 64 MiB, which none of Offdesk’s is.'))
        chunks.push(chunk)
        if (!onHeard) return
        timer?.refresh()
        onHeard()
      })
      got.on('end', () => {
        leave()
        const [only, ...others] = chunks
        const whole = only && others.length === 0 ? only : Buffer.concat(chunks)
        resolve({ status: got.statusCode ?? 0, text: whole.toString('utf8') })
      })
      // Also when it breaks off.
      got.on('error', fail)
    }
    const send = (isAgain: boolean) => {
      try {
        request = url.protocol === 'https:' ? requestSecure(options, answered) : requestPlain(options, answered)
      } catch (error) {
        // A credential that no header can hold, or an address that is none: there is no request to give up later.
        return fail(error)
      }
      if (way.isTunnel) {
        request.on('proxyConnect', ({ statusCode }: { statusCode: number }) => {
          if (statusCode !== 200) giveUp(new ProxyRefused(statusCode))
        })
      }
      request.on('error', (error) => {
        if (isAgain || response || isOver || !request.reusedSocket) return fail(error)
        send(true)
      })
      request.end(content)
    }
    if (signal?.aborted) return reject(signal.reason)
    signal?.addEventListener('abort', abort, { once: true })
    if (timeoutSeconds !== undefined) {
      timer = setTimeout(() => giveUp(new Error(`No answer within ${timeoutSeconds} seconds.`)), timeoutSeconds * 1_000)
    }
    if (longestSeconds !== undefined) {
      const late = () => giveUp(new Error(`No whole answer within ${longestSeconds} seconds.`))
      last = setTimeout(late, longestSeconds * 1_000)
    }
    send(false)
  })
}

/** As Node would write them of a request's options: then it adds none but `connection`. */
function listed(url: URL, headers: Readonly<Record<string, string>>, bytes: number): string[] {
  const list = ['host', url.host]
  if (url.username !== '' && headers.authorization === undefined) {
    const said = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
    list.push('authorization', `Basic ${Buffer.from(said).toString('base64')}`)
  }
  for (const name in headers) list.push(name, headers[name] ?? '')
  list.push('content-length', String(bytes))
  return list
}
