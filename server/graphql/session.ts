/** A session as its owner's devices and its own host see it: the row, and what its newest events say. */

import type { EventValues } from '../store/event-kinds.ts'
import { findHost, type HostRow } from '../store/hosts.ts'
import type { SessionRow } from '../store/sessions.ts'
import { createBatch } from './batch.ts'
import { builder, partOf } from './builder.ts'
import type { Context } from './context.ts'
import { AgentInfo, SlashCommand } from './events/setup.ts'
import { PlanEntry } from './events/turns.ts'
import { Host } from './hosts.ts'
import { Rung } from './rung.ts'
import { configurationOf, factOf, modeOf, modesOf } from './session-facts.ts'
import { Session, sessionKey } from './session-ref.ts'
import { Mode } from './values.ts'

const SessionState = builder.enumType('SessionState', { values: ['ENDED', 'IDLE', 'STOPPED', 'WORKING'] as const })

const Usage = builder.objectRef<EventValues['UsageChanged']>('Usage').implement({
  extensions: partOf('Session'),
  fields: (t) => ({
    used: t.exposeInt('used'),
    size: t.exposeInt('size'),
    costAmount: t.exposeFloat('costAmount', { nullable: true }),
    costCurrency: t.exposeString('costCurrency', { nullable: true }),
  }),
})

const hostById = createBatch(
  (id: string) => id,
  async (tx, ids) => {
    const found = new Map<string, HostRow>()
    for (const id of ids) {
      const row = await findHost(tx, id)
      if (row) found.set(id, row)
    }
    return found
  },
)

async function hostOf(context: Context, session: SessionRow): Promise<HostRow> {
  const row = await hostById(context, session.hostId)
  if (!row) throw new Error('a session without its host')
  return row
}

/** Given name, else the agent's title, else the last prompt, else where it runs (A7). */
async function titleOf(context: Context, row: SessionRow): Promise<string> {
  const said = row.name ?? row.agentTitle ?? row.promptTitle
  if (said !== null) return said
  const folder = row.cwd.split(/[\\/]/).filter(Boolean).at(-1) ?? row.cwd
  return `${(await hostOf(context, row)).name} · ${folder}`
}

Session.implement({
  authScopes: (row) => ({ session: sessionKey(row) }),
  fields: (t) => ({
    id: t.exposeID('id'),
    host: t.field({ type: Host, resolve: (row, _args, context) => hostOf(context, row) }),
    agent: t.field({
      type: AgentInfo,
      resolve: (row) => ({ id: row.agentId, name: row.agentName, version: row.agentVersion }),
    }),
    title: t.string({ resolve: (row, _args, context) => titleOf(context, row) }),
    name: t.exposeString('name', {
      nullable: true,
      description: 'Given by a person; null means the title is derived.',
    }),
    cwd: t.exposeString('cwd'),
    repository: t.exposeString('repository', { nullable: true }),
    branch: t.exposeString('branch', { nullable: true }),
    epoch: t.exposeInt('epoch'),
    firstSeq: t.exposeInt('firstSeq'),
    lastSeq: t.exposeInt('lastSeq'),
    ceiling: t.expose('ceiling', {
      type: Rung,
      description: 'Most that any device may do here; set at the terminal.',
    }),
    state: t.expose('state', { type: SessionState }),
    stateDetail: t.exposeString('stateDetail', { nullable: true }),
    stateSince: t.expose('stateSince', { type: 'DateTime' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
    archivedAt: t.expose('archivedAt', { type: 'DateTime', nullable: true }),
    endedAt: t.expose('endedAt', { type: 'DateTime', nullable: true }),
    endReason: t.exposeString('endReason', { nullable: true }),
    capabilities: t.stringList({
      resolve: async (row, _args, context) => (await configurationOf(context, row))?.capabilities ?? [],
    }),
    modes: t.field({ type: [Mode], resolve: (row, _args, context) => modesOf(context, row) }),
    mode: t.field({
      type: Mode,
      nullable: true,
      resolve: async (row, _args, context) => (await modeOf(context, row))?.effective ?? null,
    }),
    requestedMode: t.field({
      type: Mode,
      nullable: true,
      resolve: async (row, _args, context) => (await modeOf(context, row))?.requested ?? null,
    }),
    plan: t.field({
      type: [PlanEntry],
      resolve: async (row, _args, context) => (await factOf(context, row, row.planSeq, 'PlanChanged'))?.entries ?? [],
    }),
    usage: t.field({
      type: Usage,
      nullable: true,
      resolve: (row, _args, context) => factOf(context, row, row.usageSeq, 'UsageChanged'),
    }),
    slashCommands: t.field({
      type: [SlashCommand],
      resolve: async (row, _args, context) =>
        (await factOf(context, row, row.slashCommandsSeq, 'SlashCommandsChanged'))?.commands ?? [],
    }),
  }),
})
