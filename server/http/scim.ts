/** SCIM over HTTP: who asks, a body that is bounded before it is read, and answers in SCIM's form. Knows no person and no group. */
import type { Identity } from '../auth/trust.ts'
import { errorBody, ScimError } from '../scim/messages.ts'
import { refused, SCIM_PATH, type Scim, type ScimAnswer } from '../scim/scim.ts'

const MOST_BYTES = 1024 * 1024
const DRAINED_BYTES = 8 * MOST_BYTES
const HEADERS = { 'content-type': 'application/scim+json; charset=utf-8', 'cache-control': 'no-store' }

export const isScim = (path: string): boolean => path === SCIM_PATH || path.startsWith(`${SCIM_PATH}/`)

export async function answerScim(
  request: Request,
  given: {
    scim: Scim
    identify: (authorization: string | undefined) => Promise<Identity>
    log: (error: unknown) => void
  },
): Promise<{ status: number; headers: Record<string, string>; body: string | null }> {
  const answer = await answerOf(request, given).catch((error: unknown): ScimAnswer => {
    given.log(error)
    return { status: 500, body: errorBody(new ScimError(500, 'Something went wrong here; it was noted.')) }
  })
  const { status, body, location } = answer
  const extra = { ...(location && { location }), ...(status === 401 && { 'www-authenticate': 'Bearer' }) }
  return { status, headers: { ...HEADERS, ...extra }, body: body === null ? null : JSON.stringify(body) }
}

async function answerOf(request: Request, { scim, identify }: Parameters<typeof answerScim>[1]): Promise<ScimAnswer> {
  try {
    const { principal } = await identify(request.headers.get('authorization') ?? undefined)
    const body = await bodyOf(request)
    return await scim({ method: request.method, url: new URL(request.url), principal, body })
  } catch (error) {
    return refused(error)
  }
}

async function bodyOf(request: Request): Promise<unknown> {
  if (request.body === null || request.method === 'GET' || request.method === 'DELETE') return null
  const type = request.headers.get('content-type') ?? ''
  // A page of another site can send plain forms without being asked for; it cannot send these.
  if (!/^application\/(?:scim\+)?json\b/i.test(type)) throw new ScimError(415, 'The body is application/scim+json.')
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size <= MOST_BYTES) chunks.push(chunk)
    // Read on for a while and not kept: who is cut off in the middle of a body never reads why.
    else if (size > DRAINED_BYTES) break
  }
  if (size > MOST_BYTES) throw new ScimError(413, `A body has at most ${MOST_BYTES} bytes.`)
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)))
  } catch {
    throw new ScimError(400, 'The body is no JSON.', 'invalidSyntax')
  }
}
