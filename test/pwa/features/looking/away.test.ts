/** [T4] A page that was away shows nothing before it is known whether it may: judged in the very step in which it is seen again, by its own clock, and covered until then. */
import { expect, it } from 'vitest'
import { coverWhileAway } from '../../../../pwa/features/looking/away.ts'
import { createLooking } from '../../../../pwa/features/looking/looking.ts'

type Asked = (data: { looking: object }) => void
function createScene(minutes: number, aheadMs = 0) {
  let nowMs = Date.parse('2026-11-20T15:00:00Z')
  const kept = new Map<string, string>()
  const asked: Asked[] = []
  const toPromise = () => new Promise<{ data: object }>((resolve) => asked.push((data) => resolve({ data })))
  // The server, as far as this page hears of it: its socket is taken for live.
  const server = { live: () => {}, link: { current: () => ({ kind: 'live' }) }, urql: { query: () => ({ toPromise }) } }
  const connection = { ...server, aheadMs: () => aheadMs }
  const storage = {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  }
  const store = createLooking(connection as unknown as Parameters<typeof createLooking>[0], storage, () => nowMs)
  const until = () => new Date(nowMs + minutes * 60_000).toISOString()
  const classes = new Set<string>()
  const document = Object.assign(new EventTarget(), {
    visibilityState: 'visible' as DocumentVisibilityState,
    documentElement: {
      toggleAttribute: (name: string, isOn?: boolean) => {
        if (isOn) classes.add(name)
        else classes.delete(name)
        return classes.has(name)
      },
    },
  })
  const window = new EventTarget()
  const end = coverWhileAway(store, { document, window } as Parameters<typeof coverWhileAway>[1])
  return {
    ...{ store, until, asked, document, window, end, kept },
    isCovered: () => classes.has('data-covered'),
    sleeps: (ms: number) => {
      nowMs += ms
    },
    turns: (to: DocumentVisibilityState) => {
      document.visibilityState = to
      document.dispatchEvent(new Event('visibilitychange'))
    },
  }
}
const may = (until: string) => ({ everyMinutes: 60, until, whyNot: null })

it('is covered while it is away, and shows again what it still may', () => {
  const scene = createScene(60)
  scene.store.heard(may(scene.until()))
  scene.turns('hidden')
  expect(scene.isCovered()).toBe(true)
  scene.sleeps(59 * 60_000)
  scene.turns('visible')
  expect(scene.isCovered()).toBe(false)
  expect(scene.store.current().kind).toBe('may')
  expect(scene.asked).toEqual([])
  scene.store.close()
  scene.end()
})

it.each(['visibilitychange', 'resume', 'pageshow', 'focus'])(
  'wakes by %s to the verification, with no answer awaited',
  (by) => {
    const scene = createScene(60)
    scene.store.heard(may(scene.until()))
    if (by === 'visibilitychange') scene.turns('hidden')
    scene.sleeps(61 * 60_000)
    if (by === 'visibilitychange') scene.turns('visible')
    else for (const target of [scene.document, scene.window]) target.dispatchEvent(new Event(by))
    expect(scene.store.current().kind).toBe('due')
    expect(scene.asked).toHaveLength(1)
    scene.store.close()
    scene.end()
  },
)

it('wakes to the verification in time also where this clock is hours behind the server’s', () => {
  const scene = createScene(60)
  scene.store.heard(may('2026-11-20T18:00:00.000Z'))
  scene.turns('hidden')
  scene.sleeps(61 * 60_000)
  scene.turns('visible')
  expect(scene.store.current().kind).toBe('due')
  scene.store.close()
  scene.end()
})

it('asks for no verification at each look where this clock is known to be hours ahead; what is kept is the server’s word', () => {
  const scene = createScene(60, 5 * 3_600_000)
  // Half an hour is left, by the server's clock.
  scene.store.heard(may('2026-11-20T10:30:00.000Z'))
  for (const minutes of [0, 29]) {
    scene.sleeps(minutes * 60_000)
    scene.window.dispatchEvent(new Event('focus'))
    expect(scene.store.current().kind).toBe('may')
  }
  expect(scene.asked).toEqual([])
  expect([...scene.kept.values()].join()).toContain(String(Date.parse('2026-11-20T10:30:00.000Z')))
  scene.sleeps(60_000)
  scene.window.dispatchEvent(new Event('focus'))
  expect(scene.store.current().kind).toBe('due')
  scene.store.close()
  scene.end()
})

it('shows again what the server says may be shown: this clock may be the one that is wrong', async () => {
  const scene = createScene(60)
  scene.store.heard(may(scene.until()))
  scene.sleeps(61 * 60_000)
  scene.turns('visible')
  expect(scene.store.current().kind).toBe('due')
  scene.asked[0]?.({ looking: may(scene.until()) })
  await expect.poll(() => scene.store.current().kind).toBe('may')
  scene.store.close()
  scene.end()
})

it('is never covered where nobody asks who looks', () => {
  const scene = createScene(60)
  scene.turns('hidden')
  scene.document.dispatchEvent(new Event('freeze'))
  expect(scene.isCovered()).toBe(false)
  scene.store.close()
  scene.end()
})
