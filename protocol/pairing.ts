/** The pairing handshake's computations: commit, then reveal, then compare six characters. Knows no network and no screen. */
import { type Bytes, fromBase64Url, lines, sha256, sha256Hex, toBase64Url } from './bytes.ts'

export type PairingPurpose = 'PAIR_DEVICE' | 'ENROL_HOST'

/** 32 signs without I, L, O, U: five bits each, none mistaken for another when read aloud or typed. */
export const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** The opener publishes this before it has seen the joiner's nonce, so neither side nor a server can steer the match code. */
export const commitment = (purpose: PairingPurpose, openerPublicKey: string, openerNonce: string): Promise<string> =>
  sha256Hex(`offdesk/pair-commit/1\n${purpose}\n${openerPublicKey}\n${openerNonce}`)

export type Handshake = {
  purpose: PairingPurpose
  openerPublicKey: string
  openerNonce: string
  joinerPublicKey: string
  joinerNonce: string
}

/** Six signs of 30 bits, shown on both sides. Equal only when both saw the same keys and nonces. */
export async function matchCode(seen: Handshake): Promise<string> {
  const bytes = lines(
    'offdesk/pair-match/1',
    seen.purpose,
    seen.openerPublicKey,
    seen.joinerPublicKey,
    seen.openerNonce,
    seen.joinerNonce,
  )
  return spelled(await sha256(bytes))
}

/** The first 30 bits of a hash in six signs. */
export function spelled(digest: Bytes): string {
  let bits = new DataView(digest.buffer).getUint32(0) >>> 2
  let code = ''
  for (let i = 0; i < 6; i++) {
    code = ALPHABET.charAt(bits & 31) + code
    bits >>>= 5
  }
  return code
}

/** `K7M2QX` as `K7M 2QX`. */
export const spaced = (code: string): string => `${code.slice(0, 3)} ${code.slice(3)}`

/** What a person typed, as the server stores codes: upper case, blanks and dashes dropped, look-alikes mapped. */
export const normaliseCode = (typed: string): string =>
  typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1')

/** Proof that the joiner has read the QR (base64url HMAC-SHA256 under its one-time secret). */
export async function joinMac(secret: string, seen: Omit<Handshake, 'openerNonce'>): Promise<string> {
  const key = await crypto.subtle.importKey('raw', fromBase64Url(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ])
  const bytes = lines('offdesk/pair-mac/1', seen.purpose, seen.openerPublicKey, seen.joinerPublicKey, seen.joinerNonce)
  return toBase64Url(new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes)))
}

export type PairingLink = { code: string; secret: string; hostId: string }

/**
 * The QR's content. The host's key is carried as `hostId`, which commits to it: the key itself would make a symbol that an
 * 80×24 terminal cannot show. All of it is in the fragment, which browsers do not send.
 */
export const pairingLink = (base: string, link: PairingLink): string =>
  `${base.replace(/\/$/, '')}/pair#${link.code}.${link.secret}.${link.hostId}`

/** Null when the fragment is not a pairing link. */
export function parsePairingFragment(fragment: string): PairingLink | null {
  const match = /^#?([0-9A-Z]{8})\.([A-Za-z0-9_-]{22})\.(hst_[A-Za-z0-9_-]{22})$/.exec(fragment)
  const [, code, secret, hostId] = match ?? []
  return code && secret && hostId ? { code, secret, hostId } : null
}

/** Whose SHA-256 a passkey signs to let a workstation in at a server (ENROL_HOST): this one, in this pairing, on the word of this device. */
export const admissionBytes = (
  pairingId: string,
  { openerPublicKey, openerNonce, joinerPublicKey, joinerNonce }: Handshake,
) => lines('offdesk/admit/1', pairingId, openerPublicKey, joinerPublicKey, openerNonce, joinerNonce)

/** What a trusted device signs so that another host takes a new device into its roster. */
export const endorsementBytes = (e: { hostId: string; deviceId: string; publicKey: string; rung: string }) =>
  lines('offdesk/endorse/1', e.hostId, e.deviceId, e.publicKey, e.rung)

/** Digest of a decision's evidence as phone and host both compute it (D1). */
export const evidenceDigest = (evidence: string): Promise<string> => sha256Hex(evidence)
