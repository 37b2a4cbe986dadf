/** How a host becomes one: by the setup code, or by asking a paired device. */
import { requestEnrolment } from '../auth/handshake.ts'
import { settled } from '../auth/limited.ts'
import { enrolBySetupCode } from '../auth/setup.ts'
import { write } from '../live/write.ts'
import type { HostRow } from '../store/hosts.ts'
import { builder } from './builder.ts'
import { Host } from './hosts.ts'
import { OpenedPairing } from './pairing.ts'

const EnrolHostInput = builder.inputType('EnrolHostInput', {
  fields: (t) => ({
    setupCode: t.string({ required: true }),
    publicKey: t.string({ required: true }),
    name: t.string({ required: true }),
    platform: t.string(),
  }),
})

const RequestEnrolmentInput = builder.inputType('RequestEnrolmentInput', {
  fields: (t) => ({
    publicKey: t.string({ required: true }),
    name: t.string({ required: true }),
    platform: t.string(),
    commitment: t.field({ type: 'Digest', required: true }),
  }),
})

const EnrolledHost = builder.objectRef<{ host: HostRow }>('EnrolledHost').implement({
  // The answer to the one who held the setup code; it has no credential yet.
  authScopes: { public: true },
  fields: (t) => ({ host: t.expose('host', { type: Host, grantScopes: ['answered'] }) }),
})

builder.mutationFields((t) => ({
  enrolHost: t.field({
    type: EnrolledHost,
    authScopes: { public: true },
    args: { input: t.arg({ type: EnrolHostInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const asked = { ...input, address: context.address }
      const host = settled(await write(context, (tx, ring) => enrolBySetupCode(tx, ring, asked)))
      context.onSetupCodeUsed()
      return { host }
    },
  }),
  requestEnrolment: t.field({
    type: OpenedPairing,
    authScopes: { public: true },
    args: { input: t.arg({ type: RequestEnrolmentInput, required: true }) },
    resolve: async (_root, { input }, context) =>
      settled(await write(context, (tx) => requestEnrolment(tx, { ...input, address: context.address }))),
  }),
}))
