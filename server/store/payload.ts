/** Payloads as stored: JSON in UTF-8 when the format is `json` or `other` (E9). Knows no kind. */

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

export const encodePayload = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value))

/** Undefined when the bytes are not JSON in UTF-8: the caller shows an unknown, never an error (a list must not break on one row). */
export function decodePayload(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes))
  } catch {
    return undefined
  }
}

/** The bytes as text for showing what cannot be read; invalid UTF-8 becomes U+FFFD. */
export const payloadText = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
