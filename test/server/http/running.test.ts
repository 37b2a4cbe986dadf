/** The end of an operation over HTTP, as an AbortSignal says it. */
import { expect, it } from 'vitest'
import type { Ending } from '../../../server/graphql/context.ts'
import { Running } from '../../../server/http/running.ts'

const both = (): { end: (why: unknown) => void; signal: Ending }[] => {
  const controller = new AbortController()
  const running = new Running()
  return [
    { end: (why: unknown) => controller.abort(why), signal: controller.signal },
    { end: (why: unknown) => running.abort(why), signal: running },
  ]
}

it('[L4] it is heard once and in order by those who listen, not by whom another has taken off meanwhile', () => {
  const heard = both().map(({ end, signal }) => {
    const said: unknown[] = []
    const listen = (onAbort: () => void) => signal.addEventListener('abort', onAbort, { once: true })
    const released = () => said.push('released')
    listen(() => said.push(['first', signal.aborted, signal.reason]))
    listen(() => {
      said.push('second')
      signal.removeEventListener('abort', released)
    })
    listen(released)
    listen(() => said.push('last'))
    end('why')
    end('again')
    listen(() => said.push('too late'))
    return said
  })
  expect(heard[0]).toEqual([['first', true, 'why'], 'second', 'last'])
  expect(heard[1]).toEqual(heard[0])
})
