/** One subscription on a WebSocket of its own: collects frames and how it ended; waits for claims, never for time. */
import { type Client, createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import type { ShownError } from './ask.ts'

export type Frame<T = Record<string, unknown>> = { data?: T | null; errors?: ShownError[] }
export type Ending =
  | { by: 'complete' }
  | { by: 'close'; code: number; reason: string }
  | { by: 'error'; errors: ShownError[] }

export type Subscriber = {
  /** Everything so far. */
  frames: Frame[]
  /** The first frame, past or to come, that fits; frames before it are passed by for later calls. Throws at the deadline or when it has ended. */
  next<T = Record<string, unknown>>(
    fits?: (frame: Frame<T>) => boolean,
    deadlineMilliseconds?: number,
  ): Promise<Frame<T>>
  /** How it ended. Throws at the deadline. */
  ended(deadlineMilliseconds?: number): Promise<Ending>
  /** The code that ended it: of the socket's close, or of the stream's own last word where that came first (REVOKED, POLICY …). */
  whyEnded(): Promise<string>
  /** Ends the subscription, as a page that is left. */
  close(): void
}

export function createSubscriber(url: string, token: string | null, query: string, variables: object = {}): Subscriber {
  const frames: Frame[] = []
  const waiting = new Set<() => void>()
  let ending: Ending | null = null
  let read = 0
  const wake = () => {
    for (const one of waiting) one()
  }
  const end = (how: Ending) => {
    ending ??= how
    wake()
  }
  const client: Client = createClient({
    ...{ url, webSocketImpl: WebSocket, retryAttempts: 0, lazy: true },
    ...(token !== null && { connectionParams: { authorization: `Bearer ${token}` } }),
  })
  const stop = client.subscribe(
    { query, variables: { ...variables } },
    {
      next: (frame) => {
        frames.push(frame as Frame)
        wake()
      },
      complete: () => end({ by: 'complete' }),
      error: (error) => end(endingOf(error)),
    },
  )

  function until<T>(look: () => T | null, what: string, milliseconds: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const finish = () => {
        clearTimeout(timer)
        waiting.delete(attempt)
      }
      const attempt = () => {
        try {
          const found = look()
          if (found === null) return
          finish()
          resolve(found)
        } catch (error) {
          finish()
          reject(error)
        }
      }
      const timer = setTimeout(() => {
        finish()
        reject(new Error(`${what} within ${milliseconds} ms; came: ${JSON.stringify(frames).slice(0, 2000)}`))
      }, milliseconds)
      waiting.add(attempt)
      attempt()
    })
  }

  return {
    frames,
    next: <T>(fits: (frame: Frame<T>) => boolean = () => true, milliseconds = 20_000) =>
      until<Frame<T>>(
        () => {
          for (; read < frames.length; read++) {
            const frame = frames[read] as Frame<T>
            if (fits(frame)) {
              read++
              return frame
            }
          }
          if (ending) throw new Error(`the subscription has ended: ${JSON.stringify(ending)}`)
          return null
        },
        'no such frame',
        milliseconds,
      ),
    ended: (milliseconds = 20_000) => until(() => ending, 'it has not ended', milliseconds),
    whyEnded: async () => {
      const how = await until(() => ending, 'it has not ended', 20_000)
      if (how.by === 'close') return how.reason
      const errors = how.by === 'error' ? how.errors : frames.at(-1)?.errors
      return String(errors?.[0]?.extensions?.code ?? how.by)
    },
    close: () => {
      stop()
      void client.dispose()
    },
  }
}

function endingOf(error: unknown): Ending {
  if (Array.isArray(error)) return { by: 'error', errors: error as ShownError[] }
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'number') {
    return { by: 'close', code: error.code, reason: 'reason' in error ? String(error.reason) : '' }
  }
  return { by: 'error', errors: [{ message: String(error) }] }
}
