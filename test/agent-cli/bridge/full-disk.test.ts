/** A session whose folder lies on a real file system of a few megabytes, which fills up and gets room again. */
import { mkdtempSync, rmdirSync } from 'node:fs'
import { rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLog } from '../../../agent-cli/journal/log.ts'
import { mountSmallDisk, releaseSmallDisk } from '../../kit/small-disk.ts'
import { enrolled, paired, server, taps } from '../remote/away.ts'
import { atEnd, desk, eventually, firstDecision, items, until } from './desk.ts'

test('[E1] [C3] on a full disk terminal and agent go on, devices are told what becomes of their commands, and nothing is torn', async ({
  skip,
}) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'offdesk-small-disk-'))
  atEnd(() => {
    releaseSmallDisk(dataDir)
    rmdirSync(dataDir)
  })
  if (!mountSmallDisk(dataDir, 3 * 1024 * 1024)) return skip('This user may not mount a file system.')
  const at = await server()
  await enrolled(at, dataDir)
  const { session, agent } = await desk({}, { dataDir })
  await session.remote.on({ share: true })
  const tap = taps(await paired(at, session), session.id)
  await session.prompt('go')
  await agent.prompted()
  agent.says('before. ')
  await eventually(async () => (await tap.events()).events.some(({ text }) => text === 'before. '))

  const filler = join(dataDir, 'filler')
  const { bavail, bsize } = await statfs(dataDir)
  await writeFile(filler, Buffer.alloc(bavail * bsize)).catch(() => undefined)
  // More than what is left of the pages that the files have already.
  agent.says('while full. '.repeat(1_000))
  const full = await until(session, ({ journal }) => journal.state === 'failed')
  expect(full.journal.message).toContain('The disk is full')
  expect(full.journal.message).toContain('The session goes on here')
  const asked = agent.asks({ title: 'make' })
  const decision = await firstDecision(session)
  await session.answer(decision.id, { is: 'option', optionId: 'allow' })
  expect(await asked.answered()).toBe('allow')
  expect(items(session.view(), 'decisionSettled')).toHaveLength(1)
  expect(['APPLIED', 'REFUSED']).toContain((await tap.settled(await tap.cancel())).state)

  await rm(filler)
  await until(session, ({ journal, remote }) => journal.state === 'ok' && remote.pendingEvents === 0)
  const kinds = ['DecisionOpened', 'DecisionSettled']
  const seen = await eventually(async () => {
    const now = await tap.events()
    return kinds.every((kind) => now.events.some(({ __typename }) => __typename === kind)) ? now : null
  })
  expect(seen.openDecisions).toEqual([])
  expect(seen.events.map(({ seq }) => seq)).toEqual(seen.events.map((_, index) => index + 1))
  const spoken = seen.events.filter(({ __typename }) => __typename === 'AgentText')
  expect(spoken.map(({ text }) => text).join('') === `before. ${'while full. '.repeat(1_000)}`).toBe(true)
  await session.close()
  const log = await openLog(join(dataDir, 'sessions', session.id, 'events.log'))
  expect([log.warnings, log.droppedBytes]).toEqual([[], 0])
  await log.close()
})
