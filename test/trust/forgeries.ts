/** The classes of forged, replayed, re-ordered and swapped commands, and the refusals that are right for each. */
import { randomText, sha256Hex } from '../../protocol/bytes.ts'
import { idOfKey, type SignedCommand } from '../../protocol/command.ts'
import type { CommandContent } from '../../protocol/command-content.ts'
import { answering, type Forgery, mode, prompt, type Row, row, type Said, say, type World } from './forging.ts'

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
