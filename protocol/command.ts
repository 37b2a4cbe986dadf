/** What a device signs when it asks a host for something (T5, G2), and the proof in which the signature travels. Knows no network. */
import { type Bytes, lines, sha256, sha256Hex, toBase64Url, utf8 } from './bytes.ts'
import { canonicalJson } from './canonical-json.ts'
import { bodiesOf, type CommandContent, payloadOf } from './command-content.ts'
import type { Assertion } from './passkey.ts'

/** Names layout, hash and curve at once: SHA-256 and ECDSA on P-256, payload by RFC 8785. Another of them is another suite. */
export const COMMAND_SUITE = 'offdesk/command/1'

export type SignedCommand = {
  readonly hostId: string
  readonly sessionId: string
  /** Commits to the key that signs. */
  readonly deviceId: string
  /** The sender's key (C1). */
  readonly key: string
  /** Rises with each command of the device; a host takes each once. */
  readonly counter: number
  /** When the person said so, by the device's clock: milliseconds since 1970. */
  readonly madeAtMs: number
  /** Of the decision that is answered; null for all that answers none. */
  readonly decision: { readonly id: string; readonly epoch: number; readonly evidenceDigest: string | null } | null
  readonly content: CommandContent
  /** Credential id of the passkey that vouches for this very command; null when none does. */
  readonly passkeyId: string | null
}

/**
 * Canonical bytes: fourteen lines (docs/protocol.md §4.1). Throws RangeError when an id holds a line break. `digestOf`: another way to the same digest,
 * for whoever has a quicker one.
 */
export async function commandBytes(
  command: SignedCommand,
  digestOf: (text: string) => string | Promise<string> = sha256Hex,
): Promise<Bytes> {
  const { decision, content } = command
  const bodies = bodiesOf(content)
  return lines(
    COMMAND_SUITE,
    command.hostId,
    command.sessionId,
    decision === null ? '-' : String(decision.epoch),
    command.deviceId,
    command.key,
    String(command.counter),
    String(command.madeAtMs),
    content.kind,
    decision?.id ?? '-',
    decision?.evidenceDigest ?? '-',
    await digestOf(canonicalJson(payloadOf(content))),
    bodies.length === 0 ? '-' : bodies.join(' '),
    command.passkeyId ?? '-',
  )
}

/** The challenge that a passkey signs for this command: SHA-256 of its bytes, in base64url. */
export const commandChallenge = async (bytes: Bytes): Promise<string> => toBase64Url(await sha256(bytes))

/**
 * `v1.<counter>.<madeAtMs>.<signature>`: what the bytes hold and the command does not say elsewhere, and 64 bytes r‖s in base64url. Where a passkey vouches,
 * `.<credential id>.<authenticator data>.<client data>.<its signature>` follow: line 14 of the bytes is that id, the challenge their SHA-256.
 */
export type CommandProof = {
  readonly counter: number
  readonly madeAtMs: number
  readonly signature: string
  readonly assertion: Assertion | null
}

type Written = Omit<CommandProof, 'assertion'> & Partial<CommandProof>

export function writeProof({ counter, madeAtMs, signature, assertion = null }: Written): string {
  const vouched = assertion && [assertion.id, assertion.authenticatorData, assertion.clientData, assertion.signature]
  return ['v1', counter, madeAtMs, signature, ...(vouched ?? [])].join('.')
}

const PROOF =
  /^v1\.(\d{1,16})\.(\d{1,16})\.([\w-]{86})(?:\.([\w-]{1,1368})\.([\w-]{1,2048})\.([\w-]{1,2048})\.([\w-]{1,1024}))?$/

/** Null for what is no proof of this version. */
export function readProof(text: string): CommandProof | null {
  const [, counter, madeAtMs, signature, id, authenticatorData, clientData, vouched] = PROOF.exec(text) ?? []
  if (counter === undefined || madeAtMs === undefined || signature === undefined) return null
  const isVouched = id !== undefined && authenticatorData !== undefined && clientData !== undefined
  const assertion = isVouched && vouched ? { id, authenticatorData, clientData, signature: vouched } : null
  const proof = { counter: Number(counter), madeAtMs: Number(madeAtMs), signature, assertion }
  const isExact = String(proof.counter) === counter && String(proof.madeAtMs) === madeAtMs
  return isExact && Number.isSafeInteger(proof.counter) && Number.isSafeInteger(proof.madeAtMs) ? proof : null
}

/** The id that server and host derive from who sends and under which key: a command or prompt cannot be put under another (C1, C3). */
export async function idOfKey(kind: 'cmd' | 'prm', deviceId: string, key: string): Promise<string> {
  return `${kind}_${toBase64Url(await sha256(utf8(`${kind} ${deviceId} ${key}`))).slice(0, 22)}`
}

/** How long after `madeAtMs` a host still does it, by its own clock; null for what only ever takes away (D5). Seconds. */
export const validSeconds = {
  /** Deny, decline, cancel. */
  takesAway: null,
  /** Up to approve once, and plans into interactive mode: what is asked now. */
  answer: 15 * 60,
  /** Prompts, the queue, a mode: words that may wait for a machine that sleeps. As long as the server keeps them. */
  steer: 24 * 3600,
  /** Always-allow and autopilot: said again each time. */
  full: 5 * 60,
} as const

/** A device's clock may be ahead of the host's by this much. Seconds. */
export const clockSlackSeconds = 2 * 60

/** How many of a device's highest counters a host remembers for a session: what is below them all is refused. */
export const counterWindow = 64

/** The next counter after `last`: above it, and above every one that a device put back from an old copy has used. */
export const nextCounter = (last: number, nowMs: number): number => Math.max(last + 1, nowMs)
