/** Enterprises, organisations and their members, as admins see and make them. People are names and ids here; what they do is theirs (F7). */

import { parseName } from '../../auth/parse.ts'
import { endSignedInOf } from '../../auth/sign-in/oidc-leaving.ts'
import type { Tx } from '../../db/database.ts'
import { write } from '../../live/write.ts'
import { bringUnder, letGo } from '../../policy/applying.ts'
import type { AdminPrincipal } from '../../policy/principal.ts'
import { noteAudit, SERVER_CHAIN } from '../../store/audit.ts'
import {
  createEnterprise,
  createOrganisation,
  type EnterpriseRow,
  holdOrganisation,
  isKnownTo,
  listEnterprises,
  listMembers,
  listOrganisations,
  type MemberRow,
  type OrganisationRow,
} from '../../store/organisations.ts'
import { notFound } from '../../store/refused.ts'
import { noteLetGo } from '../../store/scim.ts'
import { builder } from '../builder.ts'
import { packCursor, parsePage, readWindow, unpackCursor } from '../pages.ts'
import { adminOf } from '../who.ts'
import { adminIn } from './admin-in.ts'

export const Organisation = builder.objectRef<OrganisationRow>('Organisation')

export const placeOfRow = (row: OrganisationRow) => ({ enterpriseId: row.enterpriseId, organisationId: row.id })

const Enterprise = builder.objectRef<EnterpriseRow>('Enterprise').implement({
  authScopes: (row) => ({ admin: { enterpriseId: row.id, organisationId: null } }),
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    organisations: t.field({
      type: [Organisation],
      resolve: (row, _args, { database }) => database.read((tx) => listOrganisations(tx, { enterpriseId: row.id })),
    }),
  }),
})

type MemberShape = MemberRow & { place: { enterpriseId: string | null; organisationId: string } }

export const Member = builder.objectRef<MemberShape>('Member').implement({
  authScopes: ({ place }) => ({ admin: place }),
  fields: (t) => ({
    ownerId: t.exposeID('ownerId'),
    name: t.exposeString('name'),
    since: t.expose('since', { type: 'DateTime' }),
    addedBy: t.exposeString('addedBy'),
  }),
})

Organisation.implement({
  authScopes: (row) => ({ admin: placeOfRow(row) }),
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name'),
    enterpriseId: t.exposeID('enterpriseId', { nullable: true }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    legalHoldSince: t.expose('legalHoldSince', {
      type: 'DateTime',
      nullable: true,
      description: 'From then on nothing of its people and of its audit is deleted.',
    }),
    members: t.connection(
      {
        type: Member,
        resolve: (row, args, context) => {
          const page = parsePage(args, (text) => unpackCursor(text, 1)?.[0] ?? null)
          const read = (wanted: typeof page) =>
            context.database.read(async (tx) => {
              await adminIn(context, tx, 'READ', row.id)
              const after = wanted.after === null ? {} : { after: wanted.after }
              const rows = await listMembers(tx, [row.id], { ...after, limit: wanted.limit })
              return rows.map((member) => ({ ...member, place: placeOfRow(row) }))
            })
          return readWindow({ ...page, backward: false }, read, (member) => packCursor(member.ownerId))
        },
      },
      { name: 'MemberConnection' },
      { name: 'MemberEdge' },
    ),
  }),
})

builder.queryFields((t) => ({
  enterprises: t.field({
    type: [Enterprise],
    authScopes: { is: ['admin'] },
    resolve: (_root, _args, context) =>
      context.database.read(async (tx) => {
        const { scopeId } = adminOf(context)
        await adminIn(context, tx, 'READ', scopeId)
        return scopeId?.startsWith('org_') ? [] : listEnterprises(tx, scopeId)
      }),
  }),
  organisations: t.field({
    type: [Organisation],
    description: 'Those that this token reaches.',
    authScopes: { is: ['admin'] },
    resolve: (_root, _args, context) =>
      context.database.read(async (tx) => {
        const { scopeId } = adminOf(context)
        await adminIn(context, tx, 'READ', scopeId)
        if (scopeId === null) return listOrganisations(tx, {})
        return listOrganisations(
          tx,
          scopeId.startsWith('ent_') ? { enterpriseId: scopeId } : { organisationId: scopeId },
        )
      }),
  }),
}))

/** Throws NOT_FOUND for whom this token's place has no claim to, whoever they are (F1). */
async function requireClaim(tx: Tx, { scopeId, tokenId }: AdminPrincipal, ownerId: string): Promise<void> {
  if (scopeId === null) return
  const under = scopeId.startsWith('ent_') ? await listOrganisations(tx, { enterpriseId: scopeId }) : []
  const places = [scopeId, ...under.map(({ id }) => id)]
  if (!(await isKnownTo(tx, ownerId, { places, tokenId }))) throw notFound('person')
}

builder.mutationFields((t) => ({
  createEnterprise: t.field({
    type: Enterprise,
    authScopes: { is: ['admin'] },
    args: { name: t.arg.string({ required: true }) },
    resolve: (_root, { name }, context) =>
      write(context, async (tx) => {
        const { by } = await adminIn(context, tx, 'ORGANISATIONS', null)
        const row = await createEnterprise(tx, parseName(name))
        await noteAudit(tx, {
          ...{ chain: SERVER_CHAIN, ownerId: null, actor: by.actor, actorName: by.name, surface: 'ADMIN' },
          ...{ action: 'enterprise.create', target: row.id, outcome: 'DONE', line: row.name },
        })
        return row
      }),
  }),
  createOrganisation: t.field({
    type: Organisation,
    description: 'Its policy is UNCONFIGURED, which is off, until a document says otherwise.',
    authScopes: { is: ['admin'] },
    args: { name: t.arg.string({ required: true }), enterpriseId: t.arg.id() },
    resolve: (_root, { name, enterpriseId }, context) =>
      write(context, async (tx) => {
        const { by, place } = await adminIn(context, tx, 'ORGANISATIONS', enterpriseId ?? null)
        if (place.organisationId !== null) throw notFound('enterprise')
        const row = await createOrganisation(tx, { name: parseName(name), enterpriseId: enterpriseId ?? null })
        await noteAudit(tx, {
          ...{ chain: row.id, ownerId: null, actor: by.actor, actorName: by.name, surface: 'ADMIN' },
          ...{ action: 'organisation.create', target: row.id, outcome: 'DONE', line: row.name },
        })
        return row
      }),
  }),
  addMember: t.field({
    type: Member,
    description:
      "From now on the organisation's policy holds for this person, running sessions included. A token of an enterprise or organisation reaches people of its place and those whom it has invited; who belongs nowhere comes by an invitation, or by a token of the server.",
    authScopes: { is: ['admin'] },
    args: { organisationId: t.arg.id({ required: true }), ownerId: t.arg.id({ required: true }) },
    resolve: (_root, args, context) =>
      write(context, async (tx, ring) => {
        const { by, place, principal } = await adminIn(context, tx, 'MEMBERS', args.organisationId)
        await requireClaim(tx, principal, args.ownerId)
        const row = await bringUnder(tx, ring, by, args)
        return { ...row, place: { ...place, organisationId: row.organisationId } }
      }),
  }),
  removeMember: t.id({
    description:
      'What came by the organisation’s single sign-on ends with it; whoever was made by it ends whole. Whom its identity provider has linked is their own from then on: it ends nothing of theirs.',
    authScopes: { is: ['admin'] },
    args: { organisationId: t.arg.id({ required: true }), ownerId: t.arg.id({ required: true }) },
    resolve: (_root, args, context) =>
      write(context, async (tx, ring) => {
        const { by, principal } = await adminIn(context, tx, 'MEMBERS', args.organisationId)
        await letGo(tx, ring, by, args)
        await noteLetGo(tx, args.ownerId)
        await endSignedInOf(tx, ring, principal, args.ownerId)
        return args.ownerId
      }),
  }),
  setLegalHold: t.field({
    type: Organisation,
    description: 'Freezes every deletion of what its people published and of its audit, or lifts that.',
    authScopes: { is: ['admin'] },
    args: { organisationId: t.arg.id({ required: true }), held: t.arg.boolean({ required: true }) },
    resolve: (_root, { organisationId, held }, context) =>
      write(context, async (tx) => {
        const { by } = await adminIn(context, tx, 'AUDIT', organisationId)
        const row = await holdOrganisation(tx, organisationId, held ? by.name : null)
        await noteAudit(tx, {
          ...{ chain: organisationId, ownerId: null, actor: by.actor, actorName: by.name, surface: 'ADMIN' },
          ...{ action: 'hold.set', target: organisationId, outcome: 'DONE', line: held ? 'held' : 'lifted' },
        })
        return row
      }),
  }),
}))
