/**
 * [G2] [T5] Somebody can write everything in the server's database and holds no device's key: commands forged, replayed, re-ordered and swapped are put
 * into it behind the server's back, and the workstation does nothing. The same way a genuine one is done, so the way is open.
 */
import { eq, inArray, sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { exportPublicKey, generateKeys, principalId } from '../../protocol/keys.ts'
import { command, device, host } from '../../server/db/schema.ts'
import { encodePayload } from '../../server/store/payload.ts'
import { desk, eventually, folder, until } from '../agent-cli/bridge/desk.ts'
import { enrolled, paired, server } from '../agent-cli/remote/away.ts'
import type { TestServer } from '../kit/server.ts'
import { count, figure } from './figure.ts'
import { forgeries } from './forgeries.ts'
import { mode, prompt, type Row, row, type World } from './forging.ts'

const COUNT_OF_EACH = count(2, Math.ceil(1000 / forgeries.length))

const AT_ONCE = 100

/** Rows as an attacker writes them: numbered on, without a ring. The host's poll finds them. */
async function put(at: TestServer, hostId: string, sessionId: string, rows: readonly Row[]): Promise<void> {
  await at.database.transaction(async (tx) => {
    const [found] = await tx.select().from(host).where(eq(host.id, hostId)).for('update')
    if (!found) throw new Error('no such host')
    const ids = rows.map(({ id }) => id)
    await tx.delete(command).where(inArray(command.id, ids))
    await tx.insert(command).values(
      rows.map(({ value, ...of }, index) => ({
        ...{ ...of, ownerId: found.ownerId, hostId, sessionId, payload: encodePayload(value) },
        ...{ number: found.nextCommandNumber + index, sender: `${of.deviceId}/${of.id}`, deviceName: 'phone' },
        ...{ state: 'QUEUED' as const, expiresAt: sql`now() + interval '1 day'` },
      })),
    )
    const next = found.nextCommandNumber + rows.length
    await tx.update(host).set({ nextCommandNumber: next }).where(eq(host.id, hostId))
  })
}

/** Each row as the host has settled it. */
async function ends(at: TestServer, rows: readonly Row[]) {
  const ids = rows.map(({ id }) => id)
  const found = await eventually(async () => {
    const all = await at.database.read((tx) => tx.select().from(command).where(inArray(command.id, ids)))
    return all.length === rows.length && all.every(({ settledAt }) => settledAt !== null) ? all : null
  }, 240_000)
  return rows.map(({ id }) => found.find((one) => one.id === id))
}

test('[G2] [T5] forged, replayed, re-ordered or swapped, with full write access to the database: no effect on the workstation', {
  timeout: count(300_000, 1_500_000),
}, async () => {
  const at = await server()
  const dataDir = await folder()
  await enrolled(at, dataDir)
  const { session, agent } = await desk({}, { dataDir, ceiling: 'FULL' })
  await session.remote.on()
  await until(session, ({ remote }) => remote.state === 'live')
  const phone = await paired(at, session, 'FULL')
  const tablet = await paired(at, session, 'FULL')
  const answerer = await paired(at, session, 'ANSWER')
  const keys = await generateKeys(false)
  const publicKey = await exportPublicKey(keys.publicKey)
  const stranger = { id: await principalId('dev', publicKey), keys }
  await session.prompt('go')
  await agent.prompted()
  const asked = [agent.asks({ title: 'make', command: 'make' }), agent.asks({ title: 'ls', command: 'ls' })]
  const form = agent.asksForm('Why?', { why: { type: 'string', title: 'Why?' } })
  const { decisions } = await until(session, (view) => view.decisions.length === 3)
  const [permission, otherPermission, question] = decisions
  if (!permission || !otherPermission || !question) throw new Error('three decisions are open')
  const hostId = session.view().remote.hostId ?? ''
  await at.database.transaction(async (tx) => {
    const [ours] = await tx.select().from(host).where(eq(host.id, hostId))
    if (!ours) throw new Error('no such host')
    const of = { ...ours, id: stranger.id, name: 'phone', publicKey, rung: 'FULL' as const }
    await tx.insert(device).values({ ...of, kind: 'BROWSER', tokenHash: 'none', confirmed: true })
  })

  let counter = Date.now()
  const nextCounter = () => ++counter
  const oldCounter = nextCounter()
  counter += 100
  const tabletCounter = nextCounter()
  let unused = tabletCounter
  const world: World = {
    keptBack: () => --unused,
    ...{ hostId, sessionId: session.id, otherSessionId: `ses_${'y'.repeat(22)}`, nextCounter, nowMs: Date.now },
    ...{ phone, tablet, answerer, stranger, permission, otherPermission, question, oldCounter, tabletCounter },
    applied: { id: '', key: '', kind: '', value: {}, deviceId: '', rung: 'FULL', proof: null },
  }
  const say = (content: Parameters<typeof prompt>[0] | ReturnType<typeof mode>, how = {}) => ({
    ...{ content: typeof content === 'string' ? prompt(content) : content, decision: null },
    ...{ key: crypto.randomUUID(), counter: nextCounter(), madeAtMs: Date.now(), ...how },
  })

  // The way is open: what a device has signed is done, also when somebody else has put it there.
  const genuine = await row(world, say('hello'))
  world.applied = genuine
  const chosen = await row(world, say(mode('plan'), { counter: tabletCounter }), { by: tablet })
  const withdrawals = await Promise.all(
    Array.from({ length: 70 }, () =>
      row(world, { ...say('x'), content: { kind: 'WithdrawPrompt', promptId: 'prm_none' } }),
    ),
  )
  const before = [genuine, chosen, ...withdrawals]
  await put(at, hostId, session.id, before)
  const [hello, plan] = await ends(at, before)
  expect([hello?.state, plan?.state]).toEqual(['APPLIED', 'APPLIED'])
  await until(session, (view) => view.mode.effective?.id === 'plan' && JSON.stringify(view.prompts).includes('hello'))

  const heard = JSON.stringify(agent.received())
  const settledView = () => {
    const { decisions, prompts, mode, turn, state, queueHeld } = session.view()
    return JSON.stringify({ decisions: decisions.map(({ id }) => id), prompts, mode, turn, state, queueHeld })
  }
  const was = settledView()
  const forged: Row[] = []
  const names: string[] = []
  for (const { name, forge } of forgeries)
    for (let n = 0; n < COUNT_OF_EACH; n += 1) {
      forged.push(await forge(world))
      names.push(name)
    }
  const outcomes: Awaited<ReturnType<typeof ends>> = []
  // In portions: a busy machine settles a few in a second, and each portion has its own deadline.
  for (let n = 0; n < forged.length; n += AT_ONCE) {
    const portion = forged.slice(n, n + AT_ONCE)
    await put(at, hostId, session.id, portion)
    outcomes.push(...(await ends(at, portion)))
  }
  const wrong = outcomes.flatMap((one, index) => {
    const { codes = [] } = forgeries.find(({ name }) => name === names[index]) ?? {}
    const isRight = one?.state === 'REFUSED' && codes.includes(one.refusalCode ?? '')
    return isRight ? [] : [`${names[index]}: ${one?.state} ${one?.refusalCode} ${one?.refusalRule}`]
  })
  expect(wrong).toEqual([])
  figure('forged commands', {
    classes: forgeries.length,
    'written into the database': forged.length,
    'with an effect': 0,
  })
  expect(forgeries.length).toBeGreaterThanOrEqual(15)
  expect(JSON.stringify(agent.received())).toBe(heard)
  expect(settledView()).toBe(was)

  // Whatever was refused above has closed nothing: the same decision takes its genuine answer.
  await session.answer(permission.id, { is: 'option', optionId: 'deny' })
  expect(await asked[0]?.answered()).toBe('deny')
  expect(form.id).toBeDefined()
})
