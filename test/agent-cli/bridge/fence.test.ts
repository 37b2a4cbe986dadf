// Two processes' worth of one session: its folder was copied (a clone of the machine, a restored backup), and both go on.
import { cp, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { enrolled, paired, server, taps } from '../remote/away.ts'
import { desk, eventually, folder, items, until } from './desk.ts'

/** A copy of everything the machine keeps, as it would be after its process had died. */
async function copied(dataDir: string, sessionId: string): Promise<string> {
  const copy = await folder()
  await cp(dataDir, copy, { recursive: true })
  await truncate(join(copy, 'sessions', sessionId, 'lock.1'))
  return copy
}

async function twins() {
  const at = await server()
  const dataDir = await folder()
  await enrolled(at, dataDir)
  const older = await desk({}, { dataDir })
  await older.session.remote.on()
  await until(older.session, ({ remote }) => remote.state === 'live' && remote.pendingEvents === 0)
  const phone = await paired(at, older.session)
  const copy = await copied(dataDir, older.session.id)
  const newer = await desk({}, { dataDir: copy, resumeSessionId: older.session.id })
  return { at, phone, older, newer }
}

test('[E4][C3] of two processes on one session the newer carries the commands out, the older none, and says that it is fenced', async () => {
  const { phone, older, newer } = await twins()
  const tap = taps(phone, older.session.id)
  await newer.session.remote.on()
  await until(newer.session, ({ remote }) => remote.state === 'live' && remote.pendingEvents === 0)
  // Both wait for commands of the one host; nothing makes the older one push.
  for (let n = 1; n <= 5; n += 1) {
    const command = await tap.prompt(`prompt ${n}`)
    expect((await newer.agent.prompted()).text).toBe(`prompt ${n}`)
    newer.agent.ends()
    expect((await tap.settled(command)).state).toBe('APPLIED')
  }
  const fenced = await until(older.session, ({ remote }) => remote.state === 'refused')
  expect(fenced.remote.reason).toContain('another Offdesk process')
  expect(items(older.session.view(), 'userPrompt')).toEqual([])
  expect(items(newer.session.view(), 'userPrompt')).toHaveLength(5)
})

test('[E4] a newer process that the server does not know yet is given its commands once it does', async () => {
  const { phone, older, newer } = await twins()
  const tap = taps(phone, older.session.id)
  await older.session.remote.off()
  const command = await tap.prompt('for whoever comes')
  await newer.session.remote.on()
  expect((await newer.agent.prompted()).text).toBe('for whoever comes')
  newer.agent.ends()
  expect((await tap.settled(command)).state).toBe('APPLIED')
  await eventually(async () => (await tap.events()).state === 'IDLE')
})

test('[E1][E4] what the older one still published under the newer one’s numbers stays, the newer goes on above it, and nothing is left open', async () => {
  const { at, phone, older, newer } = await twins()
  const tap = taps(phone, older.session.id)
  await older.session.prompt('of the older')
  await older.agent.prompted()
  older.agent.says('said by the older')
  const asked = older.agent.asks({ title: 'make' })
  void asked
  await eventually(async () => (await tap.events()).openDecisions.length === 1)
  const stored = async () => {
    const text = `select seq, digest, kind, convert_from(payload, 'UTF8') as json from event order by seq`
    const rows = await at.database.read((tx) => tx.execute(text))
    return (rows as unknown as { rows: { seq: number; digest: string; kind: string; json: string }[] }).rows
  }
  const before = await stored()
  await newer.session.remote.on()
  await until(newer.session, ({ remote }) => remote.state === 'live' && remote.pendingEvents === 0)
  await newer.session.prompt('of the newer')
  await newer.agent.prompted()
  newer.agent.says('said by the newer')
  newer.agent.ends()
  const after = await eventually(async () => {
    const now = await stored()
    return now.at(-1)?.kind === 'TurnEnded' ? now : null
  })
  expect(after.slice(0, before.length)).toEqual(before)
  expect(after.map(({ seq }) => Number(seq))).toEqual(after.map((_, index) => index + 1))
  const texts = after.map(({ json }) => json).join()
  for (const said of ['said by the older', 'said by the newer', 'from a copy of this session'])
    expect(texts).toContain(said)
  expect(new Set(after.map(({ digest }) => String(digest))).size).toBe(after.length)
  const seen = await tap.events()
  expect([seen.state, seen.openDecisions]).toEqual(['IDLE', []])
  const states = new Map(seen.events.flatMap(({ text, promptState }) => (promptState ? [[text, promptState]] : [])))
  expect([states.get('of the older'), states.get('of the newer')]).toEqual(['UNKNOWN', 'DONE'])
  // What the older one says from now on stays with it.
  older.agent.says('said too late')
  expect((await until(older.session, ({ remote }) => remote.state === 'refused')).remote.reason).toContain(
    'taken it over',
  )
  // Restarted, the newer one still knows its numbers.
  await newer.session.remote.off()
  await newer.session.remote.on({ share: true })
  await until(newer.session, ({ remote }) => remote.state === 'live' && remote.pendingEvents === 0)
  expect((await stored()).slice(0, after.length)).toEqual(after)
})
