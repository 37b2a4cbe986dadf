/**
 * The one way out of this server: a POST to an address that somebody else has chosen (a browser's push service, an admin's webhook). Public addresses only, looked at
 * when it is called and not only when it was stored; no redirect is followed; the answer is bounded. Knows neither push nor audit.
 */
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { type EndpointRule, isEndpoint, publicLookup } from './endpoint.ts'

export type Outbound = EndpointRule & {
  url: string
  headers: Readonly<Record<string, string | number>>
  body: Buffer | string | null
  /** From the call to the end of the answer. */
  milliseconds: number
  /** Certificate authority of a test's own service. */
  ca?: string
  signal: AbortSignal
}

export type Answered = { status: number /** At most 500 characters. */; text: string }

const MAX_TEXT_CHARS = 500
/** An answer is a status and a sentence; whoever sends more is cut off. */
const MAX_ANSWER_BYTES = 64 * 1024

/** Rejects for an address that is not public, for one that is not reached, at the deadline, and when aborted. */
export function callOut({ url, headers, body, milliseconds, ca, signal, ...rule }: Outbound): Promise<Answered> {
  return new Promise((resolve, reject) => {
    // Again: the row may have been written by somebody else, and the rule may have changed since.
    if (!URL.canParse(url) || !isEndpoint(new URL(url), rule))
      return reject(new Error('it is not an https address of a public server'))
    const ended = AbortSignal.any([signal, AbortSignal.timeout(milliseconds)])
    const send = url.startsWith('http:') ? httpRequest : httpsRequest
    // The name is resolved once, by the lookup of this very socket: what was looked at is what is connected to. No agent: no socket is used again.
    const how = { method: 'POST', headers, lookup: publicLookup(rule), agent: false, signal: ended }
    const sent = send(url, { ...how, ...(ca && { ca }) }, (answer) => {
      let text = ''
      let bytes = 0
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => {
        bytes += chunk.length
        if (text.length < MAX_TEXT_CHARS) text += chunk
        if (bytes > MAX_ANSWER_BYTES) answer.destroy(new Error('its answer has no end'))
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: text.slice(0, MAX_TEXT_CHARS).trim() }))
      answer.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
