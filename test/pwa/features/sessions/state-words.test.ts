import { describe, expect, it } from 'vitest'
import { layOut, matching } from '../../../../pwa/features/sessions/grouping.ts'
import { GRACE_MS, hostLife } from '../../../../pwa/features/sessions/host-life.ts'
import type { SessionRow } from '../../../../pwa/features/sessions/session-row.ts'
import { endedWords, glanceOf, type Waiting } from '../../../../pwa/features/sessions/state-words.ts'

const now = Date.parse('2026-03-02T14:10:00.000Z')
const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString()
const session = (change: Partial<SessionRow> = {}): SessionRow => ({
  id: 'ses_1',
  title: 'Idempotent invoices',
  name: null,
  state: 'IDLE',
  stateDetail: null,
  stateSince: ago(2),
  createdAt: ago(60),
  updatedAt: ago(1),
  archivedAt: null,
  endedAt: null,
  endReason: null,
  cwd: '/home/anna/src/billing',
  branch: 'main',
  repository: 'acme/billing',
  agent: { id: 'claude', name: 'Claude Code' },
  mode: { id: 'auto', name: 'Autopilot', canonical: 'AUTOPILOT', description: null },
  allowed: { rung: 'STEER', rule: null, code: null, message: null },
  host: { id: 'hst_1', name: 'atlas', lastSeenAt: ago(0), liveUntil: ago(-1) },
  ...change,
})
const live = { live: true } as const
const offline = { live: false, since: now - 480_000 } as const
const waiting: Waiting = {
  id: 'dec_1',
  kind: 'PERMISSION',
  toolKind: 'execute',
  title: 'Run this command?',
  openedAt: ago(4),
}
it('[B6] with this phone offline a row says what was true, and no arc turns', () => {
  const glance = glanceOf(session({ state: 'WORKING' }), live, null, true)
  expect(glance).toMatchObject({ word: 'Was working', sign: { kind: 'glyph', state: 'offline' }, time: null })
})
it('[B4] how a session ended is said once', () => {
  expect(endedWords('Ended at the terminal.')).toBe('This session has ended at the terminal.')
  expect(endedWords('The agent exited with 1.')).toBe('This session has ended: The agent exited with 1.')
  expect(endedWords(null)).toBe('This session has ended.')
})
const said = (glance: ReturnType<typeof glanceOf>) => [glance.word, glance.rest].filter(Boolean).join(' · ')

describe('what a row says', () => {
  it.each([
    ['waiting', session(), live, waiting, 'Run this command? · atlas'],
    ['waiting, offline', session(), offline, waiting, 'Run this command? · atlas, offline'],
    ['working', session({ state: 'WORKING' }), live, null, 'Working · Claude Code, autopilot'],
    ['idle', session(), live, null, 'Idle · Claude Code, autopilot'],
    ['no mode told', session({ mode: null }), live, null, 'Idle · Claude Code'],
    [
      'stopped',
      session({ state: 'STOPPED', stateDetail: 'Usage limit until 16:00' }),
      live,
      null,
      'Stopped · usage limit until 16:00',
    ],
    ['ended', session({ state: 'ENDED', endReason: 'Ended at the terminal.' }), live, null, 'Ended · at the terminal'],
    ['working when offline', session({ state: 'WORKING' }), offline, null, 'Was working when it went offline'],
    ['idle when offline', session(), offline, null, 'Was idle when it went offline'],
    ['stopped when offline', session({ state: 'STOPPED' }), offline, null, 'Had stopped before it went offline'],
  ] as const)('[B4] %s', (_, row, life, ask, words) => expect(said(glanceOf(row, life, ask))).toBe(words))

  it('always has an age: a running one while it goes on, a clock time for what happened', () => {
    expect(glanceOf(session({ state: 'WORKING' }), live, null).time).toEqual({ kind: 'age', at: now - 120_000 })
    expect(glanceOf(session({ state: 'STOPPED' }), live, null).time).toEqual({ kind: 'moment', at: now - 120_000 })
    expect(glanceOf(session(), offline, null).time).toEqual({ kind: 'moment', at: now - 480_000 })
    expect(glanceOf(session(), live, waiting).time).toEqual({ kind: 'age', at: now - 240_000 })
  })

  it.each([
    ['PERMISSION', 'execute', 'permission'],
    ['PERMISSION', 'edit', 'edit'],
    ['QUESTION', null, 'question'],
    ['PLAN', null, 'plan'],
  ] as const)('a %s about %s is drawn as %s', (kind, toolKind, asked) => {
    expect(glanceOf(session(), live, { ...waiting, kind, toolKind }).sign).toEqual({ kind: 'tile', asked })
  })
})

describe('a workstation', () => {
  it('[B4] is live until its promise and a little grace have run out, by the server’s clock', () => {
    const host = { liveUntil: new Date(now).toISOString(), lastSeenAt: ago(1) }
    expect(hostLife(host, now + GRACE_MS - 1, 0)).toEqual({ live: true })
    expect(hostLife(host, now + GRACE_MS, 0)).toEqual({ live: false, since: now - 60_000 })
    // This device's clock is an hour behind: the promise still counts from the server's.
    expect(hostLife(host, now - 3_600_000, 3_600_000)).toEqual({ live: true })
  })
  it('that was never heard of is offline without a since', () => {
    expect(hostLife({ liveUntil: null, lastSeenAt: null }, now, 0)).toEqual({ live: false, since: null })
  })
})

describe('the list', () => {
  const rows = [
    session({ id: 'idle', createdAt: ago(10) }),
    session({ id: 'working', state: 'WORKING', createdAt: ago(90) }),
    session({ id: 'short' }),
    session({ id: 'long' }),
    session({ id: 'web', repository: 'acme/web' }),
    session({ id: 'folder', repository: null, cwd: '/srv/play/' }),
    session({ id: 'away', host: { id: 'hst_2', name: 'aaa', lastSeenAt: ago(9), liveUntil: ago(8) } }),
  ]
  const layout = layOut({
    sessions: rows,
    waitingOf: (id) =>
      id === 'short' ? { ...waiting, openedAt: ago(1) } : id === 'long' ? { ...waiting, openedAt: ago(12) } : null,
    now,
    aheadMs: 0,
  })
  it('[B4] has what waits first, longest first, and only there', () => {
    expect(layout.waiting.map((one) => one.session.id)).toEqual(['long', 'short'])
    const below = layout.hosts.flatMap((host) => host.repositories.flatMap((group) => group.rows))
    expect(below.map((one) => one.session.id)).not.toContain('long')
  })
  it('[B4] then workstations, live ones first, each by repository or folder, working first', () => {
    const shape = layout.hosts.map(({ host, repositories }) => [
      host.name,
      ...repositories.map((group) => [group.name, ...group.rows.map((row) => row.session.id)]),
    ])
    expect(shape).toEqual([
      ['atlas', ['acme/billing', 'working', 'idle'], ['acme/web', 'web'], ['play', 'folder']],
      ['aaa', ['acme/billing', 'away']],
    ])
  })
  it('is filtered by every word of the query, wherever it stands', () => {
    expect(matching(rows, ' ACME/web atlas').map(({ id }) => id)).toEqual(['web'])
    expect(matching(rows, '  ')).toBe(rows)
  })
})
