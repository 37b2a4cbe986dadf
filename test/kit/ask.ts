/** One GraphQL operation over HTTP, as curl would send it; what a paired device asks for is signed by it. */
import { signed } from './signing.ts'

export type ShownError = { message: string; path?: (string | number)[]; extensions?: Record<string, unknown> }

/** What a server refused, with everything it said about why. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly code: string
  readonly extensions: Record<string, unknown>
  constructor(error: ShownError) {
    super(error.message)
    this.extensions = error.extensions ?? {}
    this.code = String(this.extensions.code)
  }
}

export type Answer<T> = {
  status: number
  headers: Headers
  data: T | null | undefined
  errors: ShownError[]
  /** The data, or the first error thrown. */
  value(): T
}

export async function ask<T>(
  url: string,
  token: string | null,
  query: string,
  variables: object = {},
  signal?: AbortSignal,
): Promise<Answer<T>> {
  const look = async (asked: string, about: object) =>
    (await send(url, token, asked, about, signal)).data ?? { session: null }
  return send<T>(url, token, query, await signed(token, query, variables, look), signal)
}

async function send<T>(
  url: string,
  token: string | null,
  query: string,
  variables: object,
  signal?: AbortSignal,
): Promise<Answer<T>> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(token !== null && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query, variables }),
    ...(signal && { signal }),
  })
  const { data, errors = [] } = (await response.json()) as { data?: T | null; errors?: ShownError[] }
  return {
    ...{ status: response.status, headers: response.headers, data, errors },
    value: () => {
      const [first] = errors
      if (first) throw new Refusal(first)
      if (data === null || data === undefined) throw new Error('an answer without data')
      return data
    },
  }
}
