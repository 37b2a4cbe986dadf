/** The envelope that every command shares, and its states in words (C5). Knows no kind. */
import type { CommandKind, CommandValues } from '../../store/command-kinds.ts'
import { readCommand } from '../../store/command-kinds.ts'
import type { CommandRow } from '../../store/commands.ts'
import { builder, partOf } from '../builder.ts'
import { reasonOfKept } from '../refusal.ts'
import { Rung } from '../rung.ts'
import { decisionRowOf, Settlement, settlementOf } from '../settlements.ts'

type Envelope = { envelope: { row: CommandRow; kind: CommandKind } }
/** A command as its type's resolvers see it: the content, and the envelope beside it. */
export type ShownCommand<K extends CommandKind = CommandKind> = CommandValues[K] & Envelope

/** Null for what this server cannot read: made by a later version. */
export function showCommand(row: CommandRow): ShownCommand | null {
  const known = readCommand(row)
  return known && ({ ...known.value, envelope: { row, kind: known.kind } } as ShownCommand)
}

/** Leaves out what cannot be read: one of them must not break a list. */
export const showCommands = (rows: CommandRow[]): ShownCommand[] => rows.flatMap((row) => showCommand(row) ?? [])

/** For what has just been made by this very server. */
export function showMade<K extends CommandKind>(kind: K, row: CommandRow): ShownCommand<K> {
  const shown = showCommand(row)
  if (shown?.envelope.kind !== kind) throw new Error(`a ${kind} was stored that cannot be read back`)
  return shown as ShownCommand<K>
}

export const CommandState = builder.enumType('CommandState', {
  values: ['APPLIED', 'DELIVERED', 'EXPIRED', 'QUEUED', 'REFUSED', 'SUPERSEDED', 'UNKNOWN'] as const,
})

type RefusalShape = { code: string; message: string; rule: string | null; because: string | null }

/** As the host said it, else what stands behind the code. */
const whose = ({ code, rule, because }: RefusalShape) =>
  because === null
    ? reasonOfKept(code, rule)
    : (JSON.parse(because) as { level: string; owner: string; remedy: string })

const Refusal = builder.objectRef<RefusalShape>('Refusal').implement({
  extensions: partOf('Command'),
  fields: (t) => ({
    code: t.exposeString('code'),
    message: t.exposeString('message'),
    rule: t.exposeString('rule', { nullable: true }),
    level: t.string({ nullable: true, resolve: (refusal) => whose(refusal)?.level ?? null }),
    owner: t.string({ nullable: true, resolve: (refusal) => whose(refusal)?.owner ?? null }),
    remedy: t.string({
      nullable: true,
      description: 'What would lift it.',
      resolve: (refusal) => whose(refusal)?.remedy ?? null,
    }),
  }),
})

export const Command = builder.interfaceRef<ShownCommand>('Command').implement({
  authScopes: ({ envelope: { row } }) =>
    row.sessionId === null
      ? { host: { ownerId: row.ownerId, hostId: row.hostId } }
      : { session: { ownerId: row.ownerId, hostId: row.hostId, sessionId: row.sessionId } },
  resolveType: ({ envelope }) => envelope.kind,
  fields: (t) => ({
    id: t.id({ resolve: ({ envelope }) => envelope.row.id }),
    hostId: t.id({ resolve: ({ envelope }) => envelope.row.hostId }),
    sessionId: t.id({ nullable: true, resolve: ({ envelope }) => envelope.row.sessionId }),
    deviceId: t.id({ nullable: true, resolve: ({ envelope }) => envelope.row.deviceId }),
    deviceName: t.string({ nullable: true, resolve: ({ envelope }) => envelope.row.deviceName }),
    rung: t.field({ type: Rung, nullable: true, resolve: ({ envelope }) => envelope.row.rung }),
    key: t.string({ resolve: ({ envelope }) => envelope.row.key }),
    proof: t.string({
      nullable: true,
      description: 'As the device gave it (signature), verbatim.',
      resolve: ({ envelope }) => envelope.row.proof,
    }),
    state: t.field({ type: CommandState, resolve: ({ envelope }) => envelope.row.state }),
    createdAt: t.field({ type: 'DateTime', resolve: ({ envelope }) => envelope.row.createdAt }),
    expiresAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ envelope }) => envelope.row.expiresAt }),
    deliveredAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ envelope }) => envelope.row.deliveredAt }),
    settledAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ envelope }) => envelope.row.settledAt }),
    refusal: t.field({
      type: Refusal,
      nullable: true,
      resolve: ({ envelope: { row } }) =>
        row.refusalCode === null
          ? null
          : {
              ...{ code: row.refusalCode, message: row.refusalMessage ?? '' },
              ...{ rule: row.refusalRule, because: row.refusalBecause },
            },
    }),
    winner: t.field({
      type: Settlement,
      nullable: true,
      resolve: async ({ envelope: { row } }, _args, context) => {
        if (row.state !== 'SUPERSEDED' || !row.sessionId || !row.decisionId) return null
        // Another's words: a deny that came second is told that it did, whoever made it.
        if ((await context.allowed(null)).unseen) return null
        const decision = await decisionRowOf(context, { sessionId: row.sessionId, id: row.decisionId })
        return decision ? settlementOf(decision) : null
      },
    }),
  }),
})

/** The type of one kind. Its name is the kind as stored. */
export const commandRef = <K extends CommandKind>(kind: K) => builder.objectRef<ShownCommand<K>>(kind)
