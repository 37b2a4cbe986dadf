/** The owner's remote control: read, set, and why something is not allowed (T7). */
import { write } from '../live/write.ts'
import { setRemoteControl } from '../policy/remote-control.ts'
import type { PolicyRow } from '../store/policies.ts'
import { readPolicy } from '../store/policies.ts'
import { builder } from './builder.ts'
import { governor, ownerOf } from './who.ts'

export const RemoteControl = builder.enumType('RemoteControl', { values: ['OFF', 'VIEW', 'VIEW_AND_CONTROL'] as const })

export const Policy = builder.objectRef<PolicyRow>('Policy').implement({
  authScopes: (policy) => ({ owner: policy.ownerId }),
  fields: (t) => ({
    remoteControl: t.expose('remoteControl', { type: RemoteControl }),
    version: t.exposeInt('version'),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
    updatedBy: t.exposeString('updatedBy', { nullable: true }),
  }),
})

// Readable also when it says OFF: a device must be able to tell its person why it shows nothing.
builder.queryField('policy', (t) =>
  t.field({
    type: Policy,
    authScopes: { is: ['device', 'host', 'session'] },
    resolve: (_root, _args, context) => context.database.read((tx) => readPolicy(tx, ownerOf(context))),
  }),
)

builder.mutationField('setRemoteControl', (t) =>
  t.field({
    type: Policy,
    authScopes: { is: ['device', 'host'] },
    args: { level: t.arg({ type: RemoteControl, required: true }) },
    resolve: (_root, { level }, context) =>
      write(context, (tx, ring) => setRemoteControl(tx, ring, governor(context), level)),
  }),
)
