// A finger on a row, move by move with its times: what archives and what only looked like it.
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { followSwipe } from '../../../pwa/ui/swipe-drag.ts'

beforeAll(() => void vi.stubGlobal('window', { innerWidth: 360 }))
afterAll(() => void vi.unstubAllGlobals())

const pointer = (type: string, x: number, at: number): PointerEvent =>
  Object.defineProperties(new Event(type), {
    clientX: { value: x },
    clientY: { value: 300 },
    timeStamp: { value: at },
    pointerId: { value: 1 },
  }) as PointerEvent

/** Pairs of place and time in ms; the last is where and when it is lifted. */
function archives(...way: [x: number, at: number][]): boolean {
  const row = Object.assign(new EventTarget(), {
    style: { transform: '' },
    classList: { add() {}, remove() {} },
    offsetWidth: 320,
    setPointerCapture() {},
  }) as unknown as HTMLElement
  const [[x, at] = [0, 0], ...moves] = way
  const act = vi.fn()
  followSwipe(row, pointer('pointerdown', x, at), act, new AbortController().signal)
  const [upX, upAt] = moves.pop() ?? [0, 0]
  for (const [moveX, moveAt] of moves) row.dispatchEvent(pointer('pointermove', moveX, moveAt))
  row.dispatchEvent(pointer('pointerup', upX, upAt))
  return act.mock.calls.length === 1
}

it('[B4] past a third of its width a row is let go for good, however slowly', () => {
  expect(archives([300, 0], [240, 500], [170, 1000], [170, 1500])).toBe(true)
})

it('[B4] a short way is one only as a flick', () => {
  expect(archives([300, 0], [280, 20], [260, 40], [240, 60], [240, 66])).toBe(true)
  expect(archives([300, 0], [280, 100], [260, 200], [240, 300], [240, 310])).toBe(false)
})

it('[B4] a finger that rests before it is lifted has changed its mind', () => {
  expect(archives([300, 0], [280, 20], [260, 40], [240, 60], [240, 260])).toBe(false)
})

it('[B4] moves that a busy page delivers bunched do not make a slow finger quick', () => {
  expect(archives([300, 0], [285, 90], [240, 180], [239, 181], [238, 182], [230, 183], [230, 280])).toBe(false)
})
