/** One-time links by which somebody becomes a person here: made, listed, taken back. Codes are shown once. */
import { createInvitation, endInvitation, type MadeLink } from '../auth/sign-in/links.ts'
import { requireConfirmed } from '../auth/sign-in/passkey.ts'
import type { Tx } from '../db/database.ts'
import { write } from '../live/write.ts'
import type { AdminPlace } from '../policy/admin.ts'
import type { AdminPrincipal, DevicePrincipal, HostPrincipal } from '../policy/principal.ts'
import { type InvitationRow, listInvitations, stateOf } from '../store/invitations.ts'
import { listOrganisations, placeOf } from '../store/organisations.ts'
import { refuse } from '../store/refused.ts'
import { builder } from './builder.ts'
import type { Context } from './context.ts'
import { adminIn } from './governance/admin-in.ts'
import { ConfirmationInput, InvitationKind } from './sign-in.ts'

type Shape = InvitationRow & { place: AdminPlace }

const InvitationState = builder.enumType('InvitationState', {
  values: ['OPEN', 'USED', 'REVOKED', 'EXPIRED'] as const,
})

const Invitation = builder.objectRef<Shape>('Invitation').implement({
  authScopes: ({ createdBy, place }) => ({ owner: createdBy, admin: place }),
  fields: (t) => ({
    id: t.exposeID('id'),
    kind: t.expose('kind', { type: InvitationKind }),
    name: t.exposeString('name'),
    state: t.field({ type: InvitationState, resolve: stateOf }),
    organisationId: t.exposeID('organisationId', { nullable: true }),
    createdByName: t.exposeString('createdByName'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime' }),
    usedAt: t.expose('usedAt', { type: 'DateTime', nullable: true }),
    revokedAt: t.expose('revokedAt', { type: 'DateTime', nullable: true }),
  }),
})

const CreatedInvitation = builder.objectRef<MadeLink & { row: Shape }>('CreatedInvitation').implement({
  // Shown once, to whoever was let make it.
  authScopes: { is: ['device', 'host', 'admin'] },
  fields: (t) => ({
    invitation: t.field({ type: Invitation, resolve: ({ row }) => row }),
    code: t.exposeString('code'),
    link: t.string({
      nullable: true,
      description: 'Null where this server has no public address: then it is its own address, /sign-in# and the code.',
      resolve: ({ code }, _args, { publicUrl }) => (publicUrl === null ? null : `${publicUrl}/sign-in#${code}`),
    }),
  }),
})

const CreateInvitationInput = builder.inputType('CreateInvitationInput', {
  fields: (t) => ({
    kind: t.field({ type: InvitationKind, required: true, defaultValue: 'PERSON' }),
    name: t.string({
      required: true,
      description: 'For whom; what the new person is called unless they say otherwise.',
    }),
    organisationId: t.id(),
    hours: t.int({ required: true, defaultValue: 72 }),
    confirmation: t.field({ type: ConfirmationInput, description: 'A device’s: of the act `invite`.' }),
  }),
})

type Asker = HostPrincipal | DevicePrincipal | AdminPrincipal

function askerOf({ principal }: Context): Asker {
  if (principal.kind === 'host' || principal.kind === 'device' || principal.kind === 'admin') return principal
  throw refuse('UNAUTHENTICATED', 'This needs a credential of another kind.')
}

const placed = async (tx: Tx, row: InvitationRow): Promise<Shape> => ({
  ...row,
  place: await placeOf(tx, row.organisationId),
})

builder.queryField('invitations', (t) =>
  t.field({
    type: [Invitation],
    description: "One's own; of an admin's token, those of its place. Newest first, at most 500.",
    authScopes: { is: ['device', 'host', 'admin'] },
    resolve: (_root, _args, context) =>
      context.database.read(async (tx) => {
        const by = askerOf(context)
        if (by.kind !== 'admin') return shown(tx, await listInvitations(tx, { createdBy: by.ownerId }))
        await adminIn(context, tx, 'MEMBERS', by.scopeId)
        if (by.scopeId === null) return shown(tx, await listInvitations(tx, { isAll: true }))
        const { scopeId } = by
        const of = scopeId.startsWith('ent_') ? { enterpriseId: scopeId } : { organisationId: scopeId }
        const rows: InvitationRow[] = []
        for (const { id: organisationId } of await listOrganisations(tx, of))
          rows.push(...(await listInvitations(tx, { organisationId })))
        return shown(tx, rows)
      }),
  }),
)

async function shown(tx: Tx, rows: readonly InvitationRow[]): Promise<Shape[]> {
  const shapes: Shape[] = []
  for (const row of rows) shapes.push(await placed(tx, row))
  return shapes
}

builder.mutationFields((t) => ({
  createInvitation: t.field({
    type: CreatedInvitation,
    description:
      "PERSON by the server's first owner, or by a token with MEMBERS for an organisation; PASSKEY by a host, for its person.",
    authScopes: { is: ['device', 'host', 'admin'] },
    args: { input: t.arg({ type: CreateInvitationInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const by = askerOf(context)
      if (by.kind === 'device') await requireConfirmed(context, by, 'invite', input.confirmation)
      return write(context, async (tx) => {
        const { organisationId = null } = input
        const place = by.kind === 'admin' ? (await adminIn(context, tx, 'MEMBERS', organisationId)).place : nowhere
        const { row, code } = await createInvitation(tx, by, place, { ...input, organisationId })
        return { row: await placed(tx, row), code }
      })
    },
  }),
  revokeInvitation: t.field({
    type: Invitation,
    description:
      'From then on it opens nothing; one that was used stays so. A device that may only view confirms `revoke-invitation <id>`.',
    authScopes: { is: ['device', 'host', 'admin'] },
    args: { id: t.arg.id({ required: true }), confirmation: t.arg({ type: ConfirmationInput }) },
    resolve: async (_root, { id, confirmation }, context) => {
      const by = askerOf(context)
      const act = `revoke-invitation ${id.replaceAll('\n', '')}`
      if (by.kind === 'device' && by.rung === 'VIEW') await requireConfirmed(context, by, act, confirmation)
      return write(context, async (tx) => {
        const row = await endInvitation(tx, by, (organisationId) => placeOf(tx, organisationId), id)
        return placed(tx, row)
      })
    },
  }),
}))

const nowhere: AdminPlace = { enterpriseId: null, organisationId: null }
