/** What every way of signing in asks of a browser, and gives it. */
import type { SignedIn as SignedInShape } from '../auth/sign-in/admitting.ts'
import { builder } from './builder.ts'
import { Rung } from './rung.ts'

export const NewDeviceInput = builder.inputType('NewDeviceInput', {
  description: 'The device that this browser becomes: its key, and its signature over this sign-in (docs/protocol.md).',
  fields: (t) => ({
    name: t.string({ required: true }),
    publicKey: t.string({ required: true }),
    signature: t.string({ required: true }),
  }),
})

export const SignedIn = builder.objectRef<SignedInShape>('SignedIn').implement({
  description: 'Shown once, to the browser that signed in.',
  // It has no credential yet but the one in this answer.
  authScopes: { public: true },
  fields: (t) => ({
    token: t.exposeString('token'),
    deviceId: t.id({ resolve: ({ device }) => device.id }),
    deviceName: t.string({ resolve: ({ device }) => device.name }),
    ownerId: t.id({ resolve: ({ person }) => person.id }),
    personName: t.string({ resolve: ({ person }) => person.name }),
    rung: t.field({ type: Rung, resolve: ({ device }) => device.rung }),
    awaitsTrust: t.boolean({
      description: 'No host takes an order of it yet.',
      resolve: ({ device }) => device.awaitsTrust,
    }),
  }),
})
