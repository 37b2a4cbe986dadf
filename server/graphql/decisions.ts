/** The inbox: decisions of all of an owner's sessions; and one command by its id. */

import { requireSight } from '../policy/allowance.ts'
import { findCommand } from '../store/commands.ts'
import { type DecisionCursor, type Decision as DecisionValue, listDecisions } from '../store/decisions.ts'
import { builder, seesSession } from './builder.ts'
import { Command, showCommand } from './commands/command.ts'
import { DecisionState } from './decision.ts'
import { packCursor, parseInstant, parsePage, readWindow, unpackCursor } from './pages.ts'
import { Decision } from './session-ref.ts'
import { listed } from './sessions.ts'
import { ownerOf } from './who.ts'

const cursorOf = (row: DecisionValue): string => packCursor(row.openedAt.toISOString(), row.sessionId, row.id)

function parseCursor(text: string): DecisionCursor | null {
  const [instant, sessionId, id] = unpackCursor(text, 3) ?? []
  const openedAt = parseInstant(instant ?? '')
  return openedAt && sessionId && id ? { openedAt, sessionId, id } : null
}

builder.queryField('decisions', (t) =>
  t.connection(
    {
      type: Decision,
      authScopes: { is: ['device', 'host'] },
      args: { state: t.arg({ type: DecisionState, defaultValue: 'OPEN' }) },
      resolve: async (_root, args, context) => {
        const page = parsePage(args, parseCursor)
        const { principal } = context
        const hostId = principal.kind === 'host' ? principal.hostId : undefined
        const filter = { ownerId: ownerOf(context), hostId, state: args.state ?? null }
        const seen = await listed(context)
        const read = (wanted: typeof page) =>
          seen ? context.database.read((tx) => listDecisions(tx, filter, wanted)) : Promise.resolve([])
        return readWindow(page, read, cursorOf)
      },
    },
    { name: 'DecisionConnection' },
    { name: 'DecisionEdge' },
  ),
)

builder.queryField('command', (t) =>
  t.field({
    type: Command,
    nullable: true,
    authScopes: { is: ['device', 'host', 'session'] },
    args: { id: t.arg.id({ required: true }) },
    resolve: async (_root, { id }, context) => {
      const has = await context.allowed(null)
      const row = await context.database.read((tx) => findCommand(tx, ownerOf(context), id))
      // What is in no session says nothing of one: a device follows the pinning of the very passkey with which its person will be verified.
      if (has.rung === null || row?.sessionId !== null) requireSight(has)
      if (!row) return null
      const { principal } = context
      const key = { ownerId: row.ownerId, hostId: row.hostId, sessionId: row.sessionId ?? '' }
      return seesSession(principal, key) ? showCommand(row) : null
    },
  }),
)
