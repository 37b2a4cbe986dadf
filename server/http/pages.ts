/** Serves the built page: hashed files for ever, the rest only after asking, compressed, under a strict policy (T8). Knows no GraphQL. */
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

/** `default-src 'none'`: what is not named cannot be loaded, sent to, framed or evaluated. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  // No text becomes markup or a script; the page's one policy lets its own worker's address through.
  "require-trusted-types-for 'script'",
  'trusted-types default',
].join('; ')

/** On every answer, GraphQL's too. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=(self), geolocation=(), microphone=(), payment=(), usb=()',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}

const NOT_BUILT = 'The page is not built. Run `npm run build` in the checkout, then load this address again.\n'
const SMALL_BYTES = 1024

type Stored = { bytes: Uint8Array; etag: string; encodings: Map<string, Uint8Array> }
/** Status, headers and bytes; whoever serves turns it into a response. */
export type Page = { status: number; headers: Record<string, string>; body: Uint8Array | string | null }

export type PageRequest = { method: string; path: string; acceptEncoding: string | null; ifNoneMatch: string | null }

/** Reads from `folder` on demand and keeps what it has read, until the file changes. Null when the path is no page's. */
export function createPages(folder: string): (request: PageRequest) => Promise<Page> {
  const kept = new Map<string, Stored & { changed: string }>()

  async function read(path: string): Promise<Stored | null> {
    const full = join(folder, normalize(path))
    if (!full.startsWith(folder + sep)) return null
    const facts = await stat(full).catch(() => null)
    if (!facts?.isFile()) return null
    const changed = `${facts.mtimeMs}-${facts.size}`
    const before = kept.get(full)
    if (before?.changed === changed) return before
    const bytes = await readFile(full)
    const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
    const stored = { bytes, etag, encodings: new Map<string, Uint8Array>(), changed }
    kept.set(full, stored)
    return stored
  }

  return async ({ method, path, acceptEncoding, ifNoneMatch }) => {
    if (method !== 'GET' && method !== 'HEAD') {
      return { status: 405, headers: { allow: 'GET, HEAD', 'content-type': 'text/plain' }, body: 'Only GET.\n' }
    }
    const wanted = decoded(path)
    // A path without a dot is a screen of the app, whatever its depth; one with a dot is a file or nothing.
    const isScreen = wanted !== null && !(wanted.split('/').at(-1) ?? '').includes('.')
    const name = isScreen ? '/index.html' : wanted
    const stored = name === null ? null : await read(name)
    if (name === null || !stored) {
      const text = isScreen ? NOT_BUILT : 'There is nothing here.\n'
      const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }
      return { status: isScreen ? 503 : 404, headers, body: text }
    }
    const headers: Record<string, string> = {
      'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
      'cache-control': name.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      etag: stored.etag,
      vary: 'accept-encoding',
    }
    if (ifNoneMatch?.includes(stored.etag)) return { status: 304, headers, body: null }
    const encoding = isText(name) && stored.bytes.length > SMALL_BYTES ? chooseEncoding(acceptEncoding) : null
    const body = encoding ? await encoded(stored, encoding) : stored.bytes
    if (encoding) headers['content-encoding'] = encoding
    headers['content-length'] = String(body.length)
    return { status: 200, headers, body: method === 'HEAD' ? null : body }
  }
}

function decoded(path: string): string | null {
  try {
    const text = decodeURIComponent(path)
    return text.includes('\0') || text.includes('\\') ? null : text
  } catch {
    return null
  }
}

const isText = (name: string): boolean => /\.(html|js|css|json|map|webmanifest|svg|txt)$/.test(name)

const chooseEncoding = (accept: string | null): 'br' | 'gzip' | null =>
  /\bbr\b/.test(accept ?? '') ? 'br' : /\bgzip\b/.test(accept ?? '') ? 'gzip' : null

async function encoded(stored: Stored, encoding: 'br' | 'gzip'): Promise<Uint8Array> {
  const before = stored.encodings.get(encoding)
  if (before) return before
  const made =
    encoding === 'br'
      ? await promisify(brotliCompress)(stored.bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } })
      : await promisify(gzip)(stored.bytes)
  stored.encodings.set(encoding, made)
  return made
}
