/** What is heard of an answer before it is whole renews its time; a server that goes away without a word is noticed by its silence (C2). */
import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ask } from '../../../agent-cli/remote/graphql-http.ts'
import { PollCommands } from '../../../agent-cli/remote/host-operations.ts'
import { openRoad } from '../../../agent-cli/remote/road.ts'

let server: Server
const road = openRoad({})
beforeEach(async () => {
  server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => {
  vi.useRealTimers()
  road.close()
  server.closeAllConnections()
  server.close()
})

/** A poll that waits, with a clock that is stepped: the answer's other end, and what was heard of it. */
async function waits(timeoutSeconds: number, longestSeconds?: number) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const asked = once(server, 'request')
  const onHeard = vi.fn()
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const variables = { hostId: 'h', after: 'here', waitSeconds: 600 }
  const answer = ask({ url, road }, PollCommands, variables, {
    ...{ timeoutSeconds, onHeard },
    ...(longestSeconds !== undefined && { longestSeconds }),
  }).catch((error) => error)
  const [, response] = (await asked) as [unknown, ServerResponse]
  response.writeHead(200, { 'content-type': 'application/json' })
  const heard = (times: number) => vi.waitFor(() => expect(onHeard).toHaveBeenCalledTimes(times))
  return { answer, response, heard }
}

test('[C2] a wait that is heard lasts on, ten times its silence, and what follows the white space is its answer', async () => {
  const { answer, response, heard } = await waits(40)
  for (let times = 1; times <= 10; times++) {
    response.write(' ')
    await heard(times)
    vi.advanceTimersByTime(39_000)
  }
  const hostCommands = { commands: [], after: 'there', policy: {}, revokedDeviceIds: [] }
  response.end(JSON.stringify({ data: { hostCommands } }))
  expect(await answer).toEqual({ hostCommands })
})

test('[C2][T3] an error that comes behind the white space is that refusal', async () => {
  const { answer, response, heard } = await waits(40)
  response.write(' ')
  await heard(1)
  response.end(
    JSON.stringify({ data: null, errors: [{ message: 'Gone.', extensions: { code: 'REVOKED', level: 'host' } }] }),
  )
  expect(await answer).toMatchObject({ code: 'REVOKED', message: 'Gone.' })
})

test('[C2] a server that goes away without a word in a long wait is noticed when it is not heard', async () => {
  const { answer, response, heard } = await waits(40)
  response.write(' ')
  await heard(1)
  vi.advanceTimersByTime(40_000)
  expect(await answer).toMatchObject({ code: 'UNREACHABLE' })
})

test('[C2] a wait that is heard and never answered ends all the same', async () => {
  const { answer, response, heard } = await waits(40, 900)
  for (let times = 1; times <= 24; times++) {
    response.write(' ')
    await heard(times)
    vi.advanceTimersByTime(39_000)
  }
  expect(await answer).toMatchObject({ code: 'UNREACHABLE' })
})
