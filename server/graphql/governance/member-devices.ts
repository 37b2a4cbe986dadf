/** A member's devices as an admin sees and ends them: a stolen phone must not wait for its owner (F8). */
import { endDevice } from '../../auth/devices.ts'
import { write } from '../../live/write.ts'
import type { AdminPlace } from '../../policy/admin.ts'
import { type DeviceRow, listDevices } from '../../store/devices.ts'
import { maxPageSize } from '../../store/limits.ts'
import { findMember } from '../../store/organisations.ts'
import { notFound } from '../../store/refused.ts'
import { builder } from '../builder.ts'
import { DeviceKind } from '../devices.ts'
import { Rung } from '../rung.ts'
import { adminIn } from './admin-in.ts'

type Shape = DeviceRow & { place: AdminPlace }

const MemberDevice = builder.objectRef<Shape>('MemberDevice').implement({
  authScopes: ({ place }) => ({ admin: place }),
  fields: (t) => ({
    id: t.exposeID('id'),
    ownerId: t.exposeID('ownerId'),
    name: t.exposeString('name'),
    kind: t.expose('kind', { type: DeviceKind }),
    rung: t.expose('rung', { type: Rung }),
    pairedAt: t.expose('pairedAt', { type: 'DateTime' }),
    lastSeenAt: t.expose('lastSeenAt', { type: 'DateTime', nullable: true }),
    revokedAt: t.expose('revokedAt', { type: 'DateTime', nullable: true }),
  }),
})

builder.queryField('memberDevices', (t) =>
  t.field({
    type: [MemberDevice],
    description: 'At most 500.',
    authScopes: { is: ['admin'] },
    args: { ownerId: t.arg.id({ required: true }) },
    resolve: (_root, { ownerId }, context) =>
      context.database.read(async (tx) => {
        const member = await findMember(tx, ownerId)
        if (!member) throw notFound('member')
        const { place } = await adminIn(context, tx, 'DEVICES', member.organisationId)
        const rows = await listDevices(tx, { ownerId, limit: maxPageSize, inverted: false })
        return rows.map((row): Shape => ({ ...row, place }))
      }),
  }),
)

builder.mutationField('revokeMemberDevice', (t) =>
  t.field({
    type: MemberDevice,
    description: 'Everything it holds open ends within a second, and every host of its owner is told to forget it.',
    authScopes: { is: ['admin'] },
    args: { ownerId: t.arg.id({ required: true }), id: t.arg.id({ required: true }) },
    resolve: (_root, { ownerId, id }, context) =>
      write(context, async (tx, ring) => {
        const member = await findMember(tx, ownerId)
        if (!member) throw notFound('member')
        const { place, principal } = await adminIn(context, tx, 'DEVICES', member.organisationId)
        return { ...(await endDevice(tx, ring, principal, { ownerId, id })), place }
      }),
  }),
)
