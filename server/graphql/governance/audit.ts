/** The audit, for those who may read it: filtered, paged, exported, streamed to a webhook (F5). That things happened, never what was said (F7). */
import { write } from '../../live/write.ts'
import type { AdminPlace } from '../../policy/admin.ts'
import { parseWebhookUrl, webhookSecret } from '../../push/audit-webhook.ts'
import {
  type AuditFilter,
  auditFields,
  findChain,
  listAudit,
  noteAudit,
  readChain,
  SERVER_CHAIN,
  type SealedRow,
  sealAudit,
} from '../../store/audit.ts'
import { addSink, findSink, listSinks, removeSink, type SinkRow } from '../../store/audit-sinks.ts'
import { placeOf } from '../../store/organisations.ts'
import { refuse } from '../../store/refused.ts'
import { builder } from '../builder.ts'
import type { Context } from '../context.ts'
import { parseNumber, parsePage, readWindow } from '../pages.ts'
import { ownerOf } from '../who.ts'
import { adminIn } from './admin-in.ts'

type EntryShape = SealedRow & { place: AdminPlace }

const AuditEntry = builder.objectRef<EntryShape>('AuditEntry').implement({
  authScopes: ({ place, ownerId }) => ({ admin: place, ...(ownerId !== null && { owner: ownerId }) }),
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => String(id) }),
    chain: t.exposeString('chain', { description: 'The organisation, or "server".' }),
    number: t.exposeInt('number', { description: 'Dense from 1 within the chain.' }),
    at: t.expose('at', { type: 'DateTime' }),
    ownerId: t.exposeID('ownerId', { nullable: true, description: 'The person it concerns.' }),
    actor: t.exposeString('actor'),
    actorName: t.exposeString('actorName'),
    surface: t.exposeString('surface'),
    action: t.exposeString('action'),
    target: t.exposeString('target', { nullable: true }),
    proof: t.exposeString('proof'),
    outcome: t.exposeString('outcome'),
    code: t.exposeString('code', { nullable: true }),
    rule: t.exposeString('rule', { nullable: true }),
    whatDigest: t.expose('whatDigest', { type: 'Digest', nullable: true }),
    line: t.exposeString('line'),
    previous: t.expose('previous', { type: 'Digest' }),
    hash: t.expose('hash', { type: 'Digest' }),
  }),
})

const AuditFilterInput = builder.inputType('AuditFilterInput', {
  fields: (t) => ({
    ownerId: t.id(),
    action: t.string(),
    actor: t.string(),
    outcome: t.string(),
    since: t.field({ type: 'DateTime' }),
    until: t.field({ type: 'DateTime' }),
  }),
})

/** What has been committed until now gets its place in the chain before anyone looks. */
async function sealed({ database }: Context): Promise<void> {
  while (await database.transaction(sealAudit));
}

const chainOf = (place: AdminPlace): string => place.organisationId ?? SERVER_CHAIN

/** The chain of an organisation; of the server when no scope is named. An enterprise has none of its own. */
async function chainFor(context: Context, scopeId: string | null | undefined) {
  if (scopeId?.startsWith('ent_'))
    throw refuse('BAD_INPUT', 'An enterprise has no audit of its own: name one of its organisations.')
  return context.database.transaction(async (tx) => {
    const { place, by } = await adminIn(context, tx, 'AUDIT', scopeId ?? null)
    return { place, by, chain: chainOf(place) }
  })
}

builder.queryField('auditEntries', (t) =>
  t.connection(
    {
      type: AuditEntry,
      description:
        "Newest first. A person's own, or for an admin those of an organisation (of the server without one).",
      authScopes: { is: ['admin', 'device', 'host'] },
      args: { scopeId: t.arg.id(), filter: t.arg({ type: AuditFilterInput }) },
      resolve: async (_root, { scopeId, filter, ...args }, context) => {
        const page = parsePage(args, parseNumber)
        const given = Object.entries(filter ?? {}).filter(([, value]) => value !== null && value !== undefined)
        const asked = Object.fromEntries(given) as AuditFilter
        await sealed(context)
        const admin = context.principal.kind === 'admin' ? await chainFor(context, scopeId) : null
        const within = admin ? { ...asked, chain: admin.chain } : { ...asked, ownerId: ownerOf(context) }
        const place = admin?.place ?? (await context.database.read((tx) => placeOf(tx, null)))
        const read = (wanted: typeof page) =>
          context.database.read(async (tx) =>
            (await listAudit(tx, within, wanted)).map((row): EntryShape => ({ ...row, place })),
          )
        return readWindow(page, read, (row) => String(row.id))
      },
    },
    { name: 'AuditEntryConnection' },
    { name: 'AuditEntryEdge' },
  ),
)

type ExportShape = {
  place: AdminPlace
  lines: SealedRow[]
  first: number
  last: number
  isComplete: boolean
}

const AuditExport = builder.objectRef<ExportShape>('AuditExport').implement({
  authScopes: ({ place }) => ({ admin: place }),
  fields: (t) => ({
    jsonl: t.string({
      description:
        'One entry a line, in the order of the chain, with the hashes that bind them; "offdesk audit verify" checks them.',
      resolve: ({ lines }) =>
        lines
          .map((row) => `${JSON.stringify({ ...auditFields(row), previous: row.previous, hash: row.hash })}\n`)
          .join(''),
    }),
    after: t.int({ description: 'Give it back to read on.', resolve: ({ last }) => last }),
    firstNumber: t.int({
      description: 'Where the chain begins; retention has removed what was before.',
      resolve: ({ first }) => first,
    }),
    isComplete: t.exposeBoolean('isComplete'),
  }),
})

const EXPORT_AT_ONCE = 1000

builder.queryField('auditExport', (t) =>
  t.field({
    type: AuditExport,
    authScopes: { is: ['admin'] },
    args: {
      scopeId: t.arg.id(),
      after: t.arg.int({ defaultValue: 0 }),
      first: t.arg.int({ defaultValue: EXPORT_AT_ONCE }),
    },
    resolve: async (_root, { scopeId, after, first }, context) => {
      const { chain, place, by } = await chainFor(context, scopeId)
      await sealed(context)
      const limit = Math.min(Math.max(first ?? EXPORT_AT_ONCE, 1), EXPORT_AT_ONCE)
      const from = Math.max(after ?? 0, 0)
      return context.database.transaction(async (tx) => {
        const rows = await readChain(tx, chain, from, limit + 1)
        const lines = rows.slice(0, limit)
        const head = await findChain(tx, chain)
        if (from === 0)
          await noteAudit(tx, {
            ...{ chain, ownerId: null, actor: by.actor, actorName: by.name, surface: 'ADMIN', action: 'audit.export' },
            ...{ target: chain, outcome: 'DONE', line: `from number ${head.firstNumber} on` },
          })
        const last = lines.at(-1)?.number ?? from
        return { place, lines, first: head.firstNumber, last, isComplete: rows.length <= limit }
      })
    },
  }),
)

type SinkShape = SinkRow & { place: AdminPlace }

const AuditWebhook = builder.objectRef<SinkShape>('AuditWebhook').implement({
  authScopes: ({ place }) => ({ admin: place }),
  fields: (t) => ({
    id: t.exposeID('id'),
    url: t.exposeString('url'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    sentNumber: t.exposeInt('sentNumber', { description: 'The last entry that it has taken.' }),
    failures: t.exposeInt('failures', { description: 'Since it last took one.' }),
    lastError: t.exposeString('lastError', { nullable: true }),
  }),
})

const AddedAuditWebhook = builder.objectRef<{ webhook: SinkShape; secret: string }>('AddedAuditWebhook').implement({
  authScopes: ({ webhook }) => ({ admin: webhook.place }),
  fields: (t) => ({
    webhook: t.expose('webhook', { type: AuditWebhook }),
    secret: t.exposeString('secret', {
      description:
        'Each request has Offdesk-Signature: t=<seconds>,v1=<hex HMAC-SHA256 with this over "<seconds>.<body>">.',
    }),
  }),
})

builder.queryField('auditWebhooks', (t) =>
  t.field({
    type: [AuditWebhook],
    authScopes: { is: ['admin'] },
    args: { scopeId: t.arg.id() },
    resolve: async (_root, { scopeId }, context) => {
      const { chain, place } = await chainFor(context, scopeId)
      return (await context.database.read((tx) => listSinks(tx, chain))).map((row): SinkShape => ({ ...row, place }))
    },
  }),
)

builder.mutationFields((t) => ({
  addAuditWebhook: t.field({
    type: AddedAuditWebhook,
    description: 'Sends the chain from its beginning, in order, at least once.',
    authScopes: { is: ['admin'] },
    args: { scopeId: t.arg.id(), url: t.arg.string({ required: true }) },
    resolve: async (_root, { scopeId, url }, context) => {
      const { chain, place, by } = await chainFor(context, scopeId)
      const parsed = parseWebhookUrl(url, context.push)
      const webhook = await write(context, async (tx) => {
        const row = await addSink(tx, { chain, url: parsed, createdBy: by.name })
        await noteAudit(tx, {
          ...{ chain, ownerId: null, actor: by.actor, actorName: by.name, surface: 'ADMIN', action: 'webhook.add' },
          ...{ target: row.id, outcome: 'DONE', line: new URL(parsed).host },
        })
        return { ...row, place }
      })
      return { webhook, secret: await webhookSecret(context.database, webhook.id) }
    },
  }),
  removeAuditWebhook: t.id({
    authScopes: { is: ['admin'] },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context) =>
      write(context, async (tx) => {
        const { chain } = await findSink(tx, id)
        const { by } = await adminIn(context, tx, 'AUDIT', chain === SERVER_CHAIN ? null : chain)
        await removeSink(tx, id)
        await noteAudit(tx, {
          ...{ chain, ownerId: null, actor: by.actor, actorName: by.name, surface: 'ADMIN', action: 'webhook.remove' },
          ...{ target: id, outcome: 'DONE', line: 'webhook' },
        })
        return id
      }),
  }),
}))
