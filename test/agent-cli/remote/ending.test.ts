// The light end of a request and an AbortSignal: whatever is done to both, both say the same.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createEnding, type Ending } from '../../../agent-cli/remote/ending.ts'

type Step = { does: 'listen' | 'leave' | 'end'; who: number }
const step = fc.record<Step>({ does: fc.constantFrom('listen', 'leave', 'end'), who: fc.nat(3) })

/** What listeners heard, in their order. The third takes the first off when it is called, and the fourth ends it again. */
function told(end: Ending, abort: (why: unknown) => void, steps: readonly Step[]): unknown[] {
  const heard: unknown[] = []
  const listeners = [0, 1, 2, 3].map((who) => () => {
    heard.push([who, end.aborted, end.reason])
    if (who === 2) end.removeEventListener('abort', listeners[0] as () => void)
    if (who === 3) abort('again')
  })
  for (const { does, who } of steps) {
    const listener = listeners[who] as () => void
    if (does === 'listen') end.addEventListener('abort', listener, { once: true })
    else if (does === 'leave') end.removeEventListener('abort', listener)
    else abort(`why ${who}`)
  }
  let thrown: unknown = null
  try {
    end.throwIfAborted()
  } catch (error) {
    thrown = error
  }
  return [...heard, end.aborted, end.aborted ? end.reason : null, thrown]
}

it('is told to the same listeners in the same order, once, with the first reason', () => {
  fc.assert(
    fc.property(fc.array(step, { size: 'max', maxLength: 30 }), (steps) => {
      const [light, real] = [createEnding(), new AbortController()]
      const asReal = told(real.signal, (why) => real.abort(why), steps)
      expect(told(light, (why) => light.abort(why), steps)).toEqual(asReal)
    }),
  )
})
