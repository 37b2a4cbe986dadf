// One question over plain HTTP, for places without a connection: pairing (a token that is not ours yet) and the service worker.
import { stringifyDocument } from '@urql/core'
import type { TadaDocumentNode } from 'gql.tada'
import { offlineProblem, ProblemError, problemOf } from './problem.ts'

export type AskOptions = { token?: string; signal?: AbortSignal; url?: string; fetch?: typeof fetch }

/** Resolves with data. Throws ProblemError (code OFFLINE when no answer came) and the signal's reason when aborted. */
export async function ask<Data, Variables>(
  document: TadaDocumentNode<Data, Variables>,
  variables: Variables,
  options: AskOptions = {},
): Promise<Data> {
  const headers: Record<string, string> = { 'content-type': 'application/json', accept: 'application/json' }
  if (options.token !== undefined) headers.authorization = `Bearer ${options.token}`
  let body: unknown
  try {
    const response = await (options.fetch ?? fetch)(options.url ?? '/graphql', {
      method: 'POST',
      headers,
      body: JSON.stringify({ query: stringifyDocument(document), variables }),
      cache: 'no-store',
      credentials: 'omit',
      signal: options.signal ?? null,
    })
    body = await response.json()
  } catch {
    options.signal?.throwIfAborted()
    throw new ProblemError(offlineProblem)
  }
  // Parse edge: what the document asked for is what a server of this schema answers.
  const answer = body as { data?: Data | null; errors?: { message: string; extensions?: Record<string, unknown> }[] }
  if (answer.errors && answer.errors.length > 0) throw new ProblemError(problemOf(answer.errors))
  if (!answer.data) throw new ProblemError(problemOf([]))
  return answer.data
}
