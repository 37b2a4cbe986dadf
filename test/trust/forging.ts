/**
 * Commands as somebody would put them who can write everything in the database and has no device's key: each class one way to forge, replay, re-order
 * or swap. Pure but for signing; a row is put into `command` as it is. Used by the test and by whoever prints figures.
 */
import { randomText, sha256Hex } from '../../protocol/bytes.ts'
import { commandBytes, idOfKey, type SignedCommand, writeProof } from '../../protocol/command.ts'
import type { CommandContent } from '../../protocol/command-content.ts'
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

type Said = Omit<SignedCommand, 'hostId' | 'sessionId' | 'deviceId' | 'passkeyId'> & Partial<SignedCommand>

const say = (world: World, content: CommandContent, more: Partial<SignedCommand> = {}): Said => ({
  ...{ content, key: randomText(16), counter: world.nextCounter(), madeAtMs: world.nowMs(), decision: null },
  ...more,
})

const answering = async ({ id, epoch, evidence }: Asked): Promise<SignedCommand['decision']> => ({
  ...{ id, epoch },
  evidenceDigest: await sha256Hex(evidence),
})

/** What `by` signs, and what the row then says: the same but for `as`. */
export async function row(
  world: World,
  said: Said,
  how: { by?: Hand; signer?: Hand; as?: Partial<SignedCommand>; row?: Partial<Row> } = {},
): Promise<Row> {
  const { by = world.phone, signer = by } = how
  const { hostId, sessionId } = world
  const signed: SignedCommand = { hostId, sessionId, deviceId: by.id, passkeyId: null, ...said }
  const shown = { ...signed, ...how.as }
  const signature = await sign(signer.keys.privateKey, await commandBytes(signed))
  return {
    id: await idOfKey('cmd', by.id, shown.key),
    ...{ key: shown.key, kind: shown.content.kind, deviceId: by.id, rung: 'FULL' },
    value: await storedValue(shown, by.id),
    proof: writeProof({ counter: shown.counter, madeAtMs: shown.madeAtMs, signature }),
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
const choose = (optionId: string, optionName: string): CommandContent => ({
  ...{ kind: 'AnswerPermission', optionId, optionName, reason: null },
})
const allow = choose('allow', 'Allow')
const deny = choose('deny', 'Deny')
const words = (text: string): CommandContent => ({
  ...{ kind: 'AnswerQuestion', accepted: true, values: [{ name: 'why', value: text }], reason: null },
})
const minute = 60_000
const WRONG = ['SIGNATURE_WRONG']

/** Something harmless that was said, shown as something else. */
const changed = (name: string, said: CommandContent, shown: CommandContent): Forgery => ({
  ...{ name, codes: WRONG },
  forge: (world) => row(world, say(world, said), { as: { content: shown } }),
})
const promptWith = (name: string, as: Partial<SignedCommand>): Forgery => ({
  ...{ name, codes: WRONG },
  forge: (world) => row(world, say(world, prompt('hello')), { as }),
})
const answerWith = (
  name: string,
  codes: readonly string[],
  forge: (world: World, said: Said) => Promise<Row>,
): Forgery => ({
  ...{ name, codes },
  forge: async (world) => forge(world, say(world, allow, { decision: await answering(world.permission) })),
})
const late = (
  name: string,
  content: (world: World) => Promise<[CommandContent, Partial<SignedCommand>]>,
  offMs: number,
) => ({
  ...{ name, codes: ['STALE'] },
  forge: async (world: World) => {
    const [said, more] = await content(world)
    return row(world, say(world, said, { ...more, madeAtMs: world.nowMs() + offMs }), { by: world.tablet })
  },
})

const NO_SIGNATURE = 'A'.repeat(86)

export const forgeries: readonly Forgery[] = [
  {
    ...{ name: 'forged: no signature at all', codes: ['SIGNATURE_REQUIRED'] },
    forge: (world) => row(world, say(world, prompt('rm -rf ~')), { row: { proof: null } }),
  },
  {
    ...{ name: 'forged: words that are no proof', codes: WRONG },
    forge: (world) => row(world, say(world, prompt('rm -rf ~')), { row: { proof: 'trust me' } }),
  },
  {
    ...{ name: 'forged: a signature of nothing', codes: WRONG },
    forge: (world) =>
      row(world, say(world, prompt('rm -rf ~')), {
        row: { proof: `v1.${world.nextCounter()}.${world.nowMs()}.${NO_SIGNATURE}` },
      }),
  },
  {
    ...{ name: 'forged: signed with a key of the attacker’s', codes: WRONG },
    forge: (world) => row(world, say(world, prompt('rm -rf ~')), { signer: world.stranger }),
  },
  {
    ...{ name: 'forged: an approval signed with a key of the attacker’s', codes: WRONG },
    forge: async (world) =>
      row(world, say(world, allow, { decision: await answering(world.permission) }), { signer: world.stranger }),
  },
  {
    ...{ name: 'forged: a device that only the database knows', codes: ['REVOKED'] },
    forge: (world) => row(world, say(world, prompt('rm -rf ~')), { by: world.stranger }),
  },
  {
    ...{ name: 'forged: one device’s signature under another’s name', codes: WRONG },
    forge: (world) =>
      row(world, say(world, prompt('hello'), { deviceId: world.tablet.id }), { by: world.phone, signer: world.tablet }),
  },
  {
    ...{ name: 'forged: the rung raised in the row of a device that may less', codes: ['RUNG_TOO_LOW'] },
    forge: (world) => row(world, say(world, prompt('rm -rf ~')), { by: world.answerer }),
  },
  changed('swapped: another text', prompt('tidy up'), prompt('rm -rf ~')),
  changed('swapped: now instead of later', prompt('later'), { ...prompt('later'), delivery: 'NOW' } as CommandContent),
  changed('swapped: a mode for the prompt', prompt('go'), {
    ...prompt('go'),
    modeId: 'auto',
    modeName: 'auto',
  } as CommandContent),
  changed('swapped: another kind, cancel for stop', { kind: 'CancelTurn', turnId: null }, { kind: 'StopSession' }),
  changed('swapped: another mode', mode('plan'), mode('auto')),
  {
    ...{ name: 'swapped: the label of a mode', codes: WRONG },
    forge: (world) => row(world, say(world, { kind: 'SetMode', modeId: 'auto', modeName: 'plan' })),
  },
  {
    ...{ name: 'swapped: another attachment', codes: WRONG },
    forge: (world) => {
      const one = { digest: 'a'.repeat(64), mediaType: 'image/png', name: 'a.png', size: 3 }
      const said = { ...prompt('look'), attachments: [one] } as CommandContent
      const shown = { ...prompt('look'), attachments: [{ ...one, digest: 'b'.repeat(64) }] } as CommandContent
      return row(world, say(world, said), { as: { content: shown } })
    },
  },
  {
    ...{ name: 'swapped: said to another session', codes: WRONG },
    forge: (world) => row(world, say(world, prompt('hello'), { sessionId: world.otherSessionId })),
  },
  {
    ...{ name: 'swapped: said to another host', codes: WRONG },
    forge: (world) => row(world, say(world, prompt('hello'), { hostId: `hst_${'x'.repeat(22)}` })),
  },
  {
    ...{ name: 'swapped: the prompt’s own id', codes: WRONG },
    forge: async (world) => {
      const made = await row(world, say(world, prompt('hello')))
      return { ...made, value: { ...made.value, promptId: `prm_${randomText(17).slice(0, 22)}` } }
    },
  },
  answerWith('swapped: a deny into an allow', WRONG, async (world, { decision }) =>
    row(world, say(world, deny, { decision: decision ?? null }), { as: { content: allow } }),
  ),
  answerWith('swapped: the labels on the buttons', WRONG, async (world, { decision }) =>
    row(world, say(world, choose('allow', 'Deny'), { decision: decision ?? null })),
  ),
  answerWith('swapped: an approval of another decision', WRONG, async (world, said) =>
    row(world, said, { as: { decision: await answering(world.otherPermission) } }),
  ),
  answerWith('swapped: an approval of an earlier epoch’s decision', WRONG, async (world, said) =>
    row(
      world,
      { ...said, decision: said.decision && { ...said.decision, epoch: 99 } },
      { as: { decision: said.decision ?? null } },
    ),
  ),
  answerWith('swapped: what the person was shown', ['BAD_INPUT'], async (world, said) =>
    row(world, { ...said, decision: said.decision && { ...said.decision, evidenceDigest: await sha256Hex('ls') } }),
  ),
  answerWith('swapped: the digest of what was shown, put right afterwards', WRONG, async (world, said) =>
    row(
      world,
      { ...said, decision: said.decision && { ...said.decision, evidenceDigest: await sha256Hex('ls') } },
      { as: { decision: said.decision ?? null } },
    ),
  ),
  answerWith('swapped: the digest of what was shown, left out', WRONG, async (world, said) =>
    row(world, said, { as: { decision: said.decision && { ...said.decision, evidenceDigest: null } } }),
  ),
  answerWith('forged: an approval that never said what was shown', WRONG, async (world, said) =>
    row(world, { ...said, decision: said.decision && { ...said.decision, evidenceDigest: null } }),
  ),
  {
    ...{ name: 'swapped: other words in a form', codes: WRONG },
    forge: async (world) => {
      const decision = await answering(world.question)
      return row(world, say(world, words('no'), { decision }), { as: { content: words('rm -rf ~') } })
    },
  },
  {
    ...{ name: 'swapped: declined into answered', codes: WRONG },
    forge: async (world) => {
      const declined: CommandContent = { kind: 'AnswerQuestion', accepted: false, values: [], reason: null }
      const decision = await answering(world.question)
      return row(world, say(world, declined, { decision }), { as: { content: words('yes') } })
    },
  },
  promptWith('swapped: another time', { madeAtMs: 1 }),
  promptWith('replayed: under another counter', { counter: 2 ** 52 }),
  {
    ...{ name: 'replayed: under another key', codes: WRONG },
    forge: (world) => row(world, say(world, prompt('hello')), { as: { key: randomText(16) } }),
  },
  {
    ...{ name: 'replayed: the very row under another id', codes: WRONG },
    forge: async ({ applied }) => ({ ...applied, id: `cmd_${randomText(17).slice(0, 22)}` }),
  },
  {
    ...{ name: 'replayed: its proof with another key and the id that follows', codes: WRONG },
    forge: async ({ applied }) => {
      const key = randomText(16)
      return { ...applied, key, id: await idOfKey('cmd', applied.deviceId, key) }
    },
  },
  {
    ...{ name: 'replayed: a counter that was used', codes: ['REPLAYED'] },
    forge: (world) => row(world, say(world, prompt('again'), { counter: world.tabletCounter }), { by: world.tablet }),
  },
  {
    ...{ name: 're-ordered: kept back until it is below the window', codes: ['REPLAYED'] },
    forge: (world) => row(world, say(world, prompt('hello'), { counter: world.oldCounter })),
  },
  {
    ...{ name: 're-ordered: the mode that was left comes after the one that was chosen', codes: ['STALE'] },
    forge: (world) => row(world, say(world, mode('auto'), { counter: world.keptBack() }), { by: world.tablet }),
  },
  late(
    'kept back: an approval, 20 minutes',
    async ({ permission }) => [allow, { decision: await answering(permission) }],
    -20 * minute,
  ),
  late(
    'kept back: words for a form, 20 minutes',
    async ({ question }) => [words('yes'), { decision: await answering(question) }],
    -20 * minute,
  ),
  late('kept back: a prompt, two days', async () => [prompt('hello'), {}], -48 * 60 * minute),
  late(
    'from the future: an approval',
    async ({ permission }) => [allow, { decision: await answering(permission) }],
    60 * minute,
  ),
]
