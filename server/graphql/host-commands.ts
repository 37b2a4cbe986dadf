/** The host's side of commands: fetch, acknowledge, settle (C2, C3). */
import { rememberEndorsed } from '../auth/devices.ts'
import { rememberPinned } from '../auth/passkeys.ts'
import { write } from '../live/write.ts'
import { requireUnfenced } from '../store/attachments.ts'
import type { CommandRow } from '../store/commands.ts'
import { type Acknowledged, acknowledgeCommands, type Refusal, settleCommand } from '../store/delivery.ts'
import { type HostLook, lookForHost, lookWith } from '../store/host-commands.ts'
import { limits } from '../store/limits.ts'
import type { PolicyRow } from '../store/policies.ts'
import { refuse } from '../store/refused.ts'
import { brokenText } from '../store/well-formed.ts'
import { builder, partOf } from './builder.ts'
import { Command, CommandState, type ShownCommand, showCommands } from './commands/command.ts'
import type { Context } from './context.ts'
import { parkAsHost, type Waiting, waitAsHost } from './host-waiting.ts'
import { parking } from './parking.ts'
import { Policy } from './policy.ts'
import { hostOf } from './who.ts'

type HostCommandsShape = { commands: CommandRow[]; after: string; policy: PolicyRow; revokedDeviceIds: string[] }

const HostCommands = builder.objectRef<HostCommandsShape>('HostCommands').implement({
  authScopes: ({ policy }) => ({ owner: policy.ownerId }),
  fields: (t) => ({
    commands: t.field({ type: [Command], resolve: ({ commands }) => showCommands(commands) }),
    after: t.exposeString('after', { description: 'Give it back to read on; opaque.' }),
    policy: t.expose('policy', { type: Policy }),
    revokedDeviceIds: t.exposeIDList('revokedDeviceIds'),
  }),
})

/** Ends with the first command, with a change of policy or roster, at the deadline, and at once when the request is aborted. */
async function poll(
  context: Context,
  ask: { hostId: string; after: string | null; waitSeconds: number; isLong: boolean },
): Promise<HostCommandsShape> {
  const waiting = waitAsHost(context, ask.hostId)
  const deadline = waiting.deadline ?? performance.now() + ask.waitSeconds * 1000
  try {
    let { after } = ask
    // Nothing has been rung since it was told of nothing: who comes back from there goes on waiting, and the store is not asked.
    let seen = ask.waitSeconds > 0 ? waiting.rested(after) : null
    for (;;) {
      if (seen === null) {
        waiting.mark()
        seen = await look(context, ask.hostId, after)
        if (seen.commands.length > 0) return seen
        // With what it is told now it has what there is. And who was heard while it waited before its operation is not heard here: it comes back to wait there.
        if (seen.isTrustNews || (ask.isLong && waiting.deadline !== null)) return rested(waiting, seen)
      }
      const left = deadline - performance.now()
      const news = left > 0 ? await waiting.news(seen, left) : 'none'
      if (news === 'none') return rested(waiting, seen)
      const known = news === 'some' ? null : lookWith(seen, news)
      if (known) return known
      after = seen.after
      seen = null
    }
  } finally {
    waiting.close()
  }
}

function rested(waiting: Waiting, seen: HostLook): HostLook {
  waiting.rest(seen)
  return seen
}

const look = (context: Context, hostId: string, after: string | null): Promise<HostLook> =>
  context.database.read((tx) => lookForHost(tx, hostId, after))

type PollArgs = { hostId: string; after?: string | null; waitSeconds?: number | null }

const capped = (waitSeconds: number | null | undefined, atMost: number) =>
  Math.min(Math.max(waitSeconds ?? 0, 0), atMost)

/** An operation that waits lets nothing be heard: whoever asks for longer expects that, and comes back to wait before its operation. */
const UNHEARD_SECONDS = 25
const inOperation = (waitSeconds: number | null | undefined) => {
  const isLong = (waitSeconds ?? 0) > limits.maxWaitSeconds
  return { isLong, waitSeconds: isLong ? UNHEARD_SECONDS : capped(waitSeconds, limits.maxWaitSeconds) }
}

builder.queryField('hostCommands', (t) =>
  t.field({
    type: HostCommands,
    authScopes: { is: ['host'] },
    args: {
      hostId: t.arg.id({ required: true }),
      after: t.arg.string(),
      waitSeconds: t.arg.int({ defaultValue: 0 }),
    },
    extensions: parking(({ parts, principal, args }, go) => {
      const { hostId, after, waitSeconds } = args as PollArgs
      if (principal.kind !== 'host' || principal.hostId !== hostId) return null
      const milliseconds = capped(waitSeconds, limits.maxHostWaitSeconds) * 1000
      return milliseconds > 0 ? parkAsHost(parts, { hostId, after: after ?? null, milliseconds }, go) : null
    }),
    resolve: (_root, { hostId, after, waitSeconds }, context) => {
      hostOf(context, hostId)
      return poll(context, { hostId, after: after ?? null, ...inOperation(waitSeconds) })
    },
  }),
)

const AcknowledgedCommand = builder.objectRef<Acknowledged>('AcknowledgedCommand').implement({
  extensions: partOf('Host'),
  fields: (t) => ({
    id: t.id({ resolve: ({ row }) => row.id }),
    state: t.field({ type: CommandState, resolve: ({ row }) => row.state }),
    sessionEpoch: t.exposeInt('sessionEpoch', {
      nullable: true,
      description: 'The epoch that writes the session now. A host of an older one is fenced.',
    }),
    deliveredEpoch: t.int({
      nullable: true,
      description: 'The epoch that took it. Another one cannot know what became of it.',
      resolve: ({ row }) => row.deliveredEpoch,
    }),
  }),
})

const SessionEpochInput = builder.inputType('SessionEpochInput', {
  fields: (t) => ({ sessionId: t.id({ required: true }), epoch: t.int({ required: true }) }),
})

builder.mutationField('acknowledgeCommands', (t) =>
  t.field({
    type: [AcknowledgedCommand],
    authScopes: { is: ['host'] },
    args: {
      hostId: t.arg.id({ required: true }),
      ids: t.arg.idList({ required: true }),
      epochs: t.arg({
        type: [SessionEpochInput],
        description:
          'The attachments that would carry them out: the command of a session that another epoch writes stays QUEUED.',
      }),
    },
    resolve: (_root, { hostId, ids, epochs }, context) => {
      hostOf(context, hostId)
      if (ids.length > 100) throw refuse('TOO_LARGE', 'At most 100 at once.', { numbers: { limit: 100 } })
      const attached = new Map((epochs ?? []).map(({ sessionId, epoch }) => [sessionId, epoch]))
      return write(context, (tx, ring) => acknowledgeCommands(tx, ring, { hostId }, ids, attached))
    },
  }),
)

const SettledState = builder.enumType('SettledState', {
  values: ['APPLIED', 'EXPIRED', 'REFUSED', 'SUPERSEDED', 'UNKNOWN'] as const,
})

const RefusalInput = builder.inputType('RefusalInput', {
  fields: (t) => ({
    code: t.string({ required: true }),
    message: t.string({ required: true }),
    rule: t.string(),
    level: t.string({ description: 'With owner and remedy, or not at all: whose rule it is (T7).' }),
    owner: t.string(),
    remedy: t.string(),
  }),
})

const SettleCommandInput = builder.inputType('SettleCommandInput', {
  fields: (t) => ({
    commandId: t.id({ required: true }),
    state: t.field({ type: SettledState, required: true }),
    refusal: t.field({ type: RefusalInput }),
    epoch: t.int({
      description: 'Of the attachment that says so, with a session’s credential. One that is fenced settles nothing.',
    }),
  }),
})

/** The host for any command of its own; a session's credential for that session's. */
function settlerOf({ principal }: Context): { hostId: string; sessionId?: string } {
  if (principal.kind === 'session') return { hostId: principal.hostId, sessionId: principal.sessionId }
  if (principal.kind === 'host') return { hostId: principal.hostId }
  throw refuse('UNAUTHENTICATED', 'Only a host settles commands.')
}

type Said = { code: string; message: string } & {
  [K in 'rule' | 'level' | 'owner' | 'remedy']?: string | null | undefined
}

function kept({ code, message, rule, level, owner, remedy }: Said): Refusal {
  return { code, message, rule: rule ?? null, because: level && owner && remedy ? { level, owner, remedy } : null }
}

builder.mutationField('settleCommand', (t) =>
  t.field({
    type: Command,
    authScopes: { is: ['host', 'session'] },
    args: { input: t.arg({ type: SettleCommandInput, required: true }) },
    resolve: async (_root, { input }, context): Promise<ShownCommand> => {
      const { commandId: id, state, refusal, epoch } = input
      const broken = brokenText(refusal)
      if (broken) throw refuse('BAD_INPUT', `The refusal holds ${broken}.`)
      const words = refusal ? kept(refusal) : null
      const by = settlerOf(context)
      const row = await write(context, async (tx, ring) => {
        // What a zombie did with what it had taken, its session does not tell: the newer attachment says of it what it knows (E4, C4).
        if (by.sessionId && epoch) await requireUnfenced(tx, by.sessionId, epoch)
        const settled = await settleCommand(tx, ring, by, { id, state, refusal: words })
        await rememberEndorsed(tx, ring, settled)
        await rememberPinned(tx, settled)
        return settled
      })
      const [shown] = showCommands([row])
      if (!shown) throw refuse('NOT_FOUND', 'This command was made by a later version of the server.')
      return shown
    },
  }),
)
