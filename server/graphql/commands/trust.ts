/** What the server asks of a host about devices: join, vouch, forget. Made elsewhere; shown here. */
import { Rung } from '../rung.ts'
import { Command, commandRef } from './command.ts'

commandRef('JoinPairing').implement({
  description: 'A new device has joined the pairing this host opened; the host reveals its nonce next.',
  interfaces: [Command],
  fields: (t) => ({
    pairingId: t.exposeID('pairingId'),
    name: t.exposeString('name'),
    publicKey: t.exposeString('publicKey'),
    nonce: t.exposeString('nonce'),
    mac: t.exposeString('mac', { nullable: true }),
  }),
})

commandRef('EndorseDevice').implement({
  description: 'A device this host trusts vouches for another (roster).',
  interfaces: [Command],
  fields: (t) => ({
    endorserId: t.exposeID('endorserId'),
    newDeviceId: t.exposeID('newDeviceId'),
    name: t.exposeString('name'),
    publicKey: t.exposeString('publicKey'),
    newRung: t.expose('newRung', { type: Rung }),
    signature: t.exposeString('signature'),
  }),
})

commandRef('ForgetDevice').implement({
  interfaces: [Command],
  fields: (t) => ({ forgottenDeviceId: t.exposeID('forgottenDeviceId') }),
})
