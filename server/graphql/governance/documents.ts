/** Policy documents: read, checked, tried, applied, rolled back, and the switch that ends everything remote (F1, F2). */
import { write } from '../../live/write.ts'
import type { AdminPlace } from '../../policy/admin.ts'
import {
  applyPolicy,
  type DryRun,
  dryRun,
  killSwitch,
  kindOf,
  rollBack,
  type Standing,
  standingPolicy,
} from '../../policy/applying.ts'
import { problemsOf, readDocument } from '../../policy/document.ts'
import type { SettingChange } from '../../policy/governing.ts'
import { listDocuments } from '../../store/policy-documents.ts'
import type { RunningSession } from '../../store/running.ts'
import { builder, partOf } from '../builder.ts'
import { parseNumber, parsePage, readWindow } from '../pages.ts'
import { adminIn } from './admin-in.ts'
import { PolicyDocument, PolicyDocumentInput } from './document-type.ts'

type VersionShape = Standing & { place: AdminPlace }

const PolicyVersion = builder.objectRef<VersionShape>('PolicyVersion').implement({
  authScopes: ({ place }) => ({ admin: place }),
  fields: (t) => ({
    scopeId: t.exposeID('scopeId'),
    version: t.exposeInt('version', { description: '0 is what holds before anyone has written a document.' }),
    document: t.expose('document', { type: PolicyDocument }),
    digest: t.field({ type: 'Digest', nullable: true, resolve: ({ row }) => row?.digest ?? null }),
    note: t.string({ nullable: true, resolve: ({ row }) => row?.note ?? null }),
    createdAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ row }) => row?.createdAt ?? null }),
    createdBy: t.string({ nullable: true, resolve: ({ row }) => row?.createdBy ?? null }),
  }),
})

const PolicySettingChange = builder.objectRef<SettingChange>('PolicySettingChange').implement({
  extensions: partOf('PolicyDryRun'),
  fields: (t) => ({
    ownerId: t.exposeID('ownerId'),
    setting: t.exposeString('setting'),
    before: t.exposeString('before'),
    after: t.exposeString('after'),
  }),
})

const GovernedSession = builder.objectRef<RunningSession>('GovernedSession').implement({
  description: 'A running session as those who govern see it: that there is one, and of which agent.',
  extensions: partOf('PolicyDryRun'),
  fields: (t) => ({
    id: t.exposeID('id'),
    ownerId: t.exposeID('ownerId'),
    agentId: t.exposeString('agentId'),
    agentName: t.exposeString('agentName'),
  }),
})

const PolicyDryRun = builder.objectRef<DryRun & { place: AdminPlace }>('PolicyDryRun').implement({
  authScopes: ({ place }) => ({ admin: place }),
  fields: (t) => ({
    changes: t.expose('changes', { type: [PolicySettingChange] }),
    sessions: t.expose('sessions', { type: [GovernedSession], description: 'At most 500; sessionCount is all.' }),
    sessionCount: t.exposeInt('sessionCount'),
  }),
})

const scopeArg = { required: true, description: 'An enterprise or an organisation.' } as const

builder.queryFields((t) => ({
  policyDocument: t.field({
    type: PolicyVersion,
    description: 'The version that stands.',
    authScopes: { is: ['admin'] },
    args: { scopeId: t.arg.id(scopeArg) },
    resolve: (_root, { scopeId }, context) =>
      context.database.read(async (tx) => {
        const { place } = await adminIn(context, tx, 'READ', scopeId)
        return { ...(await standingPolicy(tx, scopeId)), place }
      }),
  }),
  policyHistory: t.connection(
    {
      type: PolicyVersion,
      description: 'Newest first.',
      authScopes: { is: ['admin'] },
      args: { scopeId: t.arg.id(scopeArg) },
      resolve: async (_root, { scopeId, ...args }, context) => {
        const page = { ...parsePage(args, parseNumber), backward: false }
        const { place } = await context.database.read((tx) => adminIn(context, tx, 'READ', scopeId))
        const read = async (wanted: typeof page): Promise<VersionShape[]> => {
          const before = wanted.after === null ? {} : { before: wanted.after }
          const rows = await context.database.read((tx) =>
            listDocuments(tx, scopeId, { ...before, limit: wanted.limit }),
          )
          return rows.map((row) => ({ ...row, document: readDocument(row.document), row, place }))
        }
        return readWindow(page, read, (one) => String(one.version))
      },
    },
    { name: 'PolicyVersionConnection' },
    { name: 'PolicyVersionEdge' },
  ),
  validatePolicy: t.stringList({
    description:
      'What is wrong with a document, the tests of its command classes included; empty when it may be applied.',
    authScopes: { is: ['admin'] },
    args: { scopeId: t.arg.id(scopeArg), document: t.arg({ type: PolicyDocumentInput, required: true }) },
    resolve: (_root, { scopeId, document }, context) =>
      context.database.read(async (tx) => {
        await adminIn(context, tx, 'READ', scopeId)
        return problemsOf(kindOf(scopeId), document)
      }),
  }),
  dryRunPolicy: t.field({
    type: PolicyDryRun,
    description: 'Who and which running sessions would change. Changes nothing.',
    authScopes: { is: ['admin'] },
    args: { scopeId: t.arg.id(scopeArg), document: t.arg({ type: PolicyDocumentInput, required: true }) },
    resolve: (_root, { scopeId, document }, context) =>
      context.database.transaction(async (tx) => {
        const { place } = await adminIn(context, tx, 'READ', scopeId)
        return { ...(await dryRun(tx, scopeId, document)), place }
      }),
  }),
}))

builder.mutationFields((t) => ({
  applyPolicy: t.field({
    type: PolicyVersion,
    description:
      'The next version, in force at once: sockets, polls, pushes and running sessions follow within a second.',
    authScopes: { is: ['admin'] },
    args: {
      scopeId: t.arg.id(scopeArg),
      expectedVersion: t.arg.int({ required: true }),
      document: t.arg({ type: PolicyDocumentInput, required: true }),
      note: t.arg.string(),
    },
    resolve: (_root, { note, ...asked }, context) =>
      write(context, async (tx, ring) => {
        const { by, place } = await adminIn(context, tx, 'POLICY', asked.scopeId)
        return { ...(await applyPolicy(tx, ring, by, { ...asked, note: note?.slice(0, 500) ?? null })), place }
      }),
  }),
  rollBackPolicy: t.field({
    type: PolicyVersion,
    description: 'Applies the document of an old version as a new one.',
    authScopes: { is: ['admin'] },
    args: {
      scopeId: t.arg.id(scopeArg),
      version: t.arg.int({ required: true }),
      expectedVersion: t.arg.int({ required: true }),
    },
    resolve: (_root, asked, context) =>
      write(context, async (tx, ring) => {
        const { by, place } = await adminIn(context, tx, 'POLICY', asked.scopeId)
        return { ...(await rollBack(tx, ring, by, asked)), place }
      }),
  }),
  disableRemoteControl: t.field({
    type: PolicyVersion,
    description: 'The kill switch: everything remote ends for everyone under it. The rest of the document stays.',
    authScopes: { is: ['admin'] },
    args: { scopeId: t.arg.id(scopeArg) },
    resolve: (_root, { scopeId }, context) =>
      write(context, async (tx, ring) => {
        const { by, place } = await adminIn(context, tx, 'POLICY', scopeId)
        return { ...(await killSwitch(tx, ring, by, scopeId)), place }
      }),
  }),
}))
