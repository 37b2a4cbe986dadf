import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { other } from '../../../agent-cli/agent/translate/update.ts'
import { openBodies } from '../../../agent-cli/journal/bodies.ts'
import { openLog } from '../../../agent-cli/journal/log.ts'
import { createHostLink } from '../../../agent-cli/remote/host-link.ts'
import { createPusher } from '../../../agent-cli/remote/pusher.ts'
import { randomText } from '../../../protocol/bytes.ts'
import { atEnd, folder } from '../bridge/desk.ts'
import { enrolled, server } from './away.ts'

vi.setConfig({ testTimeout: 60_000 })

/** Pushes these bodies to a real server as one backlog; returns what it stored. */
async function pushed(
  bodies: object[],
): Promise<{ __typename: string; kind?: string; json?: string; text?: string }[]> {
  const at = await server()
  const dataDir = await folder()
  await enrolled(at, dataDir)
  const link = await createHostLink({ dataDir, endpoint: { url: at.url } })
  atEnd(() => link.close())
  const files = await folder()
  const log = await openLog(join(files, 'events.log'))
  await Promise.all(bodies.map((body) => log.append(1, body)))
  const id = `ses_${randomText(17).slice(0, 22)}`
  const call = link.callFor(id)
  const agent = { id: 'x', name: 'X' }
  const facts = {
    epoch: 1,
    attachmentId: 'att',
    ceiling: 'STEER',
    cwd: '/',
    createdAt: new Date().toISOString(),
  } as const
  const pusher = createPusher({
    ...{ call, log, bodies: await openBodies(join(files, 'bodies')), onChange: () => {} },
    start: () => ({ id, hostId: link.identity.hostId, agent, ...facts }),
  })
  atEnd(async () => [await pusher.close(), await log.close()])
  await pusher.flushed(AbortSignal.timeout(30_000))
  expect(pusher.state).toMatchObject({ is: 'live' })
  expect(pusher.ackedSeq).toBe(bodies.length)
  const rows = await at.database.read((tx) =>
    tx.execute(`select kind, convert_from(payload, 'UTF8') as json from event order by seq`),
  )
  return (rows as unknown as { rows: { kind: string; json: string }[] }).rows.map(({ kind, json }) => ({
    __typename: kind,
    json,
  }))
}

test('[E7] [peer 14] a field the server does not know costs one event its form, and no other anything', async () => {
  const text = (n: number) => ({ agentText: { messageId: 'm', text: `${n}` } })
  const odd = { agentText: { messageId: 'm', text: 'odd', colour: 'red' } }
  const stored = await pushed([...Array.from({ length: 20 }, (_, n) => text(n)), odd, ...[21, 22].map(text)])
  expect(stored.map(({ json }) => json?.includes('colour') ?? false).indexOf(true)).toBe(20)
  expect(stored[20]?.__typename).toBe('AgentText')
  expect(stored.filter(({ json }) => json?.includes('"messageId":"m"')).length).toBeGreaterThanOrEqual(22)
  expect(stored.some(({ __typename }) => __typename === 'Tombstone')).toBe(false)
})

test('[E7] a backlog that is too large only as the server counts it is pushed in smaller batches', async () => {
  const locations = Array.from({ length: 100 }, () => ({ path: 'a' }))
  const call = (n: number) => ({ toolCallChanged: { toolCallId: `call-${n}`, locations } })
  expect(await pushed(Array.from({ length: 480 }, (_, n) => call(n)))).toHaveLength(480)
})

test('[E9] an extension of an agent, whatever its name, is shown as what it is', async () => {
  const stored = await pushed([other('_agent/hello', { a: 1 }), other('two words', { b: 2 })])
  expect(stored.map(({ __typename }) => __typename)).toEqual(['_agent/hello', 'unknown'])
  expect(stored[1]?.json).toContain('two words')
})
