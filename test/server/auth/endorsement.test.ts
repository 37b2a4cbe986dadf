/** T5: a trusted device vouches for another at a host of its own; the host's word makes the roster place. */
import { expect, test } from 'vitest'
import { sign } from '../../../protocol/keys.ts'
import { endorsementBytes } from '../../../protocol/pairing.ts'
import type { Refusal } from '../../kit/ask.ts'
import { startServer } from '../../kit/server.ts'

test('an endorsement is checked, delivered to that host, and counts once the host has applied it', async () => {
  const server = await startServer()
  const [desk, laptop] = [await server.enrolledHost('desk'), await server.enrolledHost('laptop')]
  const phone = await server.pairedDevice({ host: desk, rung: 'FULL' })
  const tablet = await server.pairedDevice({ host: laptop, rung: 'STEER', name: 'tablet' })
  const endorse = async (by: typeof phone, hostId: string, rung: string) => {
    const bytes = endorsementBytes({ hostId, deviceId: tablet.id, publicKey: tablet.publicKey, rung })
    const input = { hostId, deviceId: tablet.id, signature: await sign(by.keys.privateKey, bytes) }
    const document = 'mutation($input: EndorseDeviceInput!) { endorseDevice(input: $input) { id state } }'
    return server
      .gql<{ endorseDevice: { id: string } }>(by.token, document, { input })
      .catch((error: Refusal) => error.code)
  }
  expect(await endorse(phone, desk.id, 'FULL')).toBe('BAD_INPUT')
  expect(await endorse(phone, laptop.id, 'STEER')).toBe('RUNG_TOO_LOW')
  const made = await endorse(phone, desk.id, 'STEER')
  if (typeof made === 'string') throw new Error(made)
  const input = { commandId: made.endorseDevice.id, state: 'APPLIED' }
  await server.gql(desk.token, 'mutation($input: SettleCommandInput!) { settleCommand(input: $input) { state } }', {
    input,
  })
  const { viewer } = await server.gql<{ viewer: { principal: { hostIds: string[] } } }>(
    tablet.token,
    '{ viewer { principal { ... on Device { hostIds } } } }',
  )
  expect([...viewer.principal.hostIds].sort()).toEqual([desk.id, laptop.id].sort())
  await server.close()
}, 60_000)
