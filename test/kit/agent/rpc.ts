// JSON-RPC as an agent speaks it, kept raw: nothing is checked, so that a test can also say what is wrong.
import { type Arrivals, createArrivals } from './arrivals.ts'

export type Json = Record<string, unknown>
export type Id = string | number

export interface Incoming {
  readonly method: string
  readonly params: Json
  /** Absent for a notification. */
  readonly id: Id | undefined
}

/** A request on its way to the client. */
export interface Outgoing {
  readonly id: Id
  /** The result; rejects with the error's message if the client answers with an error. */
  readonly result: Promise<Json>
}

export interface Rpc {
  readonly received: Arrivals<Incoming>
  hear(line: string): void
  request(method: string, params: Json): Outgoing
  notify(method: string, params: Json): void
  reply(id: Id, result: Json): void
  replyError(id: Id, error: { code: number; message: string; data?: unknown }): void
}

/** Ids count from zero in every launch, as real agents do: an answer must not reach a request of an earlier process. */
export function createRpc(write: (line: string) => void, onIncoming: (incoming: Incoming) => void): Rpc {
  const received = createArrivals<Incoming>('a request or notification')
  const pending = new Map<Id, { resolve(result: Json): void; reject(error: Error): void }>()
  let count = 0
  const send = (body: Json) => write(JSON.stringify({ jsonrpc: '2.0', ...body }))
  return {
    received,
    hear(line) {
      const heard: unknown = JSON.parse(line)
      if (!isJson(heard)) return
      const id = typeof heard.id === 'string' || typeof heard.id === 'number' ? heard.id : undefined
      if (typeof heard.method === 'string') {
        const incoming = { method: heard.method, params: isJson(heard.params) ? heard.params : {}, id }
        received.push(incoming)
        return onIncoming(incoming)
      }
      const asked = id === undefined ? undefined : pending.get(id)
      if (id === undefined || !asked) return
      pending.delete(id)
      if (isJson(heard.error)) asked.reject(new Error(`the client refused: ${heard.error.code} ${heard.error.message}`))
      else asked.resolve(isJson(heard.result) ? heard.result : {})
    },
    request(method, params) {
      const id = count++
      const result = new Promise<Json>((resolve, reject) => pending.set(id, { resolve, reject }))
      // Who waits for it sees the rejection; a test that does not must not fail for it.
      result.catch(() => {})
      send({ id, method, params })
      return { id, result }
    },
    notify: (method, params) => send({ method, params }),
    reply: (id, result) => send({ id, result }),
    replyError: (id, error) => send({ id, error }),
  }
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
