/**
 * [G4] Secrets of known shape do not leave the workstation: 500 are planted in everything an agent can say and a person can type, and neither the bytes on
 * the wire nor the server's database hold one. What a device approves is still what is asked (docs/decisions/0015-masking.md).
 */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { remoteReport } from '../../../agent-cli/terminal/words.ts'
import type { Database } from '../../../server/db/database.ts'
import { rowsOf } from '../../../server/db/rows.ts'
import { memoryDatabase } from '../../kit/seed.ts'
import { createWire } from '../../kit/wire.ts'
import { figure } from '../../trust/figure.ts'
import { type Planted, planted } from '../masking/planted.ts'
import { enrolled, paired, server, taps } from '../remote/away.ts'
import { atEnd, desk, eventually, firstDecision, folder, items, until } from './desk.ts'

/** Everything in every table, as text. */
async function everything(database: Database): Promise<string> {
  const names = await database.read((tx) =>
    tx.execute(sql`select table_name as name from information_schema.tables where table_schema = 'public'`),
  )
  const parts: string[] = []
  const add = (value: unknown): void => {
    if (value instanceof Uint8Array) parts.push(Buffer.from(value).toString('utf8'))
    else if (typeof value === 'string') parts.push(value)
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(add)
  }
  for (const { name } of rowsOf<{ name: string }>(names)) {
    const rows = await database.read((tx) => tx.execute(sql`select * from ${sql.identifier(name)}`))
    for (const row of rowsOf<object>(rows)) add(row)
  }
  return parts.join('\n')
}

/** As it could stand in a text: whole, or a line of a block, plain or in JSON. */
const lookFor = ({ secret }: Planted): string => (secret.includes('\n') ? (secret.split('\n')[1] ?? secret) : secret)

test('[G4] of 500 planted secrets none reaches the server, by wire or in its database; the terminal shows them, and how many were masked', {
  timeout: 120_000,
}, async () => {
  const database = await memoryDatabase()
  const at = await server({ database })
  const sent: Buffer[] = []
  const wire = await createWire(at.port, (bytes) => void sent.push(bytes))
  atEnd(() => wire.close())
  const dataDir = await folder()
  await enrolled({ ...at, url: wire.url }, dataDir)
  const { session, agent } = await desk({}, { dataDir, ceiling: 'FULL', name: `about ${planted(1, 'name')[0]?.text}` })
  await session.remote.on()
  await until(session, ({ remote }) => remote.state === 'live')
  const phone = await paired(at, session, 'FULL')
  const tap = taps(phone, session.id)
  const all = planted(500)
  const take = (() => {
    let next = 0
    return (count: number): string => {
      const some = all.slice(next, next + count)
      next += count
      return some.map(({ text }) => `- ${text}`).join('\n')
    }
  })()
  const [first] = all
  await session.prompt(`Look at this:\n${take(40)}`)
  await agent.prompted()
  // Streamed in pieces that cut wherever they do, with numbers in between that end no sentence.
  const streamed = take(160)
  for (let at = 0; at < streamed.length; at += 97) {
    agent.says(streamed.slice(at, at + 97), { messageId: 'one' })
    if (at % 970 === 0) agent.update({ sessionUpdate: 'usage_update', used: at, size: 100_000 })
    if (at % 485 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  const thought = take(50)
  for (let at = 0; at < thought.length; at += 41) agent.thinks(thought.slice(at, at + 41))
  const call = agent.starts('cat .env', { rawInput: { command: `export A=1\n${take(50)}`, env: { deep: [take(50)] } } })
  agent.reports(call, `${take(50)}\n${'x'.repeat(90_000)}\n${take(50)}`)
  const asked = agent.asks({ title: 'deploy', command: `deploy ${take(49)}` })
  const decision = await firstDecision(session)
  // What leaves is what a device hashes: the same text, the same digest, and the approval reaches the agent.
  const seen = await eventually(async () => {
    const document = 'query($s: ID!, $d: ID!) { session(id: $s) { decision(id: $d) { evidence evidenceDigest } } }'
    type Answer = { session: { decision: { evidence: string; evidenceDigest: string } | null } }
    return (await phone.gql<Answer>(document, { s: session.id, d: decision.id })).session.decision
  })
  expect(seen.evidence).toContain('[masked ')
  expect(decision.evidence).not.toContain('[masked ')
  const answer = await tap.permission(decision, 'allow')
  expect(await asked.answered()).toBe('allow')
  expect((await tap.settled(answer)).state).toBe('APPLIED')
  agent.says(`Done. ${take(1)}`)
  agent.ends()
  await until(session, ({ state, remote }) => state === 'IDLE' && remote.pendingEvents === 0)

  const there = await everything(database)
  const bytes = Buffer.concat(sent).toString('utf8')
  expect(there.length).toBeGreaterThan(90_000)
  expect(all.filter((one) => there.includes(lookFor(one))).map(({ what }) => what)).toEqual([])
  expect(all.filter((one) => bytes.includes(lookFor(one))).map(({ what }) => what)).toEqual([])
  expect(bytes).not.toContain(planted(1, 'name')[0]?.secret)
  expect(there.split('[masked ').length).toBeGreaterThan(450)
  figure('planted secrets', {
    'of known shape, said by agent and person': all.length,
    'on the wire': 0,
    'in the database': 0,
  })
  const view = session.view()
  expect(JSON.stringify(view.transcript)).toContain(first?.secret)
  // A block of lines looks another in JSON, and counts as another.
  expect(view.remote.maskedSecrets).toBeGreaterThanOrEqual(501)
  expect(remoteReport(view, Date.now()).join('\n')).toMatch(/5\d\d secrets were masked in what devices see/)
  const notices = items(view, 'notice').map((item) => JSON.stringify(item))
  expect(notices.some((one) => /secrets were masked in this session before anything left this machine/.test(one))).toBe(
    true,
  )
})

test('[G4] [T5] two commands that differ in nothing but a secret are two things to approve: a digest of one answers no other', async () => {
  const at = await server()
  const dataDir = await folder()
  await enrolled(at, dataDir)
  const { session, agent } = await desk({}, { dataDir, ceiling: 'FULL' })
  await session.remote.on()
  await until(session, ({ remote }) => remote.state === 'live')
  const tap = taps(await paired(at, session, 'FULL'), session.id)
  await session.prompt('go')
  await agent.prompted()
  const [one, , , , , , , , , , , , , , , , other] = planted(20)
  agent.asks({ title: 'deploy', command: `deploy ${one?.text}` })
  agent.asks({ title: 'deploy', command: `deploy ${other?.text}` })
  const { decisions } = await until(session, (view) => view.decisions.length === 2)
  const [here, there] = decisions
  if (!here || !there) throw new Error('two decisions are open')
  expect(here.evidenceDigest).not.toBe(there.evidenceDigest)
  const sent = await tap.permission(here, 'allow', { evidenceDigest: there.evidenceDigest }).then(
    (id) => tap.settled(id),
    (error: unknown) => ({ state: 'REFUSED', error }),
  )
  expect(sent.state).toBe('REFUSED')
})
