/** One subscription that outlives every cut: begun again with fresh variables whenever it ends. Knows no operation. */
import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { passes } from './process.ts'

export type Live = {
  /** How often it was begun. */
  readonly begun: number
  close(): void
}

export type LiveOptions<T> = {
  url: string
  token: string
  query: string
  variables: () => Record<string, unknown>
  onData: (data: T) => void
  /** The server says that this device may not: it must never say so to one that may (peer 8). */
  onThrownOut: (why: string) => void
  random: () => number
}

/** A peer that does not answer a ping for so long is taken for gone, as the page takes it. */
const PING_MS = 2500

export function createLive<T>(options: LiveOptions<T>): Live {
  let isClosed = false
  let begun = 0
  let stop = () => {}

  async function run(): Promise<void> {
    while (!isClosed) {
      begun++
      await once()
      if (!isClosed) await passes(100 + options.random() * 400)
    }
  }

  function once(): Promise<void> {
    return new Promise((resolve) => {
      let socket: WebSocket | null = null
      let deaf: NodeJS.Timeout | undefined
      const client = createClient({
        ...{ url: `${options.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0 },
        ...{ lazy: true, keepAlive: PING_MS, connectionParams: { authorization: `Bearer ${options.token}` } },
        on: {
          opened: (opened) => {
            socket = opened as WebSocket
          },
          ping: (received) => {
            if (received) return
            clearTimeout(deaf)
            deaf = setTimeout(() => socket?.terminate(), PING_MS)
          },
          pong: (received) => {
            if (received) clearTimeout(deaf)
          },
        },
      })
      const patience = setTimeout(() => {
        // Not even connected: nothing will end this by itself.
        if (socket === null) end()
      }, 8000)
      const end = () => {
        clearTimeout(deaf)
        clearTimeout(patience)
        stop = () => {}
        // It rejects with the error of a socket that never opened, which `error` has told.
        void Promise.resolve(client.dispose()).catch(() => undefined)
        socket?.terminate()
        resolve()
      }
      client.subscribe(
        { query: options.query, variables: options.variables() },
        {
          next: (frame) => {
            if (!isClosed && frame.data) options.onData(frame.data as T)
          },
          complete: end,
          error: (error) => {
            const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null
            const text = JSON.stringify(error)
            if (code === 4401 || code === 4403 || /"code":"(REVOKED|UNAUTHENTICATED)"/.test(text ?? ''))
              options.onThrownOut(`${code ?? text}`)
            end()
          },
        },
      )
      stop = end
    })
  }

  void run()
  return {
    get begun() {
      return begun
    },
    close() {
      isClosed = true
      stop()
    },
  }
}
