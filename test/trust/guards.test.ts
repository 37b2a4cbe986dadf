/** [T5] Each guard of the workstation, and what gets through when that one guard is taken away: by what it is given here, never by a switch in the product. */
import { beforeAll, expect, test } from 'vitest'
import { createCounters } from '../../agent-cli/journal/counters.ts'
import type { HostCommand } from '../../agent-cli/remote/host-operations.ts'
import type { TrustedDevice } from '../../agent-cli/remote/roster.ts'
import { standing } from '../../agent-cli/rules/rules.ts'
import type { Asking } from '../../agent-cli/trust/freshness.ts'
import { createVouched } from '../../agent-cli/trust/step-up.ts'
import { type Verifying, verifyCommand } from '../../agent-cli/trust/verify.ts'
import { randomText } from '../../protocol/bytes.ts'
import { exportPublicKey, generateKeys, principalId } from '../../protocol/keys.ts'
import { createAuthenticator } from '../kit/authenticator.ts'
import { forgeries } from './forgeries.ts'
import { type Hand, type Row, row, say, type World } from './forging.ts'

let world: World
let phone: TrustedDevice
let stranger: string
const width = 4
const session = `ses_${'a'.repeat(22)}`

beforeAll(async () => {
  const made = await Promise.all([hand(), hand(), hand()])
  const [one, two, three] = made
  if (!one || !two || !three) throw new Error('three hands were made')
  let counter = Date.now()
  const asked = { id: `dec_${'b'.repeat(22)}`, epoch: 1, evidence: 'make' }
  const hands = { phone: one.hand, tablet: one.hand, answerer: two.hand, stranger: three.hand }
  world = {
    ...{ hostId: `hst_${'c'.repeat(22)}`, sessionId: session, otherSessionId: `ses_${'d'.repeat(22)}`, ...hands },
    ...{ permission: asked, otherPermission: { ...asked, id: `dec_${'e'.repeat(22)}` }, question: asked },
    ...{ tabletCounter: counter, oldCounter: counter - 100, nowMs: Date.now, nextCounter: () => ++counter },
    ...{ keptBack: () => counter - 50, applied: {} as Row },
  }
  phone = { id: one.hand.id, name: 'phone', publicKey: one.publicKey, rung: 'FULL', via: 'paired', addedAt: '' }
  stranger = three.publicKey
})

async function hand(): Promise<{ hand: Hand; publicKey: string }> {
  const keys = await generateKeys(false)
  const publicKey = await exportPublicKey(keys.publicKey)
  return { hand: { id: await principalId('dev', publicKey), keys }, publicKey }
}

/** As the host is given it. */
const arrived = ({ value, kind, ...of }: Row): HostCommand =>
  ({ ...of, ...value, __typename: kind, sessionId: session, promptModeId: null }) as unknown as HostCommand

/** The guards as they are, with a window of four and a last mode. */
function guarded(): Verifying {
  const counters = createCounters(width)
  for (let n = 0; n < width; n += 1) counters.use({ deviceId: phone.id, counter: world.tabletCounter - n }, 'SetMode')
  const own = {
    option: (_decision: string, id: string) => (id === 'allow' ? 'Allow' : 'Deny'),
    mode: (id: string) => id,
  }
  const stepUp = { stepUp: standing([]).stepUp.value, vouched: createVouched() }
  return { hostId: world.hostId, sessionId: session, counters, own, now: Date.now, ...stepUp }
}

const asking = { needs: 'ANSWER', isAnswer: true, takesAway: false } as const
const noCounters = { standing: () => 'free' as const, lastOf: () => null }

/** Guard, the forgery it stops, and what is given instead of it. */
const guards: readonly [
  string,
  string,
  () => Partial<{ given: Partial<Verifying>; device: TrustedDevice; ask: object }>,
][] = [
  [
    'the key that pairing put into the roster',
    'forged: signed with a key of the attacker’s',
    () => ({ device: { ...phone, publicKey: stranger } }),
  ],
  [
    'the host’s own id in the bytes',
    'swapped: said to another host',
    () => ({ given: { hostId: `hst_${'x'.repeat(22)}` } }),
  ],
  [
    'the host’s own words for an option',
    'swapped: the labels on the buttons',
    () => ({ given: { own: { option: () => 'Deny', mode: () => null } } }),
  ],
  [
    'the host’s own words for a mode',
    'swapped: the label of a mode',
    () => ({ given: { own: { option: () => null, mode: () => 'plan' } } }),
  ],
  ['the counters that were used', 'replayed: a counter that was used', () => ({ given: { counters: noCounters } })],
  ['the window', 're-ordered: kept back until it is below the window', () => ({ given: { counters: noCounters } })],
  [
    'the clock of this machine',
    'kept back: an approval, 20 minutes',
    () => ({ given: { now: () => Date.now() - 1_200_000 } }),
  ],
  [
    'the clock of this machine',
    'from the future: an approval',
    () => ({ given: { now: () => Date.now() + 3_600_000 } }),
  ],
  [
    'the digest of what was shown',
    'forged: an approval that never said what was shown',
    () => ({ ask: { ...asking, isAnswer: false } }),
  ],
]

test.each(guards)('[T5] %s stops what is “%s”, and without it that gets through', async (_guard, name, without) => {
  const forgery = forgeries.find((one) => one.name === name)
  if (!forgery) throw new Error(`there is no class “${name}”`)
  const command = arrived(await forgery.forge(world))
  const whole = guarded()
  const refused = await verifyCommand(command, phone, asking, whole)
  expect(forgery.codes).toContain(refused.refused?.code)
  const { given = {}, device = phone, ask = asking } = without()
  expect(await verifyCommand(command, device, { ...asking, ...ask }, { ...whole, ...given })).toMatchObject({
    refused: null,
  })
})

test('[T5] [C1] a command under an id that is not its own is stopped, and the same under its own is taken', async () => {
  const made = await row(world, say(world, { kind: 'StopSession' }))
  const other = { ...made, id: `cmd_${randomText(17).slice(0, 22)}` }
  const ask = { ...asking, isAnswer: false }
  expect((await verifyCommand(arrived(other), phone, ask, guarded())).refused?.rule).toBe('T5 id')
  expect((await verifyCommand(arrived(made), phone, ask, guarded())).refused).toBeNull()
})

test('[T4] the passkey that must vouch, its pin and its policy each stop a command that is signed well, and without them it gets through', async () => {
  const pinned = createAuthenticator({ origin: 'http://localhost:4780' })
  const thief = createAuthenticator({ origin: 'http://localhost:4780' })
  const pin = (publicKey: string) => ({
    id: pinned.id,
    publicKey,
    origin: pinned.origin,
    name: '',
    via: '',
    pinnedAt: '',
  })
  const known = { ...phone, passkeys: [pin(pinned.publicKey)] }
  const voucher = { passkeyId: pinned.id, vouch: async (text: string) => ({ ...thief.get(text), id: pinned.id }) }
  const autopilot = { needs: 'FULL', isAnswer: false, takesAway: false } as const
  const codeOf = async (command: HostCommand, device: TrustedDevice, ask: Asking, given = guarded()) =>
    (await verifyCommand(command, device, ask, given)).refused?.code ?? null

  const bare = arrived(await row(world, say(world, { kind: 'StopSession' })))
  expect(await codeOf(bare, known, autopilot)).toBe('PASSKEY_REQUIRED')
  expect(await codeOf(bare, { ...known, isUnattended: true }, autopilot)).toBeNull()
  expect(await codeOf(bare, known, { ...autopilot, needs: 'STEER' })).toBeNull()

  const swapped = arrived(await row(world, say(world, { kind: 'StopSession' }), { voucher }))
  expect(await codeOf(swapped, known, autopilot)).toBe('PASSKEY_WRONG')
  expect(await codeOf(swapped, { ...known, passkeys: [pin(thief.publicKey)] }, autopilot)).toBeNull()

  // A policy asks it of prompts as well: then one is good for its minutes, from when it was said.
  const stepUp = { from: 'STEER', answerMinutes: 15, steerMinutes: 15 } as const
  const prompt = { ...autopilot, needs: 'STEER' } as const
  const governed = { ...guarded(), stepUp }
  expect(await codeOf(bare, known, prompt, governed)).toBe('PASSKEY_REQUIRED')
  const good = { passkeyId: pinned.id, vouch: async (text: string) => pinned.get(text) }
  const vouched = arrived(await row(world, say(world, { kind: 'StopSession' }), { voucher: good }))
  expect(await codeOf(vouched, known, prompt, governed)).toBeNull()
  expect(await codeOf(bare, known, prompt, governed)).toBeNull()
  const later = { ...governed, now: () => Date.now() + 16 * 60_000 }
  expect(await codeOf(bare, known, prompt, later)).toBe('PASSKEY_REQUIRED')
  expect(await codeOf(vouched, known, prompt, { ...later, vouched: createVouched() })).toBe('STALE')
  expect(await codeOf(bare, known, { ...prompt, takesAway: true }, later)).toBeNull()
})
