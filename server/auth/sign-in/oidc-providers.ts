/**
 * What the server's operator says of providers: secrets of clients, and which provider may stand in a private network. A file, read anew each time, that no admin, no
 * token and no row reaches; so a secret goes to its own issuer alone, whatever a connection says.
 */
import { readFile } from 'node:fs/promises'
import { z } from 'zod'

export type ProviderWords = { isPrivate: boolean; clientSecrets: Readonly<Record<string, string>> }
/** Of one issuer; what the file does not name has no secret and is public. Rejects with a RangeError for a file that is no good. */
export type Providers = (issuer: string) => Promise<ProviderWords>

const NOTHING: ProviderWords = { isPrivate: false, clientSecrets: {} }

const file = z.record(
  z.url(),
  z.strictObject({
    isPrivate: z.boolean().default(false),
    clientSecrets: z.record(z.string().min(1), z.string().min(1).max(4096)).default({}),
  }),
)

/** `path` null: the operator says nothing. */
export function createProviders(path: string | null): Providers {
  return async (issuer) => {
    if (path === null) return NOTHING
    const words = await readProviders(path)
    return words.get(new URL(issuer).href) ?? NOTHING
  }
}

/** By the address of the issuer as a URL writes it. The message of its RangeError never holds what stands in the file. */
export async function readProviders(path: string): Promise<Map<string, ProviderWords>> {
  const wrong = (why: string) =>
    new RangeError(
      `The file of sign-in providers, ${path} (OFFDESK_OIDC_FILE), ${why}. It is JSON: {"https://issuer": {"clientSecrets": {"client id": "secret"}, "isPrivate": false}}.`,
    )
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw wrong(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'no reason given'})`)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw wrong('is no JSON')
  }
  const read = file.safeParse(value)
  if (!read.success) throw wrong(`is wrong at ${read.error.issues[0]?.path.map(String).join('.') || 'its beginning'}`)
  return new Map(Object.entries(read.data).map(([issuer, words]) => [new URL(issuer).href, words]))
}
