// Rows that change places go there, and new ones fade in, so that a reader sees what happened. Knows elements, no sessions.
import { type RefObject, useLayoutEffect, useRef } from 'react'

const MOVE_MS = 220
const FADE_MS = 100

const linesIn = (list: HTMLElement): [string, HTMLElement][] =>
  [...list.querySelectorAll<HTMLElement>('[data-line]')].map((line) => [line.dataset.line ?? '', line])

/** Looks whenever `order` changes. With `still` it only remembers: what a person has typed or chosen needs no explaining. */
export function useMoves(list: RefObject<HTMLElement | null>, order: string, still: boolean): void {
  const before = useRef<ReadonlyMap<string, number> | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new order is the reason to look
  useLayoutEffect(() => {
    const element = list.current
    if (!element) return
    const top = element.getBoundingClientRect().top
    const lines = linesIn(element).map(([id, line]) => ({ id, line, at: line.getBoundingClientRect().top - top }))
    const known = before.current
    before.current = new Map(lines.map(({ id, at }) => [id, at]))
    if (still || known === null || known.size === 0) return
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches
    for (const { id, line, at } of lines) {
      const was = known.get(id)
      if (was === at) continue
      // Out of sight before and after: nobody would see it move.
      const seen = [was ?? at, at].some((place) => place + top > -line.offsetHeight && place + top < innerHeight)
      if (!seen) continue
      if (was === undefined || calm)
        line.animate([{ opacity: 0 }, { opacity: 1 }], { duration: calm ? FADE_MS : MOVE_MS, easing: 'linear' })
      else
        line.animate([{ transform: `translateY(${was - at}px)` }, { transform: 'none' }], {
          duration: MOVE_MS,
          easing: 'cubic-bezier(.2,.8,.2,1)',
        })
    }
  }, [order])
}
