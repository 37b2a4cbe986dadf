/** Payloads as stored: JSON in UTF-8 when the format is `json` or `other` (E9). Knows no kind. */

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

export const encodePayload = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value))

/** Undefined when it is not JSON in UTF-8: the caller shows an unknown, never an error (a list must not break on one row). */
export function decodePayload(payload: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof payload === 'string' ? payload : decoder.decode(payload))
  } catch {
    return undefined
  }
}

/** For showing what cannot be read; invalid UTF-8 becomes U+FFFD. */
export const payloadText = (payload: string | Uint8Array): string =>
  typeof payload === 'string' ? payload : new TextDecoder().decode(payload)

export const payloadBytes = (payload: string | Uint8Array): number =>
  typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length
