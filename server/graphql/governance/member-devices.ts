/** A member's devices as an admin sees and ends them: a stolen phone must not wait for its owner (F8). */
import { endDevice } from '../../auth/devices.ts'
import type { Tx } from '../../db/database.ts'
import { write } from '../../live/write.ts'
import { type AdminPlace, reachesPlace } from '../../policy/admin.ts'
import { type DeviceRow, listDevices } from '../../store/devices.ts'
import { maxPageSize } from '../../store/limits.ts'
import { findMember, type MemberRow, placeOf } from '../../store/organisations.ts'
import { notFound } from '../../store/refused.ts'
import { builder } from '../builder.ts'
import type { Context } from '../context.ts'
import { DeviceKind } from '../devices.ts'
import { Rung } from '../rung.ts'
import { adminOf } from '../who.ts'
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

/** Throws NOT_FOUND, in the same words for nobody and for a member of another place (F1). */
async function memberOf(context: Context, tx: Tx, ownerId: string): Promise<MemberRow> {
  const member = await findMember(tx, ownerId)
  if (!member || !reachesPlace(adminOf(context), await placeOf(tx, member.organisationId))) throw notFound('member')
  return member
}

builder.queryField('memberDevices', (t) =>
  t.field({
    type: [MemberDevice],
    description: 'At most 500.',
    authScopes: { is: ['admin'] },
    args: { ownerId: t.arg.id({ required: true }) },
    resolve: (_root, { ownerId }, context) =>
      context.database.read(async (tx) => {
        const member = await memberOf(context, tx, ownerId)
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
        const member = await memberOf(context, tx, ownerId)
        const { place, principal } = await adminIn(context, tx, 'DEVICES', member.organisationId)
        return { ...(await endDevice(tx, ring, principal, { ownerId, id })), place }
      }),
  }),
)
