/** Passkeys of a device: made, pinned at a host, taken away. They vouch for what needs the upper rungs (T4). */
import { askToPin, type BegunPasskey as Begun, beginPasskey, endPasskey, registerPasskey } from '../auth/passkeys.ts'
import { write } from '../live/write.ts'
import type { PlacedPasskey } from '../store/passkeys.ts'
import { builder, partOf } from './builder.ts'
import { showMade } from './commands/command.ts'
import { PinPasskey } from './commands/trust.ts'
import { deviceOf, governor } from './who.ts'

export const Passkey = builder.objectRef<PlacedPasskey>('Passkey').implement({
  authScopes: ({ ownerId }) => ({ owner: ownerId }),
  fields: (t) => ({
    id: t.exposeID('id', { description: "The credential's own id, in base64url." }),
    name: t.exposeString('name'),
    deviceId: t.exposeID('deviceId', { description: 'The one device it vouches for.' }),
    origin: t.exposeString('origin', { description: 'The page on which it was made; it works on no other.' }),
    isSynced: t.exposeBoolean('isSynced', {
      description: 'Its maker may copy it to other machines of the same person.',
    }),
    hostIds: t.exposeIDList('hostIds', { description: 'Hosts that have pinned it: only there it counts.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    lastUsedAt: t.expose('lastUsedAt', { type: 'DateTime', nullable: true }),
  }),
})

export const BegunPasskey = builder.objectRef<Begun>('BegunPasskey').implement({
  description: 'What navigator.credentials.create() is told; binary values in base64url. Good for five minutes, once.',
  extensions: partOf('Device'),
  fields: (t) => ({
    challenge: t.exposeString('challenge'),
    rpId: t.exposeString('rpId'),
    userId: t.exposeString('userId'),
    userName: t.exposeString('userName'),
    excludeIds: t.exposeStringList('excludeIds'),
  }),
})

builder.mutationField('beginPasskey', (t) =>
  t.field({
    type: BegunPasskey,
    description: 'For the device that asks, on its own page.',
    authScopes: { is: ['device'] },
    args: { origin: t.arg.string({ required: true }) },
    resolve: (_root, { origin }, context) =>
      write(context, (tx) => beginPasskey(tx, deviceOf(context), { origin, publicUrl: context.publicUrl })),
  }),
)

const RegisterPasskeyInput = builder.inputType('RegisterPasskeyInput', {
  description: 'What navigator.credentials.create() gave; binary values in base64url.',
  fields: (t) => ({
    name: t.string({ required: true }),
    challenge: t.string({ required: true }),
    id: t.id({ required: true }),
    clientData: t.string({ required: true }),
    attestationObject: t.string({ required: true }),
  }),
})

builder.mutationField('registerPasskey', (t) =>
  t.field({
    type: Passkey,
    authScopes: { is: ['device'] },
    args: { input: t.arg({ type: RegisterPasskeyInput, required: true }) },
    resolve: (_root, { input }, context) =>
      write(context, (tx, ring) => registerPasskey(tx, ring, deviceOf(context), input)),
  }),
)

export const AssertionInput = builder.inputType('AssertionInput', {
  description: 'What navigator.credentials.get() gave; binary values in base64url.',
  fields: (t) => ({
    id: t.id({ required: true }),
    authenticatorData: t.string({ required: true }),
    clientData: t.string({ required: true }),
    signature: t.string({ required: true }),
  }),
})

const PinPasskeyInput = builder.inputType('PinPasskeyInput', {
  fields: (t) => ({
    passkeyId: t.id({ required: true }),
    hostId: t.id({ required: true }),
    publicKey: t.string({
      required: true,
      description: 'SubjectPublicKeyInfo in base64url, as the authenticator gave it.',
    }),
    signature: t.string({
      required: true,
      description: "The device's own, over the pinning bytes (docs/protocol.md).",
    }),
    assertion: t.field({
      type: AssertionInput,
      description:
        'Of a passkey pinned there before, over the same bytes; without it a key press at the terminal decides.',
    }),
  }),
})

builder.mutationField('pinPasskey', (t) =>
  t.field({
    type: PinPasskey,
    description: 'Asks a host to pin a passkey of the asking device. APPLIED means that it counts there.',
    authScopes: { is: ['device'] },
    args: { input: t.arg({ type: PinPasskeyInput, required: true }) },
    resolve: async (_root, { input }, context) =>
      showMade('PinPasskey', await write(context, (tx, ring) => askToPin(tx, ring, deviceOf(context), input))),
  }),
)

builder.mutationField('removePasskey', (t) =>
  t.field({
    type: Passkey,
    description: 'It vouches for nothing any more; hosts that have pinned it forget it.',
    authScopes: { is: ['device', 'host'] },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context) => write(context, (tx, ring) => endPasskey(tx, ring, governor(context), id)),
  }),
)
