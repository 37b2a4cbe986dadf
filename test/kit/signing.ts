/**
 * The hand of a device: what it taps is signed with its key, as a real page does, from what it was shown. A test that wants another proof, or none,
 * writes `proof` into the input (null for none). Knows tokens of devices that were paired in this process.
 */
import { sha256Hex } from '../../protocol/bytes.ts'
import { nextCounter } from '../../protocol/command.ts'
import { proofFor, type SteeringFields, type SteeringMutation } from '../../protocol/command-input.ts'
import { type KeyPair, sign } from '../../protocol/keys.ts'
import type { Authenticator } from './authenticator.ts'

export type Signer = { id: string; keys: KeyPair }
type Known = Signer & { lastCounter: number; authenticator: Authenticator | null }

const known = new Map<string, Known>()

/** From now on what goes out under this token is signed. */
export function signsAs(token: string, device: Signer): void {
  known.set(token, { ...device, lastCounter: 0, authenticator: null })
}

/** From now on its passkey vouches for what it says where that weighs something; null: no more. */
export function vouchesWith(token: string, authenticator: Authenticator | null): void {
  const device = known.get(token)
  if (device === undefined) throw new Error('no device signs under this token')
  device.authenticator = authenticator
}

/** Shows what the signer must know: whose session it is, and what stands on the buttons. */
export type Look = (query: string, variables: object) => Promise<unknown>

type Shown = {
  session: {
    host: { id: string }
    modes: { id: string; name: string }[]
    decision: { evidence: string; options: { id: string; name: string }[] } | null
  } | null
}
const SHOWN = `query($s: ID!, $d: ID!) { session(id: $s) {
  host { id } modes { id name } decision(id: $d) { evidence options { id name } } } }`

/** What may need the upper rungs. */
const WEIGHS = ['answerPermission', 'decidePlan', 'setMode', 'sendPrompt', 'editPrompt']

const STEERS =
  /\b(sendPrompt|editPrompt|withdrawPrompt|releaseQueue|answerPermission|answerQuestion|decidePlan|setMode|cancelTurn|stopSession)\s*\(\s*input:\s*\$(\w+)/

/** The variables with a proof in each input that steers; as they are for strangers, for reads, and where a proof was written by hand. */
export async function signed(token: string | null, query: string, variables: object, look: Look): Promise<object> {
  const device = token === null ? undefined : known.get(token)
  const [, mutation, name] = STEERS.exec(query) ?? []
  if (device === undefined || mutation === undefined || name === undefined) return variables
  const input = (variables as Record<string, SteeringFields & { proof?: string | null }>)[name]
  if (input === undefined || input.proof !== undefined) return variables
  const { session } = (await look(SHOWN, { s: input.sessionId, d: input.decisionId ?? '-' })) as Shown
  if (session === null) return variables
  const optionName = session.decision?.options.find(({ id }) => id === input.optionId)?.name
  const modeName = session.modes.find(({ id }) => id === input.modeId)?.name
  const shown = session.decision && input.evidenceDigest === undefined
  const whole = shown ? { ...input, evidenceDigest: await sha256Hex(session.decision?.evidence ?? '') } : input
  const { authenticator } = device
  const voucher =
    authenticator && WEIGHS.includes(mutation)
      ? { passkeyId: authenticator.id, vouch: async (challenge: string) => authenticator.get(challenge) }
      : null
  const madeAtMs = Date.now()
  device.lastCounter = nextCounter(device.lastCounter, madeAtMs)
  const proof = await proofFor(
    { deviceId: device.id, sign: (bytes) => sign(device.keys.privateKey, bytes) },
    {
      ...{ mutation: mutation as SteeringMutation, input: whole, seen: { optionName, modeName } },
      ...{ hostId: session.host.id, counter: device.lastCounter, madeAtMs, voucher },
    },
  )
  return { ...variables, [name]: { ...whole, proof } }
}
