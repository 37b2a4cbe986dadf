/**
 * [T4] [F4] Who may not look is shown nothing, over any road (docs/decisions/0023): what `allowance` says of it is what stops each of them. Taken away here, by what the rooms are given in its
 * stead, the same requests of the same device show everything. Nothing in the product can turn it off.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type * as allowances from '../../server/policy/allowance.ts'
import type { Governed } from '../kit/governed.ts'
import type { TestServer } from '../kit/server.ts'
import { figure } from './figure.ts'

const ROOM = '../../server/policy/allowance.ts'
const guard = { isGone: false }

let server: TestServer
let at: Governed
// The rooms are loaded once more, round the one that is exchanged: files share a process, and others have loaded them as they are.
beforeAll(async () => {
  vi.doMock(ROOM, async (original) => {
    const own = await original<typeof allowances>()
    const allowance: typeof own.allowance = (...given) => {
      const { rung, limit, unseen } = own.allowance(...given)
      return { rung, limit, ...(unseen && !guard.isGone && { unseen }) }
    }
    return { ...own, allowance }
  })
  vi.resetModules()
  const { startServer } = await import('../kit/server.ts')
  const { createGoverned } = await import('../kit/governed.ts')
  server = await startServer()
  at = await createGoverned(server)
  await at.apply(at.organisationId, {
    remoteControl: 'VIEW_AND_CONTROL',
    stepUp: { from: 'VIEW', viewMinutes: 60 },
  })
  await at.join()
}, 60_000)
afterAll(async () => {
  await server?.close()
  vi.doUnmock(ROOM)
  vi.resetModules()
})

test('[T4] reads, lists and subscriptions show nothing to a device whose person was not verified, and all of it without this guard', async () => {
  const id = at.session.id
  await at.session.asks('Open sesame?', 'sesame /home/ann/vault')
  const reads: Record<string, string> = {
    session: `{ session(id: "${id}") { title cwd events(first: 5) { edges { node { __typename } } } } }`,
    sessions: '{ sessions(first: 5) { edges { node { id title } } } }',
    decisions: '{ decisions(first: 5) { edges { node { title evidence } } } }',
    search: `{ session(id: "${id}") { search(words: "sesame") { __typename } } }`,
  }
  const follows: Record<string, string> = {
    eventsAppended: `subscription { eventsAppended(sessionId: "${id}") { lastSeq } }`,
    commandsChanged: `subscription { commandsChanged(sessionId: "${id}") { isSnapshot } }`,
    sessionsChanged: 'subscription { sessionsChanged { sessions { id } } }',
    decisionsChanged: 'subscription { decisionsChanged { decisions { id evidence } } }',
  }
  /** Which roads show anything of a session now. */
  async function shown(): Promise<string[]> {
    const roads: string[] = []
    for (const [road, document] of Object.entries(reads)) {
      const { data, errors } = await server.ask<Record<string, unknown>>(at.phone.token, document)
      if (errors.length === 0 && data) roads.push(road)
      else expect(errors[0]?.extensions?.code, road).toBe('PASSKEY_REQUIRED')
    }
    for (const [road, document] of Object.entries(follows)) {
      const told = server.subscribe(at.phone.token, document)
      const frame = await told.next().catch(() => null)
      if (/"lastSeq"|"isSnapshot"|"id"/.test(JSON.stringify(frame))) roads.push(road)
      told.close()
    }
    return roads.sort()
  }
  const withGuard = await shown()
  expect(withGuard).toEqual([])
  guard.isGone = true
  const without = await shown()
  guard.isGone = false
  expect(without).toEqual([...Object.keys(reads), ...Object.keys(follows)].sort())
  figure('who may not look', {
    'roads to what is said': without.length,
    'that show something to a device that must be verified first': withGuard.length,
    'that show it without the guard': without.length,
  })
})
