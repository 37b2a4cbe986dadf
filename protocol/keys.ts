/** Keys of hosts and devices: ECDSA on P-256 with SHA-256, through WebCrypto. Public keys travel as the 65 raw bytes in base64url. */
import { type Bytes, fromBase64Url, sha256, toBase64Url } from './bytes.ts'

/** Derived, so that the same line compiles under Node's types and the browser's. */
export type Key = Parameters<typeof crypto.subtle.sign>[1]
export type KeyPair = { publicKey: Key; privateKey: Key }

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' } as const
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const

/** A new pair. A device keeps its private half non-extractable; a host must write its own to disk. */
export async function generateKeys(extractable: boolean): Promise<KeyPair> {
  return crypto.subtle.generateKey(CURVE, extractable, ['sign', 'verify'])
}

export async function exportPublicKey(key: Key): Promise<string> {
  return toBase64Url(new Uint8Array(await crypto.subtle.exportKey('raw', key)))
}

/** Throws when the text is not a point on the curve. */
export function importPublicKey(text: string): Promise<Key> {
  return crypto.subtle.importKey('raw', fromBase64Url(text), CURVE, true, ['verify'])
}

/** 64 bytes r‖s in base64url. */
export async function sign(key: Key, bytes: Bytes): Promise<string> {
  return toBase64Url(new Uint8Array(await crypto.subtle.sign(SIGNATURE, key, bytes)))
}

/** Keys that have been read already: those who sign, sign again. */
const read = new Map<string, Promise<Key>>()
const MOST_READ = 500

function readKey(publicKey: string): Promise<Key> {
  const known = read.get(publicKey)
  if (known) return known
  if (read.size >= MOST_READ) read.clear()
  const key = importPublicKey(publicKey)
  read.set(publicKey, key)
  key.catch(() => read.delete(publicKey))
  return key
}

/** False for a wrong signature, a malformed one and a malformed key alike. */
export async function verify(publicKey: string, bytes: Bytes, signature: string): Promise<boolean> {
  try {
    return await crypto.subtle.verify(SIGNATURE, await readKey(publicKey), fromBase64Url(signature), bytes)
  } catch {
    return false
  }
}

/** An id that commits to its key (132 bits), so that no server can put another key under it. */
export async function principalId(kind: 'hst' | 'dev', publicKey: string): Promise<string> {
  return `${kind}_${toBase64Url(await sha256(fromBase64Url(publicKey))).slice(0, 22)}`
}
