import { expect, test } from 'vitest'
import type { Caller } from '../../../agent-cli/remote/credentials.ts'
import { RemoteError } from '../../../agent-cli/remote/failure.ts'
import { createPoller } from '../../../agent-cli/remote/poller.ts'

test('[C2] after a server was away everything unsettled is read again: its database may have been put back', async () => {
  const places: (string | null)[] = []
  let enough = () => {}
  const done = new Promise<void>((resolve) => {
    enough = resolve
  })
  const call = (async (_document: unknown, { after }: { after: string | null }) => {
    places.push(after)
    if (places.length === 3) throw new RemoteError('UNREACHABLE', 'gone')
    if (places.length > 4) {
      enough()
      await new Promise(() => {})
    }
    const policy = { remoteControl: 'VIEW_AND_CONTROL' }
    return { hostCommands: { commands: [], after: 'here', policy, revokedDeviceIds: [] } }
  }) as unknown as Caller
  const news = { onFacts() {}, onReached() {}, onLost() {} }
  createPoller({ call, hostId: 'h', takes: () => true, onCommand() {}, news, random: () => 0 })
  await done
  expect(places).toEqual([null, 'here', 'here', null, 'here'])
})

test('[C2] where a proxy cuts long waits twice in a row, the host asks for shorter ones, and a single cut changes nothing', async () => {
  let clockMs = 0
  const waits: number[] = []
  // What becomes of each long wait: how long it lasts, and whether it is cut.
  const long = [
    { seconds: 30, isCut: true },
    { seconds: 55, isCut: false },
    { seconds: 30, isCut: true },
    { seconds: 2, isCut: true },
    { seconds: 30, isCut: true },
  ]
  let enough = () => {}
  const done = new Promise<void>((resolve) => {
    enough = resolve
  })
  const call = (async (_document: unknown, { waitSeconds }: { waitSeconds: number }) => {
    if (waitSeconds > 0) waits.push(waitSeconds)
    if (waits.length === 7) {
      enough()
      await new Promise(() => {})
    }
    const what = waitSeconds > 0 ? long.shift() : undefined
    clockMs += (what?.seconds ?? 0) * 1000
    if (what?.isCut) throw new RemoteError('UNREACHABLE', 'cut')
    const policy = { remoteControl: 'VIEW_AND_CONTROL' }
    return { hostCommands: { commands: [], after: 'here', policy, revokedDeviceIds: [] } }
  }) as unknown as Caller
  const news = { onFacts() {}, onReached() {}, onLost() {} }
  createPoller({
    ...{ call, hostId: 'h', takes: () => true, onCommand() {}, news },
    ...{ random: () => 0, now: () => clockMs },
  })
  await done
  expect(waits).toEqual([55, 55, 55, 55, 55, 25, 25])
})
