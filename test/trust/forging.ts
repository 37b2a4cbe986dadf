/**
 * Commands as somebody would put them who can write everything in the database and has no device's key: each class one way to forge, replay, re-order
 * or swap. Pure but for signing; a row is put into `command` as it is. Used by the test and by whoever prints figures.
 */
import { randomText, sha256Hex } from '../../protocol/bytes.ts'
import { commandBytes, commandChallenge, idOfKey, type SignedCommand, writeProof } from '../../protocol/command.ts'
import type { CommandContent } from '../../protocol/command-content.ts'
import type { Voucher } from '../../protocol/command-input.ts'
import { type KeyPair, sign } from '../../protocol/keys.ts'

export type Hand = { id: string; keys: KeyPair }
export type Asked = { id: string; epoch: number; evidence: string }

export type World = {
  hostId: string
  sessionId: string
  otherSessionId: string
  /** Paired, may do all. The window of `phone` is full of later counters; `tablet` has chosen the mode `plan` with `tabletCounter`. */
  phone: Hand
  tablet: Hand
  /** Paired with the rung ANSWER. */
  answerer: Hand
  /** Has a row in the database and no place in the roster. */
  stranger: Hand
  /** Open: a permission with `allow` (Allow) and `deny` (Deny), another one, and a form with the field `why`. */
  permission: Asked
  otherPermission: Asked
  question: Asked
  /** What the host has applied before, as it lies in the database. */
  applied: Row
  tabletCounter: number
  /** Below every counter that the host remembers of the phone. */
  oldCounter: number
  nextCounter(): number
  /** Drawn before `tabletCounter`, and not used. */
  keptBack(): number
  nowMs(): number
}

/** What the attacker writes; the rest of the columns follows. */
export type Row = {
  id: string
  key: string
  kind: string
  value: object
  deviceId: string
  rung: 'VIEW' | 'ANSWER' | 'STEER' | 'FULL'
  proof: string | null
}

export type Forgery = {
  name: string
  /** Codes of the refusals that are right for it. */
  codes: readonly string[]
  forge(world: World): Promise<Row>
}

export type Said = Omit<SignedCommand, 'hostId' | 'sessionId' | 'deviceId' | 'passkeyId'> & Partial<SignedCommand>

export const say = (world: World, content: CommandContent, more: Partial<SignedCommand> = {}): Said => ({
  ...{ content, key: randomText(16), counter: world.nextCounter(), madeAtMs: world.nowMs(), decision: null },
  ...more,
})

export const answering = async ({ id, epoch, evidence }: Asked): Promise<SignedCommand['decision']> => ({
  ...{ id, epoch },
  evidenceDigest: await sha256Hex(evidence),
})

/** What `by` signs, and what the row then says: the same but for `as`. */
export async function row(
  world: Pick<World, 'phone' | 'hostId' | 'sessionId'>,
  said: Said,
  how: { by?: Hand; signer?: Hand; as?: Partial<SignedCommand>; row?: Partial<Row>; voucher?: Voucher | null } = {},
): Promise<Row> {
  const { by = world.phone, signer = by, voucher = null } = how
  const { hostId, sessionId } = world
  const signed: SignedCommand = { hostId, sessionId, deviceId: by.id, passkeyId: voucher?.passkeyId ?? null, ...said }
  const shown = { ...signed, ...how.as }
  const bytes = await commandBytes(signed)
  const signature = await sign(signer.keys.privateKey, bytes)
  const assertion = voucher && (await voucher.vouch(await commandChallenge(bytes)))
  return {
    id: await idOfKey('cmd', by.id, shown.key),
    ...{ key: shown.key, kind: shown.content.kind, deviceId: by.id, rung: 'FULL' },
    value: await storedValue(shown, by.id),
    proof: writeProof({ counter: shown.counter, madeAtMs: shown.madeAtMs, signature, assertion }),
    ...how.row,
  }
}

/** As the server stores it. */
async function storedValue({ content, decision, key }: SignedCommand, deviceId: string): Promise<object> {
  const { kind: _kind, ...fields } = content
  const about = decision && {
    ...{ decisionId: decision.id, epoch: decision.epoch, evidenceDigest: decision.evidenceDigest },
  }
  if (content.kind === 'SendPrompt') return { ...fields, promptId: await idOfKey('prm', deviceId, key) }
  if (content.kind !== 'AnswerQuestion') return { ...fields, ...about }
  const none = { text: null, number: null, boolean: null, choices: null }
  const values = content.values.map(({ name, value }) => ({ name, ...none, text: String(value) }))
  return { ...fields, ...about, values }
}

export const prompt = (text: string): CommandContent => ({
  ...{ kind: 'SendPrompt', text, attachments: [], delivery: 'AFTER_TURN', modeId: null, modeName: null },
})
export const mode = (modeId: string): CommandContent => ({ kind: 'SetMode', modeId, modeName: modeId })
