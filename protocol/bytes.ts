/** Bytes as both ends write them: UTF-8, base64url without padding, lower-case hex, SHA-256. Knows no key and no meaning. */

export type Bytes = Uint8Array<ArrayBuffer>

const encoder = new TextEncoder()

/** UTF-8 bytes of a string. Lone surrogates become U+FFFD, as every encoder does. */
export const utf8 = (text: string): Bytes => encoder.encode(text) as Bytes

/** Lines joined by one "\n", none at the end: the form of everything signed or hashed here. A part must hold no "\n". */
export function lines(...parts: string[]): Bytes {
  for (const part of parts) if (part.includes('\n')) throw new RangeError('a signed part holds a line break')
  return utf8(parts.join('\n'))
}

export function toBase64Url(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Throws RangeError on anything but base64url without padding. */
export function fromBase64Url(text: string): Bytes {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) throw new RangeError('not base64url')
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}

export function toHex(bytes: Uint8Array): string {
  let hex = ''
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0')
  return hex
}

export async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
}

/** SHA-256 of a string's UTF-8 bytes as 64 hex digits: evidence digests (D1) and pairing commitments. */
export async function sha256Hex(text: string): Promise<string> {
  return toHex(await sha256(utf8(text)))
}

/** `count` random bytes as base64url. */
export function randomText(count: number): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(count)))
}
