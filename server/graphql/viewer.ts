/** Who is asking, what they may do at most, and the server they have reached. */
import { databaseNow } from '../db/clock.ts'
import { findDevice } from '../store/devices.ts'
import { readFact } from '../store/facts.ts'
import { findHost, type HostRow } from '../store/hosts.ts'
import { limits } from '../store/limits.ts'
import { findOwner, type OwnerRow } from '../store/owners.ts'
import { notFound } from '../store/refused.ts'
import { builder } from './builder.ts'
import { Device, type DeviceShape, showDevice } from './devices.ts'
import { Host } from './hosts.ts'
import { Rung } from './rung.ts'
import { ownerOf } from './who.ts'

/** The numbers a client must keep to (docs/protocol.md §8). */
export const Limits = builder.objectRef<typeof limits>('Limits').implement({
  authScopes: { public: true },
  fields: (t) => ({
    inlineBytes: t.exposeInt('inlineBytes'),
    maxBatchBytes: t.exposeInt('maxBatchBytes'),
    maxBatchEvents: t.exposeInt('maxBatchEvents'),
    maxBodyBytes: t.exposeInt('maxBodyBytes'),
    maxChunkBytes: t.exposeInt('maxChunkBytes'),
    maxEventBytes: t.exposeInt('maxEventBytes'),
    maxPromptChars: t.exposeInt('maxPromptChars'),
    maxWaitSeconds: t.exposeInt('maxWaitSeconds'),
    pageSize: t.exposeInt('pageSize'),
  }),
})

const Server = builder.objectRef<{ incarnation: string; now: Date }>('Server').implement({
  authScopes: { is: ['device', 'host', 'session'] },
  fields: (t) => ({
    incarnation: t.exposeID('incarnation'),
    now: t.expose('now', { type: 'DateTime' }),
    limits: t.field({ type: Limits, resolve: () => limits }),
    publicUrl: t.string({ nullable: true, resolve: (_server, _args, context) => context.publicUrl }),
    pushPublicKey: t.string({ resolve: (_server, _args, context) => context.pushPublicKey }),
    version: t.string({ resolve: (_server, _args, context) => context.version }),
  }),
})

type PrincipalShape = ({ is: 'Device' } & DeviceShape) | ({ is: 'Host' } & HostRow)

const Principal = builder.unionType('Principal', {
  types: [Device, Host],
  resolveType: (value) => ('is' in value && value.is === 'Device' ? 'Device' : 'Host'),
})

export const Viewer = builder.objectRef<OwnerRow>('Viewer').implement({
  authScopes: (owner) => ({ owner: owner.id }),
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name'),
    principal: t.field({
      type: Principal,
      resolve: (owner, _args, { principal, database }) =>
        database.read(async (tx): Promise<PrincipalShape> => {
          if (principal.kind === 'device') {
            const row = await findDevice(tx, owner.id, principal.deviceId)
            if (!row) throw notFound('device')
            return { is: 'Device', ...(await showDevice(tx, row)) }
          }
          const row = 'hostId' in principal ? await findHost(tx, principal.hostId) : null
          if (!row) throw notFound('host')
          return { is: 'Host', ...row }
        }),
    }),
    rung: t.field({
      type: Rung,
      description: 'What this principal may do at most, after policy.',
      // Under OFF not even VIEW is allowed, and no rung says so: `policy` does.
      resolve: async (_owner, _args, context) => (await context.allowed(null)).rung ?? 'VIEW',
    }),
    server: t.field({
      type: Server,
      resolve: (_owner, _args, { database }) =>
        database.read(async (tx) => ({
          incarnation: (await readFact(tx, 'incarnation')) ?? '',
          now: await databaseNow(tx),
        })),
    }),
  }),
})

builder.queryField('viewer', (t) =>
  t.field({
    type: Viewer,
    authScopes: { is: ['device', 'host', 'session'] },
    resolve: async (_root, _args, context) => {
      const owner = await context.database.read((tx) => findOwner(tx, ownerOf(context)))
      if (!owner) throw notFound('owner')
      return owner
    },
  }),
)
