// Stands between the agent's pipes and the SDK: a listener sees every message as the agent wrote it, in order, and takes or passes it.
// The SDK strips fields it does not know, drops kinds it does not know and writes its complaints to the console; of all that
// it gets only what it can handle, so nothing is lost and the terminal stays clean. Knows JSON-RPC envelopes, not ACP.
import type { Writable } from 'node:stream'
import type { Stream } from '@agentclientprotocol/sdk'
import { createFraming, type Framed } from './framing.ts'
import type { AgentLimits } from './limits.ts'

type Message = Stream['readable'] extends ReadableStream<infer M> ? M : never
type RpcId = string | number | null

/** A message as it came. `params`, `result` and `error` are what the agent wrote, unchecked. */
export type RawMessage =
  | { kind: 'request'; id: RpcId; method: string; params: unknown }
  | { kind: 'notification'; method: string; params: unknown }
  | { kind: 'response'; id: RpcId; result: unknown; error: unknown }

/** Something that was no message. `excerpt` is its beginning, as raw text. */
export interface Garbage {
  why: 'NOT_JSON' | 'NOT_JSON_RPC' | 'NOT_ASKED_FOR' | 'TOO_LONG'
  excerpt: string
  bytes: number
}

export interface TapListener {
  /** Sees each message before anyone else; true passes it on to the SDK. Must not wait. */
  onMessage(message: RawMessage): boolean
  onGarbage(garbage: Garbage): void
}

export interface Tap {
  /** For the SDK's `connect`. Ends when stdout ends. */
  stream: Stream
  /** Resolves when everything from stdout has been handed over. */
  drained: Promise<void>
}

/** The members before the long one, as every serialiser in use orders them: [1] method before id, [2] id, [3] the member after it. */
const beginning =
  /^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?("method"\s*:\s*"[^"]*"\s*,\s*)?"id"\s*:\s*(-?\d+|"(?:[^"\\]|\\.)*")\s*,\s*"(\w+)"/

export function createTap(
  stdout: AsyncIterable<Uint8Array>,
  stdin: Writable,
  listener: TapListener,
  limits: Pick<AgentLimits, 'maxMessageBytes' | 'garbageExcerptBytes'>,
): Tap {
  const asked = new Set<RpcId>()
  const framing = createFraming(limits.maxMessageBytes)
  let controller: ReadableStreamDefaultController<Message> | undefined
  const readable = new ReadableStream<Message>({
    start(own) {
      controller = own
    },
    cancel() {
      controller = undefined
    },
  })

  function write(message: unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      stdin.write(`${JSON.stringify(message)}\n`, (error) => (error ? reject(error) : resolve()))
    })
  }

  const writable = new WritableStream<Message>({
    write(message) {
      if ('method' in message && 'id' in message) asked.add(message.id)
      return write(message)
    },
  })

  async function pump(): Promise<void> {
    try {
      for await (const chunk of stdout) for (const framed of framing.push(chunk)) await take(framed)
      for (const framed of framing.flush()) await take(framed)
    } catch {
      // The pipe was torn; why, the end of the process tells.
    }
    controller?.close()
    controller = undefined
  }

  async function take(framed: Framed): Promise<void> {
    if ('tooLong' in framed) return tooLong(framed.tooLong, framed.bytes)
    const text = framed.line.toString('utf8').trim()
    if (text === '') return
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return garbage('NOT_JSON', framed.line, framed.line.byteLength)
    }
    const message = envelope(value)
    if (message === undefined) return garbage('NOT_JSON_RPC', framed.line, framed.line.byteLength)
    // The SDK complains on the console about an answer nobody waits for.
    if (message.kind === 'response' && !asked.delete(message.id)) {
      return garbage('NOT_ASKED_FOR', framed.line, framed.line.byteLength)
    }
    if (listener.onMessage(message)) await forward({ ...(value as object), jsonrpc: '2.0' } as Message)
  }

  async function forward(message: Message): Promise<void> {
    controller?.enqueue(message)
    // The SDK handles a message some microtasks later; the next one must not overtake it (an update after a prompt's answer).
    await new Promise((resolve) => setImmediate(resolve))
  }

  /** Nobody must wait for ever for a message that was not kept: its sender gets an error, or its asker does. */
  async function tooLong(head: Buffer, bytes: number): Promise<void> {
    garbage('TOO_LONG', head, bytes)
    const found = beginning.exec(head.toString('utf8'))
    if (found?.[2] === undefined) return
    const id = JSON.parse(found[2]) as RpcId
    const message = `A message of ${bytes} bytes is longer than the ${limits.maxMessageBytes} that are taken.`
    const answer = { jsonrpc: '2.0', id, error: { code: -32600, message } }
    if (found[1] !== undefined || found[3] === 'method') {
      await write(answer).catch(() => undefined)
    } else if (asked.delete(id)) {
      await forward(answer as Message)
    }
  }

  function garbage(why: Garbage['why'], line: Buffer, bytes: number): void {
    listener.onGarbage({ why, bytes, excerpt: line.subarray(0, limits.garbageExcerptBytes).toString('utf8') })
  }

  return { stream: { readable, writable }, drained: pump() }
}

/** Reads the envelope; a missing `jsonrpc` is forgiven, for the rest leaves no doubt. */
function envelope(value: unknown): RawMessage | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const { id, method, params, result, error } = value as Record<string, unknown>
  const hasId = 'id' in value
  if (hasId && !isId(id)) return undefined
  if (typeof method === 'string') {
    return hasId && isId(id) ? { kind: 'request', id, method, params } : { kind: 'notification', method, params }
  }
  if ('method' in value || !hasId || !isId(id)) return undefined
  return 'result' in value || 'error' in value ? { kind: 'response', id, result, error } : undefined
}

function isId(id: unknown): id is RpcId {
  return id === null || typeof id === 'string' || Number.isFinite(id)
}
