/** Tokens of admins: made, listed, ended (F6). */
import { createAdminToken, endAdminToken } from '../../auth/admin-tokens.ts'
import { write } from '../../live/write.ts'
import { type AdminPlace, SERVER_PLACE } from '../../policy/admin.ts'
import { ADMIN_SCOPES } from '../../policy/admin-scope.ts'
import { type AdminTokenRow, findAdminToken, listAdminTokens } from '../../store/admin-tokens.ts'
import { listOrganisations, placeOf } from '../../store/organisations.ts'
import { notFound } from '../../store/refused.ts'
import { builder } from '../builder.ts'
import { adminOf } from '../who.ts'
import { adminIn } from './admin-in.ts'
import { AdminScope } from './document-type.ts'

type TokenShape = AdminTokenRow & { place: AdminPlace }

const AdminToken = builder.objectRef<TokenShape>('AdminToken').implement({
  authScopes: ({ place }) => ({ admin: place, $granted: 'made' }),
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name'),
    scopeId: t.exposeID('scopeId', {
      nullable: true,
      description: 'An enterprise, an organisation; null is the server.',
    }),
    scopes: t.field({
      type: [AdminScope],
      resolve: ({ scopes }) => ADMIN_SCOPES.filter((scope) => scopes.split(' ').includes(scope)),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    createdBy: t.exposeString('createdBy'),
    madeBy: t.exposeID('madeBy', {
      nullable: true,
      description:
        'The token that made it: it ends with that one, when that is revoked. Null for one that a script of a person made.',
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime' }),
    lastUsedAt: t.expose('lastUsedAt', { type: 'DateTime', nullable: true }),
    revokedAt: t.expose('revokedAt', { type: 'DateTime', nullable: true }),
  }),
})

const CreatedAdminToken = builder.objectRef<{ row: TokenShape; token: string }>('CreatedAdminToken').implement({
  // Shown once, to whoever was let make it.
  authScopes: { is: ['admin', 'device'] },
  fields: (t) => ({
    adminToken: t.field({ type: AdminToken, grantScopes: ['made'], resolve: ({ row }) => row }),
    token: t.exposeString('token'),
  }),
})

const CreateAdminTokenInput = builder.inputType('CreateAdminTokenInput', {
  fields: (t) => ({
    name: t.string({ required: true }),
    scopes: t.field({ type: [AdminScope], required: true }),
    days: t.int({ required: true, defaultValue: 90 }),
    scopeId: t.id(),
  }),
})

builder.queryField('adminTokens', (t) =>
  t.field({
    type: [AdminToken],
    description: "This token's place and what is under it; hashes are never shown.",
    authScopes: { is: ['admin'] },
    resolve: (_root, _args, context) =>
      context.database.read(async (tx) => {
        const { scopeId } = adminOf(context)
        await adminIn(context, tx, 'TOKENS', scopeId)
        const under = scopeId?.startsWith('ent_') ? await listOrganisations(tx, { enterpriseId: scopeId }) : []
        const rows = await listAdminTokens(tx, scopeId === null ? null : [scopeId, ...under.map(({ id }) => id)])
        const shown: TokenShape[] = []
        for (const row of rows) shown.push({ ...row, place: await placeOf(tx, row.scopeId) })
        return shown
      }),
  }),
)

builder.queryField('thisAdminToken', (t) =>
  t.field({
    type: AdminToken,
    description: 'The token that asks: what it may do, where and until when. No scope is needed for that.',
    authScopes: { is: ['admin'] },
    resolve: (_root, _args, context) =>
      context.database.read(async (tx) => {
        const { tokenId } = adminOf(context)
        const row = await findAdminToken(tx, tokenId)
        if (!row) throw notFound('token')
        return { ...row, place: await placeOf(tx, row.scopeId) }
      }),
  }),
)

builder.mutationFields((t) => ({
  createAdminToken: t.field({
    type: CreatedAdminToken,
    description: "The first by a FULL script of the server's first person; each further one by a token with TOKENS.",
    authScopes: { is: ['admin', 'device'] },
    args: { input: t.arg({ type: CreateAdminTokenInput, required: true }) },
    resolve: (_root, { input }, context) =>
      write(context, async (tx) => {
        const { principal } = context
        if (principal.kind !== 'admin' && principal.kind !== 'device') throw notFound('token')
        const scopeId = input.scopeId ?? (principal.kind === 'admin' ? principal.scopeId : null)
        const place = scopeId === null ? SERVER_PLACE : await placeOf(tx, scopeId)
        const { row, token } = await createAdminToken(tx, principal, place, { ...input, scopeId })
        return { row: { ...row, place }, token }
      }),
  }),
  revokeAdminToken: t.field({
    type: AdminToken,
    description:
      'Ends what it has made as well, at any remove, unless that is to be kept: for one that was replaced. What runs out by itself ends alone.',
    authScopes: { is: ['admin'] },
    args: { id: t.arg.id({ required: true }), keepsMade: t.arg.boolean({ required: true, defaultValue: false }) },
    resolve: (_root, asked, context) =>
      write(context, async (tx, ring) => {
        const of = (scopeId: string | null) => placeOf(tx, scopeId)
        const row = await endAdminToken(tx, ring, adminOf(context), of, asked)
        return { ...row, place: await of(row.scopeId) }
      }),
  }),
}))
