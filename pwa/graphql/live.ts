// A subscription that outlives sockets, servers and its own mistakes: it asks again with fresh variables (L6).
import { stringifyDocument } from '@urql/core'
import type { TadaDocumentNode } from 'gql.tada'
import { type Problem, problemOf } from './problem.ts'
import { type Socket, waitMs } from './socket.ts'

export type LiveRequest<Data, Variables> = {
  document: TadaDocumentNode<Data, Variables>
  /** Called for every try, so that a reader resumes after the last it has seen. */
  variables: () => Variables
  onData: (data: Data) => void
  /** A refusal (NOT_FOUND, POLICY …). It is asked again after a while all the same: policy and sessions come back. */
  onProblem?: (problem: Problem) => void
  signal: AbortSignal
}

export type Live = <Data, Variables>(request: LiveRequest<Data, Variables>) => void

type Outcome = { problem?: Problem }

const isErrorList = (reason: unknown): reason is { message: string; extensions?: Record<string, unknown> }[] =>
  Array.isArray(reason)

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    // Not kept by a signal that lives as long as the page: it comes back again and again.
    const over = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', over)
      resolve()
    }
    const timer = setTimeout(over, ms)
    signal.addEventListener('abort', over)
  })

/** Runs until the signal aborts. */
export function createLive(socket: Socket): Live {
  return (request) => {
    const query = stringifyDocument(request.document)
    const { signal } = request

    const once = () =>
      new Promise<Outcome>((resolve) => {
        let problem: Problem | undefined
        const finish = () => {
          signal.removeEventListener('abort', stop)
          resolve(problem ? { problem } : {})
        }
        const payload = {
          query,
          // Serialised anew at every reconnect of the same subscription: the getter is what makes it resume.
          get variables() {
            return request.variables() as Record<string, unknown>
          },
        }
        const unsubscribe = socket.client().subscribe(payload, {
          next: (answer) => {
            if (answer.errors && answer.errors.length > 0) problem = problemOf(answer.errors)
            // Parse edge: the document says what a server of this schema answers.
            else if (answer.data && !signal.aborted) request.onData(answer.data as Parameters<typeof request.onData>[0])
          },
          error: (reason) => {
            if (isErrorList(reason)) problem = problemOf(reason)
            finish()
          },
          complete: finish,
        })
        const stop = () => {
          unsubscribe()
          finish()
        }
        signal.addEventListener('abort', stop, { once: true })
      })

    void (async () => {
      for (let tries = 1; !signal.aborted; tries += 1) {
        const startedAt = Date.now()
        const { problem } = await once()
        if (signal.aborted) return
        if (problem) request.onProblem?.(problem)
        if (Date.now() - startedAt > 10_000) tries = 1
        await pause(waitMs(tries), signal)
      }
    })()
  }
}
