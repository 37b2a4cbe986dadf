/**
 * [G4] [T2] Secrets where they must not be: tokens and codes are nowhere in the database in clear; what was said in a session is in no log, also when the database fails over it; a notification says
 * none of known shape. That none leaves the workstation at all is shown with 500 in test/agent-cli/bridge/masking.test.ts.
 */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { rowsOf } from '../../server/db/rows.ts'
import { logText } from '../../server/log-text.ts'
import { desk, folder, until } from '../agent-cli/bridge/desk.ts'
import { planted } from '../agent-cli/masking/planted.ts'
import { enrolled, paired, server } from '../agent-cli/remote/away.ts'
import { createGoverned } from '../kit/governed.ts'
import { steps } from '../kit/people.ts'
import { createPushService } from '../kit/push-service.ts'
import type { TestServer } from '../kit/server.ts'
import { count, figure } from './figure.ts'

/** Everything in every table, as text. */
async function everything({ database }: TestServer): Promise<string> {
  const ask = sql`select table_name as name from information_schema.tables where table_schema = 'public'`
  const parts: string[] = []
  const add = (value: unknown): void => {
    if (value instanceof Uint8Array) parts.push(Buffer.from(value).toString('utf8'))
    else if (typeof value === 'string') parts.push(value)
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(add)
  }
  for (const { name } of rowsOf<{ name: string }>(await database.read((tx) => tx.execute(ask))))
    for (const row of rowsOf<object>(
      await database.read((tx) => tx.execute(sql`select * from ${sql.identifier(name)}`)),
    ))
      add(row)
  return parts.join('\n')
}

test('[T2] no token and no code is in the database in clear', async () => {
  const at = await server()
  const ann = await createGoverned(at)
  const { addScript } = await at.gql<{ addScript: { token: string } }>(
    ann.host.token,
    'mutation($h: ID!) { addScript(input: {hostId: $h, name: "s", rung: FULL}) { token } }',
    { h: ann.host.id },
  )
  const { code } = await steps(at.gql).open(ann.host)
  const { token: pairing } = await steps(at.gql).claim((await steps(at.gql).open(ann.host)).code)
  const secrets = [ann.host.token, ann.session.token, ann.phone.token, ann.admin, addScript.token, pairing, code]
  const there = await everything(at)
  expect(there).toContain(ann.phone.id)
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThanOrEqual(8)
    expect(there).not.toContain(secret)
    expect(there).not.toContain(secret.replace(/^od._/, ''))
  }
  const logged = at.logged.map(String).join('\n')
  for (const secret of secrets) expect(logged).not.toContain(secret)
  figure('planted secrets', {
    'tokens and codes looked for in the database and in the log': secrets.length,
    'found in clear': 0,
  })
})

test('[G4] what was said is in no log, also where the database fails over it', async () => {
  const at = await server()
  const ann = await createGoverned(at)
  const all = planted(count(50, 500))
  // The table is gone while they are being stored: every push fails with the statement and its values.
  await at.database.transaction((tx) => tx.execute(sql`alter table event rename to gone`))
  for (let n = 0; n < all.length; n += 10) {
    const text = all
      .slice(n, n + 10)
      .map((one) => one.text)
      .join('\n')
    await ann.session.push({ agentText: { messageId: 'm', text } }).catch(() => {})
  }
  await at.database.transaction((tx) => tx.execute(sql`alter table gone rename to event`))
  expect(at.logged.length).toBeGreaterThan(0)
  const lines = at.logged.map(logText).join('\n')
  expect(lines).toMatch(/params: \(not logged\)|does not exist/)
  const lineOf = (secret: string) => secret.split('\n')[1] ?? secret
  expect(all.filter(({ secret }) => lines.includes(lineOf(secret))).map(({ what }) => what)).toEqual([])
  figure('planted secrets', { 'said in transcripts while the database failed over them': all.length, 'in the log': 0 })
})

test('[G4] the log’s guard is what keeps them out: the error itself holds the values', () => {
  const error = new Error('Failed query: insert into "event" values ($1)\nparams: hunter2,more\nof it')
  expect(String(error)).toContain('hunter2')
  expect(logText(error)).not.toContain('hunter2')
  expect(logText(error)).not.toContain('of it')
  expect(logText(error)).toMatch(/params: \(not logged\)\n {4}at /)
  expect(logText(new Error('outer', { cause: error }))).not.toContain('hunter2')
})

test('[G4] a notification says no secret of known shape', { timeout: 120_000 }, async () => {
  const at = await server({ push: { allowLoopback: true } })
  const dataDir = await folder()
  await enrolled(at, dataDir)
  const { session, agent } = await desk({}, { dataDir, ceiling: 'FULL' })
  await session.remote.on()
  await until(session, ({ remote }) => remote.state === 'live')
  const phone = await paired(at, session, 'FULL')
  const service = await createPushService()
  await phone.gql('mutation($i: PushSubscriptionInput!) { subscribePush(input: $i) { pushSubscribed } }', {
    i: service.subscription,
  })
  await session.prompt('go')
  await agent.prompted()
  const all = planted(count(8, 48))
  const texts: string[] = []
  for (const { text } of all) {
    const asked = agent.asks({ title: `deploy ${text}`, command: `deploy ${text}` })
    texts.push(await service.next())
    const { decisions } = await until(session, (view) => view.decisions.length > 0)
    await session.answer(decisions[0]?.id ?? '', { is: 'option', optionId: 'deny' })
    await asked.answered()
    // That it is settled is told as well.
    texts.push(await service.next())
  }
  await service.close()
  const said = texts.join('\n')
  expect(said).toContain('deploy')
  expect(all.filter(({ secret }) => said.includes(secret.split('\n')[1] ?? secret)).map(({ what }) => what)).toEqual([])
  figure('planted secrets', { 'notifications opened': texts.length, 'with a secret in them': 0 })
})
