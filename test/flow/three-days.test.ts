/**
 * Three days without a network, by clocks that are put forward: 100,000 events, and decisions that terminal and phone both answer. The server is
 * a process of its own on an embedded database in a folder, as `offdesk serve` has it.
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test, vi } from 'vitest'
import type { SessionView } from '../../agent-cli/bridge/view.ts'
import { createDatabase } from '../../server/db/database.ts'
import { atEnd, desk, eventually, folder, items, until } from '../agent-cli/bridge/desk.ts'
import { type CommandShape, enrolledBy, type Phone, paired, taps } from '../agent-cli/remote/away.ts'
import { createServerProcess } from '../faults/server-process.ts'
import { ask } from '../kit/ask.ts'
import { createWire } from '../kit/wire.ts'

const hours = 72
const eventsPerHour = 1_400
const decisions = 40
const hourMs = 3_600_000
/** The goal is 10 s on a machine that has nothing else to do; the figure is printed. The claim here is that it converges by itself. */
const deadlineMs = 150_000

afterEach(() => void vi.useRealTimers())

test('[E1] [D3] [T2] after 72 hours and 100,000 events off the network a session converges by itself, and every late answer is told that the terminal was first', {
  timeout: 300_000,
}, async () => {
  const dataDir = await folder()
  let died: string | null = null
  const at = await createServerProcess({
    ...{ dist: fileURLToPath(new URL('../../dist', import.meta.url)), dataDir, databaseUrl: null },
    onDeath: (said) => {
      died = said
    },
  })
  await at.start()
  atEnd(() => at.kill())
  const wire = await createWire(at.port)
  atEnd(() => wire.close())
  const place = await folder()
  await enrolledBy(at, at.setupCode ?? '', place)
  const { session, agent } = await desk({}, { dataDir: place, server: wire.url })
  await session.remote.on({ share: true })
  await until(session, ({ remote }) => remote.state === 'live')
  const gql = async <T>(token: string | null, document: string, variables?: object) =>
    (await ask<T>(at.url, token, document, variables)).value()
  const phone = await paired({ gql }, session)
  const tap = taps(phone, session.id)
  await session.prompt('go')
  await agent.prompted()
  const asked = Array.from({ length: decisions }, (_, n) => agent.asks({ title: `step ${n}` }))
  const { decisions: open } = await until(session, (view) => view.decisions.length === decisions)
  await eventually(async () => (await tap.events()).openDecisions.length === decisions)

  wire.cut()
  await until(session, ({ remote }) => remote.state === 'reconnecting')
  vi.useFakeTimers({ toFake: ['Date'] })
  let told = 0
  for (let hour = 1; hour <= hours; hour += 1) {
    vi.setSystemTime(Date.now() + hourMs)
    const lines = Array.from({ length: eventsPerHour }, (_, n) => update(agent.sessionId(), `${hour}-${n}`))
    agent.writes(lines.join('\n'))
    const due = open[Math.floor(((hour - 1) * decisions) / hours)]
    if (due !== undefined && session.view().decisions.some(({ id }) => id === due.id)) {
      await session.answer(due.id, { is: 'option', optionId: 'deny' })
      told += 1
    }
    const last = `"${hour}-${eventsPerHour - 1}"`
    await until(session, (view) => JSON.stringify(longCall(view)).includes(last), 60_000)
  }
  await until(
    session,
    ({ remote }) => remote.state === 'offline' && remote.pendingEvents > hours * eventsPerHour,
    60_000,
  )
  expect(told).toBe(decisions)
  for (const question of asked) expect(await question.answered()).toBe('deny')
  // The server has lived through the same three days: what it gave out has expired, and the phone answers in the last hour of them.
  at.program.shiftClock(hours * hourMs)
  const late = await Promise.all(open.map((decision) => tap.permission(decision, 'allow')))
  const pending = session.view().remote.pendingEvents
  expect(pending).toBeGreaterThan(hours * eventsPerHour)

  const [healed, cpuBefore] = [performance.now(), process.cpuUsage()]
  wire.mend()
  await until(session, ({ remote }) => remote.state === 'live' && remote.pendingEvents === 0, deadlineMs)
  const pushedMs = performance.now() - healed
  const outcomes = await eventually(() => settled(phone, late))
  const settledMs = performance.now() - healed
  const [confirmed, answered] = [pushedMs, settledMs].map(Math.round)
  const cpu = process.cpuUsage(cpuBefore)
  console.info(
    `${pending} events confirmed ${confirmed} ms after the heal, ${late.length} late answers told after ${answered} ms, ${Math.round((cpu.user + cpu.system) / 1_000)} ms of the host’s CPU`,
  )
  expect(outcomes.map(({ state, winner }) => [state, winner?.origin.surface, winner?.optionId])).toEqual(
    late.map(() => ['SUPERSEDED', 'TERMINAL', 'deny']),
  )
  expect((await tap.events()).openDecisions).toEqual([])
  expect(settledMs).toBeLessThan(deadlineMs)
  expect(died).toBeNull()
  await at.stop()
  const database = await createDatabase({ dataDir: join(dataDir, 'server', 'db') })
  atEnd(() => database.close())
  const rows = await database.read((tx) =>
    tx.execute(`select count(*)::int as count, max(seq)::int as last, min(seq)::int as first from event`),
  )
  const [{ count, first, last } = { count: 0, first: 0, last: 0 }] = (
    rows as unknown as { rows: { count: number; first: number; last: number }[] }
  ).rows
  expect([first, count]).toEqual([1, last])
  expect(count).toBeGreaterThan(hours * eventsPerHour)
})

/** All of them, once none is open any more: in one look, for forty at a time would be most of the server's work. */
async function settled(phone: Phone, ids: readonly string[]): Promise<CommandShape[] | null> {
  const shape = 'id state refusal { code message rule } winner { optionId origin { surface } }'
  const each = ids.map((id, n) => `c${n}: command(id: "${id}") { ${shape} }`)
  const found = Object.values(await phone.gql<Record<string, CommandShape>>(`{ ${each.join(' ')} }`))
  return found.some(({ state }) => ['QUEUED', 'DELIVERED'].includes(state)) ? null : found
}

const longCall = (view: SessionView) =>
  items(view, 'toolCall').find(({ call }) => call.toolCallId === 'long-call') ?? null

const update = (sessionId: string, text: string): string =>
  JSON.stringify({
    jsonrpc: '2.0',
    method: 'session/update',
    params: {
      sessionId,
      update: {
        sessionUpdate: 'tool_call_update',
        toolCallId: 'long-call',
        status: 'in_progress',
        content: [{ type: 'content', content: { type: 'text', text } }],
      },
    },
  })
