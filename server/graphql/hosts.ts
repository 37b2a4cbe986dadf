/** Workstations as their owner sees them: listed, heard, revoked. */
import { resolveCursorConnection } from '@pothos/plugin-relay'
import { revokeHost } from '../auth/devices.ts'
import { databaseNow } from '../db/clock.ts'
import { write } from '../live/write.ts'
import { revokedDeviceIds } from '../store/devices.ts'
import { beat, type HostRow, listHosts } from '../store/hosts.ts'
import { limits, maxPageSize } from '../store/limits.ts'
import { type PolicyRow, readPolicy } from '../store/policies.ts'
import { notFound } from '../store/refused.ts'
import { ownerTopic } from '../store/topic.ts'
import { builder } from './builder.ts'
import { Policy } from './policy.ts'
import { governor, hostOf, ownerOf } from './who.ts'

export const Host = builder.objectRef<HostRow>('Host').implement({
  // Also shown as the answer to whoever has just enrolled it, without a credential yet, or revoked it.
  authScopes: (host) => ({ host: { ownerId: host.ownerId, hostId: host.id }, $granted: 'answered' }),
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name'),
    platform: t.exposeString('platform', { nullable: true }),
    publicKey: t.exposeString('publicKey'),
    enrolledAt: t.expose('enrolledAt', { type: 'DateTime' }),
    lastSeenAt: t.expose('lastSeenAt', { type: 'DateTime', nullable: true }),
    liveUntil: t.expose('liveUntil', {
      type: 'DateTime',
      nullable: true,
      description: 'The host counts as live until this instant unless it is heard again.',
    }),
    revokedAt: t.expose('revokedAt', { type: 'DateTime', nullable: true }),
  }),
})

// Names of machines are the owner's to see at any policy: the app says where to go and change it.
builder.queryField('hosts', (t) =>
  t.connection(
    {
      type: Host,
      authScopes: { is: ['device', 'host'] },
      resolve: (_root, args, context) =>
        resolveCursorConnection<Promise<HostRow[]>>(
          { args, defaultSize: limits.pageSize, maxSize: maxPageSize, toCursor: (host) => host.id },
          ({ before, after, limit, inverted }) => {
            const only = context.principal.kind === 'host' ? context.principal.hostId : null
            const cursors = { ...(after !== undefined && { after }), ...(before !== undefined && { before }) }
            const page = { ownerId: ownerOf(context), only, limit, inverted, ...cursors }
            return context.database.read((tx) => listHosts(tx, page))
          },
        ),
    },
    { name: 'HostConnection' },
    { name: 'HostEdge' },
  ),
)

type BeatShape = { now: Date; policy: PolicyRow; revokedDeviceIds: string[] }

const Beat = builder.objectRef<BeatShape>('Beat').implement({
  authScopes: (shape) => ({ owner: shape.policy.ownerId }),
  fields: (t) => ({
    now: t.expose('now', { type: 'DateTime' }),
    policy: t.expose('policy', { type: Policy }),
    revokedDeviceIds: t.exposeIDList('revokedDeviceIds'),
  }),
})

builder.mutationField('heartbeat', (t) =>
  t.field({
    type: Beat,
    authScopes: { is: ['host'] },
    args: { hostId: t.arg.id({ required: true }) },
    resolve: (_root, { hostId }, context) =>
      write(context, async (tx, ring) => {
        const { ownerId } = hostOf(context, hostId)
        if (!(await beat(tx, hostId))) throw notFound('host')
        ring(ownerTopic(ownerId))
        const policy = await readPolicy(tx, ownerId)
        return { now: await databaseNow(tx), policy, revokedDeviceIds: await revokedDeviceIds(tx, ownerId) }
      }),
  }),
)

builder.mutationField('revokeHost', (t) =>
  t.field({
    type: Host,
    authScopes: { is: ['device', 'host'] },
    grantScopes: ['answered'],
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context) => write(context, (tx, ring) => revokeHost(tx, ring, governor(context), id)),
  }),
)
