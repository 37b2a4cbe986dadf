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
