/**
 * [T4] A phone is stolen while it is unlocked: its key signs, its page is paired with FULL, its authenticator can be touched, and its person is not there. Each
 * upper-rung action is tried in each way, once through the server, once behind its back straight into the database; deny and cancel go through.
 */
import { eq, inArray } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { randomText, sha256Hex } from '../../protocol/bytes.ts'
import type { CommandContent } from '../../protocol/command-content.ts'
import type { Voucher } from '../../protocol/command-input.ts'
import { command } from '../../server/db/schema.ts'
import { createCommand, type NewCommand } from '../../server/store/commands.ts'
import { desk, eventually, folder, until } from '../agent-cli/bridge/desk.ts'
import { enrolled, paired, server, taps } from '../agent-cli/remote/away.ts'
import type { Refusal } from '../kit/ask.ts'
import { type Authenticator, createAuthenticator } from '../kit/authenticator.ts'
import { asksToPin, makesPasskey, pinsPasskey } from '../kit/passkeys.ts'
import { vouchesWith } from '../kit/signing.ts'
import { figure } from './figure.ts'
import { row } from './forging.ts'

const ALWAYS = [
  { optionId: 'once', name: 'Allow once', kind: 'allow_once' },
  { optionId: 'always', name: 'Always allow', kind: 'allow_always' },
  { optionId: 'no', name: 'Deny', kind: 'reject_once' },
]
const PLAN = [
  { optionId: 'then-default', name: 'Yes, ask me', kind: 'allow_once' },
  { optionId: 'then-auto', name: 'Yes, on your own', kind: 'allow_always' },
  { optionId: 'keep', name: 'No, keep planning', kind: 'reject_once' },
]

/** What the thief can make of what lies in their hand; `pinned` is the passkey that the machine knows. */
const ways = (pinned: Authenticator, own: Authenticator): Record<string, Authenticator | null> => {
  const before = pinned.get(randomText(32))
  const touched = (as: Parameters<Authenticator['get']>[1]) => ({
    ...pinned,
    get: (challenge: string) => pinned.get(challenge, as),
  })
  return {
    'without a passkey': null,
    'touched, nobody verified': touched({ verifies: false }),
    'a passkey of the thief’s own, not pinned': own,
    'what the passkey signed for something else': { ...pinned, get: () => before },
    'verified on another page': touched({ origin: 'http://localhost:9' }),
    'verified in a frame of another page': touched({ crossOrigin: true }),
    'not an assertion': touched({ type: 'webauthn.create' }),
    'another key under the pinned id': { ...pinned, get: (challenge) => ({ ...own.get(challenge), id: pinned.id }) },
  }
}

const voucherOf = (authenticator: Authenticator | null): Voucher | null =>
  authenticator && { passkeyId: authenticator.id, vouch: async (challenge) => authenticator.get(challenge) }

test('[T4] [D5] a stolen unlocked phone: no upper-rung action in any way, through the server or behind its back; deny and cancel always', {
  timeout: 180_000,
}, async () => {
  const at = await server()
  const dataDir = await folder()
  await enrolled(at, dataDir)
  const { session, agent } = await desk({}, { dataDir, ceiling: 'FULL' })
  await session.remote.on()
  await until(session, ({ remote }) => remote.state === 'live')
  const phone = await paired(at, session, 'FULL')
  const tap = taps(phone, session.id)
  const pinned = await pinsPasskey(at, phone, dataDir)
  const own = await makesPasskey(at.gql, phone, createAuthenticator({ origin: pinned.origin }))
  await session.prompt('go')
  await agent.prompted()
  const permission = agent.asks({ title: 'make', command: 'make', options: ALWAYS })
  const plan = agent.asks({
    title: 'Ready to code?',
    kind: 'switch_mode',
    options: PLAN,
    toolCall: { rawInput: { plan: '1. x' } },
  })
  const { decisions } = await until(session, (view) => view.decisions.length === 2)
  const [asked, planned] = decisions
  if (!asked || !planned) throw new Error('two decisions are open')
  const { session: seen } = await phone.gql<{ session: { modes: { id: string; name: string }[] } }>(
    'query($id: ID!) { session(id: $id) { modes { id name } } }',
    { id: session.id },
  )
  const modeName = seen.modes.find(({ id }) => id === 'auto')?.name ?? ''
  const { viewer } = await phone.gql<{ viewer: { id: string } }>('{ viewer { id } }')
  const hostId = session.view().remote.hostId ?? ''

  const upper: { what: string; by: () => Promise<string>; content: CommandContent; decision?: typeof asked }[] = [
    {
      ...{ what: 'autopilot', by: () => tap.mode('auto') },
      content: { kind: 'SetMode', modeId: 'auto', modeName },
    },
    {
      ...{ what: 'a prompt in autopilot', by: () => tap.prompt('rm -rf ~', { modeId: 'auto' }) },
      content: {
        ...{ kind: 'SendPrompt', text: 'rm -rf ~', attachments: [], delivery: 'AFTER_TURN' },
        ...{ modeId: 'auto', modeName },
      },
    },
    {
      ...{ what: 'always allow', by: () => tap.permission(asked, 'always'), decision: asked },
      content: { kind: 'AnswerPermission', optionId: 'always', optionName: 'Always allow', reason: null },
    },
    {
      ...{ what: 'a plan into autopilot', decision: planned },
      by: async () => {
        const input = {
          ...{ sessionId: session.id, key: randomText(16), decisionId: planned.id, epoch: planned.epoch },
          ...{ optionId: 'then-auto', thenMode: 'AUTOPILOT', comments: [] },
        }
        const document = 'mutation($i: DecidePlanInput!) { decidePlan(input: $i) { id } }'
        return (await phone.gql<{ decidePlan: { id: string } }>(document, { i: input })).decidePlan.id
      },
      content: {
        ...{ kind: 'DecidePlan', optionId: 'then-auto', optionName: 'Yes, on your own', thenMode: 'AUTOPILOT' },
        comments: [],
      },
    },
  ]
  let counter = Date.now() + 1_000
  const world = { phone, hostId, sessionId: session.id }
  const heard = () => JSON.stringify(agent.received())
  const before = heard()
  const stood = session.view().mode.effective?.id

  let tries = 0
  const written: string[] = []
  for (const [how, authenticator] of Object.entries(ways(pinned, own))) {
    for (const { what, by, content, decision } of upper) {
      vouchesWith(phone.token, authenticator)
      const refused = await by().then(
        () => null,
        (error: Refusal) => error.code,
      )
      expect(`${how}: ${what}: ${refused}`).toMatch(/: PASSKEY_(REQUIRED|WRONG)$/)
      counter += 1
      const evidenceDigest = decision ? await sha256Hex(decision.evidence) : null
      const said = {
        ...{ content, key: randomText(16), counter, madeAtMs: Date.now() },
        decision: decision ? { id: decision.id, epoch: decision.epoch, evidenceDigest } : null,
      }
      const { id, key, kind, value, proof } = await row(world, said, { voucher: voucherOf(authenticator) })
      await at.database.transaction((tx) =>
        createCommand(tx, () => undefined, {
          ...{ ownerId: viewer.id, hostId, sessionId: session.id, key, proof, expiresInSeconds: 3600 },
          device: { id: phone.id, name: 'phone', rung: 'FULL' },
          kind: kind as NewCommand['kind'],
          value: value as NewCommand['value'],
        }),
      )
      written.push(id)
      tries += 2
    }
  }
  // Through the server something harmless goes out, so that the workstation looks at once.
  vouchesWith(phone.token, null)
  await tap.settled(await tap.prompt('still there?'))
  const ends = await eventually(async () => {
    const rows = await at.database.read((tx) => tx.select().from(command).where(inArray(command.id, written)))
    return rows.every(({ settledAt }) => settledAt !== null) ? rows : null
  })
  expect(ends).toHaveLength(written.length)
  for (const { state, refusalCode, kind } of ends)
    expect(`${kind} ${state} ${refusalCode}`).toMatch(/ REFUSED PASSKEY_(REQUIRED|WRONG)$/)

  // The thief cannot have a passkey of their own pinned either: nobody at the terminal, and their own word counts for nothing.
  const alone = await asksToPin(at.gql, phone, own, hostId, own)
  expect(await tap.settled(alone.commandId)).toMatchObject({ state: 'REFUSED', refusal: { code: 'PASSKEY_REQUIRED' } })
  const unpressed = await asksToPin(at.gql, phone, own, hostId)
  expect((await tap.command(unpressed.commandId)).state).toBe('QUEUED')

  expect(session.view().mode.effective?.id).toBe(stood)
  expect(session.view().decisions.map(({ id }) => id)).toEqual([asked.id, planned.id])
  expect(heard()).toBe(before)

  expect((await tap.settled(await tap.permission(asked, 'no'))).state).toBe('APPLIED')
  expect(await permission.answered()).toBe('no')
  expect((await tap.settled(await tap.cancel())).state).toBe('APPLIED')
  figure('a stolen unlocked phone', {
    'ways without its person': Object.keys(ways(pinned, own)).length,
    'upper-rung actions tried, by the server and behind it': tries,
    'with an effect': 0,
    'deny and cancel': 'done',
  })

  // With its person it is done: the way was open.
  vouchesWith(phone.token, pinned)
  expect((await tap.settled(await tap.mode('auto'))).state).toBe('APPLIED')
  const rows = await at.database.read((tx) => tx.select().from(command).where(eq(command.kind, 'SetMode')))
  expect(rows.filter(({ state }) => state === 'APPLIED')).toHaveLength(1)
  void plan
})
