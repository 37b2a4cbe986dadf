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

type Wait = { seconds: number; isCut: boolean }
/** What a host asks for, and what becomes of each long wait: how long it lasts, and whether it is cut. */
async function waitsAsked(long: Wait[], code = 'UNREACHABLE'): Promise<number[]> {
  let clockMs = 0
  const waits: number[] = []
  const most = long.length + 2
  let enough = () => {}
  const done = new Promise<void>((resolve) => {
    enough = resolve
  })
  const call = (async (_document: unknown, { waitSeconds }: { waitSeconds: number }) => {
    if (waitSeconds > 0) waits.push(waitSeconds)
    if (waits.length === most) {
      enough()
      await new Promise(() => {})
    }
    const what = waitSeconds > 0 ? long.shift() : undefined
    clockMs += (what?.seconds ?? 0) * 1000
    if (what?.isCut) throw new RemoteError(code, 'cut')
    const policy = { remoteControl: 'VIEW_AND_CONTROL' }
    return { hostCommands: { commands: [], after: 'here', policy, revokedDeviceIds: [] } }
  }) as unknown as Caller
  const news = { onFacts() {}, onReached() {}, onLost() {} }
  createPoller({
    ...{ call, hostId: 'h', takes: () => true, onCommand() {}, news },
    ...{ random: () => 0, now: () => clockMs },
  })
  await done
  return waits
}
const cut = (seconds: number): Wait => ({ seconds, isCut: true })
const whole = (seconds: number): Wait => ({ seconds, isCut: false })

// Some say so in an answer of their own, which is not this server's.
test.each(['UNREACHABLE', 'BAD_RESPONSE'])(
  '[C2] where a proxy cuts long waits twice in a row (%s), the host asks for shorter ones, and a single cut changes nothing',
  async (code) => {
    expect(await waitsAsked([cut(30), whole(55), cut(30), cut(2), cut(30)], code)).toEqual([55, 55, 55, 55, 55, 25, 25])
  },
)

test('[C2] a wait that the host itself gives up, to ask whether the way is open, is cut by nobody, also when it is not', async () => {
  let clockMs = 0
  const waits: number[] = []
  let enough = () => {}
  const done = new Promise<void>((resolve) => {
    enough = resolve
  })
  let isOpen = true
  const call = (async (_document: unknown, asked: { waitSeconds: number }, { signal }: { signal: AbortSignal }) => {
    const { waitSeconds } = asked
    if (waitSeconds > 0 && waits.push(waitSeconds) === 4) enough()
    if (waitSeconds > 0) {
      // The heartbeat has found out meanwhile that nobody answers.
      clockMs += 30_000
      isOpen = false
      setImmediate(() => poller.probe())
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    }
    clockMs += 1000
    const wasOpen = isOpen
    isOpen = true
    if (!wasOpen) throw new RemoteError('UNREACHABLE', 'gone')
    const policy = { remoteControl: 'VIEW_AND_CONTROL' }
    return { hostCommands: { commands: [], after: 'here', policy, revokedDeviceIds: [] } }
  }) as unknown as Caller
  const news = { onFacts() {}, onReached() {}, onLost() {} }
  const poller = createPoller({
    ...{ call, hostId: 'h', takes: () => true, onCommand() {}, news },
    ...{ random: () => 0, now: () => clockMs },
  })
  await done
  expect(waits).toEqual([55, 55, 55, 55])
  await poller.close()
})

test('[C2] a wait that its server ends itself, because it stops, is cut by nobody, also when nobody answers from then on', async () => {
  let clockMs = 0
  const waits: number[] = []
  const said: string[] = []
  const done = new Promise<void>((resolve) => {
    const call = (async (_document: unknown, { waitSeconds }: { waitSeconds: number }) => {
      if (waitSeconds > 0) {
        if (waits.push(waitSeconds) === 4) resolve()
        clockMs += 30_000
        said.push('UNREACHABLE')
        throw new RemoteError('INTERNAL', 'The request was dropped.')
      }
      const code = said.pop()
      if (code) throw new RemoteError(code, 'gone')
      const policy = { remoteControl: 'VIEW_AND_CONTROL' }
      return { hostCommands: { commands: [], after: 'here', policy, revokedDeviceIds: [] } }
    }) as unknown as Caller
    const news = { onFacts() {}, onReached() {}, onLost: () => waits.length === 4 && void poller.close() }
    const poller = createPoller({
      ...{ call, hostId: 'h', takes: () => true, onCommand() {}, news },
      ...{ random: () => 0, now: () => clockMs },
    })
  })
  await done
  expect(waits).toEqual([55, 55, 55, 55])
})

test('[C2] a wait that was answered sooner than the last one was cut says nothing for the proxy', async () => {
  expect(await waitsAsked([cut(30), whole(24), cut(30)])).toEqual([55, 55, 55, 25, 25])
})

test('[C2] a host that has heard its server inside a wait asks for a long one, and notices its silence', async () => {
  let clockMs = 0
  const asked: [number, number][] = []
  let enough = () => {}
  const done = new Promise<void>((resolve) => {
    enough = resolve
  })
  type Asked = { timeoutSeconds: number; onHeard?: () => void }
  const call = (async (_document: unknown, { waitSeconds }: { waitSeconds: number }, how: Asked) => {
    asked.push([waitSeconds, how.timeoutSeconds])
    if (asked.length > 2) {
      enough()
      await new Promise(() => {})
    }
    clockMs += 25_000
    how.onHeard?.()
    clockMs += (waitSeconds - 25) * 1000
    return { hostCommands: { commands: [], after: 'here', policy: {}, revokedDeviceIds: [] } }
  }) as unknown as Caller
  const news = { onFacts() {}, onReached() {}, onLost() {} }
  createPoller({
    ...{ call, hostId: 'h', takes: () => true, onCommand() {}, news },
    ...{ random: () => 0.5, now: () => clockMs },
  })
  await done
  expect(asked.slice(1)).toEqual([
    [45, 50],
    [315, 40],
  ])
})
