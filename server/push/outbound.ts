/**
 * The one way out of this server: to an address that somebody else has chosen (a browser's push service, an admin's webhook, an organisation's provider). Public addresses
 * only, looked at when it is called and not only when it was stored; no redirect is followed; the answer is bounded. Knows neither push nor audit nor sign-in.
 */
import { type Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { type EndpointRule, isEndpoint, publicLookup } from './endpoint.ts'

export type Outbound = EndpointRule & {
  url: string
  /** POST when left out. */
  method?: 'GET' | 'POST'
  headers: Readonly<Record<string, string | number>>
  body: Buffer | string | null
  /** From the call to the end of the answer. */
  milliseconds: number
  /** Certificate authority of a test's own service. */
  ca?: string
  /** The operator's proxy: then it looks names up, and here only what the address says is looked at. */
  agent?: Agent
  signal: AbortSignal
}

export type Answered = { status: number /** At most 500 characters. */; text: string }
export type AnsweredWhole = { status: number; headers: IncomingHttpHeaders; body: Buffer }

const MAX_TEXT_CHARS = 500
/** An answer is a status and a sentence; whoever sends more is cut off. */
const MAX_ANSWER_BYTES = 64 * 1024

/** Rejects for an address that is not public, for one that is not reached, at the deadline, and when aborted. */
export async function callOut(asked: Outbound): Promise<Answered> {
  const { status, body } = await callOutWhole(asked, MAX_ANSWER_BYTES)
  return { status, text: body.toString('utf8').slice(0, MAX_TEXT_CHARS).trim() }
}

/** The same, with the answer's headers and bytes; rejects for one of more than `maxBytes`. */
export function callOutWhole(
  { url, method = 'POST', headers, body, milliseconds, ca, agent, signal, ...rule }: Outbound,
  maxBytes: number,
): Promise<AnsweredWhole> {
  return new Promise((resolve, reject) => {
    // Again: the row may have been written by somebody else, and the rule may have changed since.
    if (!URL.canParse(url) || !isEndpoint(new URL(url), rule))
      return reject(new Error('it is not an https address of a public server'))
    const ended = AbortSignal.any([signal, AbortSignal.timeout(milliseconds)])
    const send = url.startsWith('http:') ? httpRequest : httpsRequest
    // The name is resolved once, by the lookup of this very socket: what was looked at is what is connected to. No agent of Node's own: no socket is used again.
    const how = { method, headers, lookup: publicLookup(rule), agent: agent ?? false, signal: ended }
    const sent = send(url, { ...how, ...(ca && { ca }) }, (answer) => {
      const chunks: Buffer[] = []
      let bytes = 0
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > maxBytes) answer.destroy(new Error('its answer has no end'))
        else chunks.push(chunk)
      })
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
      )
      answer.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
