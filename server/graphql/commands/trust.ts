/** What the server asks of a host about devices: join, vouch, pin, forget. Made elsewhere; shown here. */
import type { Assertion as AssertionShape } from '../../../protocol/passkey.ts'
import { builder, partOf } from '../builder.ts'
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

const Assertion = builder.objectRef<AssertionShape>('Assertion').implement({
  description: 'What a passkey has signed; every field in base64url.',
  extensions: partOf('PinPasskey'),
  fields: (t) => ({
    id: t.exposeID('id'),
    authenticatorData: t.exposeString('authenticatorData'),
    clientData: t.exposeString('clientData'),
    signature: t.exposeString('signature'),
  }),
})

export const PinPasskey = commandRef('PinPasskey').implement({
  description:
    'A device asks this host to pin its passkey: by a key press at the terminal, or on the word of one that is pinned.',
  interfaces: [Command],
  fields: (t) => ({
    passkeyId: t.exposeID('passkeyId'),
    passkeyName: t.exposeString('passkeyName'),
    publicKey: t.exposeString('publicKey', { description: 'SubjectPublicKeyInfo in base64url.' }),
    origin: t.exposeString('origin'),
    signature: t.exposeString('signature', { description: "The device's, over the pinning bytes." }),
    assertion: t.expose('assertion', { type: Assertion, nullable: true }),
  }),
})

commandRef('ForgetPasskey').implement({
  interfaces: [Command],
  fields: (t) => ({ ofDeviceId: t.exposeID('ofDeviceId'), passkeyId: t.exposeID('passkeyId') }),
})
