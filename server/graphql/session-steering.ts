/** What waits in a session and what may be done about it: decisions, prompts, commands, and the asking device's allowance. */
import type { Rung as RungValue } from '../policy/rung.ts'
import { listCommands } from '../store/commands.ts'
import { type Decision as DecisionValue, findDecision, openDecisions } from '../store/decisions.ts'
import { type Prompt as PromptValue, waitingPrompts } from '../store/prompts.ts'
import { createBatch } from './batch.ts'
import { builder, partOf } from './builder.ts'
import { Command, showCommand } from './commands/command.ts'
import { PromptState } from './events/prompts.ts'
import { parseNumber, parsePage, readWindow } from './pages.ts'
import { Rung } from './rung.ts'
import { Decision, Session } from './session-ref.ts'
import { Attachment, Delivery, Origin } from './values.ts'

type AllowanceValue = { rung: RungValue; code: string | null; rule: string | null; message: string | null }

const Allowance = builder.objectRef<AllowanceValue>('Allowance').implement({
  extensions: partOf('Session'),
  fields: (t) => ({
    rung: t.expose('rung', { type: Rung }),
    code: t.exposeString('code', { nullable: true }),
    rule: t.exposeString('rule', { nullable: true }),
    message: t.exposeString('message', { nullable: true }),
  }),
})

const Prompt = builder.objectRef<PromptValue>('Prompt').implement({
  extensions: partOf('Session'),
  fields: (t) => ({
    id: t.exposeID('id'),
    state: t.expose('state', { type: PromptState }),
    since: t.expose('since', { type: 'DateTime' }),
    text: t.string({ resolve: ({ said }) => said.text }),
    attachments: t.field({ type: [Attachment], resolve: ({ said }) => said.attachments }),
    delivery: t.field({ type: Delivery, resolve: ({ said }) => said.delivery }),
    modeId: t.string({ nullable: true, resolve: ({ said }) => said.modeId }),
    turnId: t.id({ nullable: true, resolve: ({ said }) => said.turnId }),
    reason: t.string({ nullable: true, resolve: ({ said }) => said.reason }),
    origin: t.field({ type: Origin, resolve: ({ said }) => said.origin }),
  }),
})

const bySession = <T extends { sessionId: string }>(ids: string[], rows: T[]): Map<string, T[]> => {
  const found = new Map<string, T[]>(ids.map((id) => [id, []]))
  for (const row of rows) found.get(row.sessionId)?.push(row)
  return found
}

const openIn = createBatch<string, DecisionValue[]>(
  (id) => id,
  async (tx, ids) => bySession(ids, await openDecisions(tx, ids)),
)
const waitingIn = createBatch<string, PromptValue[]>(
  (id) => id,
  async (tx, ids) => bySession(ids, await waitingPrompts(tx, ids)),
)

builder.objectFields(Session, (t) => ({
  allowed: t.field({
    type: Allowance,
    description: 'What the asking device may do here, and the rule that limits it.',
    resolve: async (row, _args, context) => {
      const { rung, limit } = await context.allowed(row)
      const { code = null, rule = null, message = null } = limit ?? {}
      return { rung: rung ?? 'VIEW', code, rule, message }
    },
  }),
  openDecisions: t.field({
    type: [Decision],
    resolve: async (row, _args, context) => (await openIn(context, row.id)) ?? [],
  }),
  decision: t.field({
    type: Decision,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    resolve: (row, { id }, context) => context.database.read((tx) => findDecision(tx, row.id, id)),
  }),
  prompts: t.field({
    type: [Prompt],
    description: 'Queued, held and running prompts, in order.',
    resolve: async (row, _args, context) => (await waitingIn(context, row.id)) ?? [],
  }),
  commands: t.connection(
    {
      type: Command,
      resolve: async (row, args, context) => {
        const page = parsePage(args, parseNumber)
        const read = (wanted: typeof page) => context.database.read((tx) => listCommands(tx, row.id, wanted))
        const { edges, pageInfo } = await readWindow(page, read, (command) => String(command.number))
        const shown = edges.flatMap(({ cursor, node }) => {
          const command = showCommand(node)
          return command ? [{ cursor, node: command }] : []
        })
        return { edges: shown, pageInfo }
      },
    },
    { name: 'CommandConnection' },
    { name: 'CommandEdge' },
  ),
}))
