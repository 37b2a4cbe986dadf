/** Sessions as the server knows them: an envelope, pointers to the newest events of a kind, and facts of its own (C7). */
import { sql } from 'drizzle-orm'
import { boolean, index, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { instant } from './columns.ts'
import { host, owner } from './people.ts'

/**
 * One session. `epoch` and `attachment_id` say which attachment may write; a higher epoch fences the older (E4).
 * `last_seq` rises only in the transaction that stores those events, under this row's lock: readers past 8 never ask for 7 again.
 * `*_seq` point at the newest event of a kind; what it says is read there, so that a payload is stored once (and can be sealed).
 * `state` follows events; ENDED follows `endSession`. `revision` rises with every change a list would show.
 * `headless`: nobody sits at a terminal of it, as its host says.
 * `withheld_by` is set while its agent, or a session without a terminal, is not allowed, and says whose rule that is: nothing more is taken from it and nothing asked of it.
 * `deleted_at` is the marker that stays when the rest is gone: a host that publishes it again is told (E5).
 */
export const session = pgTable(
  'session',
  {
    id: text('id').primaryKey(),
    ownerId: text('owner_id')
      .notNull()
      .references(() => owner.id),
    hostId: text('host_id')
      .notNull()
      .references(() => host.id),
    attachmentId: text('attachment_id').notNull(),
    epoch: integer('epoch').notNull(),
    agentId: text('agent_id').notNull(),
    agentName: text('agent_name').notNull(),
    agentVersion: text('agent_version'),
    cwd: text('cwd').notNull(),
    repository: text('repository'),
    branch: text('branch'),
    headless: boolean('headless').notNull().default(false),
    ceiling: text('ceiling', { enum: ['VIEW', 'ANSWER', 'STEER', 'FULL'] }).notNull(),
    firstSeq: integer('first_seq').notNull().default(1),
    lastSeq: integer('last_seq').notNull().default(0),
    name: text('name'),
    agentTitle: text('agent_title'),
    promptTitle: text('prompt_title'),
    state: text('state', { enum: ['IDLE', 'WORKING', 'STOPPED', 'ENDED'] })
      .notNull()
      .default('IDLE'),
    stateDetail: text('state_detail'),
    stateSince: instant('state_since').notNull().default(sql`now()`),
    configuredSeq: integer('configured_seq'),
    modeSeq: integer('mode_seq'),
    planSeq: integer('plan_seq'),
    usageSeq: integer('usage_seq'),
    slashCommandsSeq: integer('slash_commands_seq'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull().default(sql`now()`),
    endedAt: instant('ended_at'),
    endReason: text('end_reason'),
    withheldBy: text('withheld_by'),
    archivedAt: instant('archived_at'),
    deletedAt: instant('deleted_at'),
    revision: integer('revision').notNull().default(1),
  },
  (t) => [index('session_owner_updated').on(t.ownerId, t.updatedAt, t.id), index('session_host').on(t.hostId)],
)
