/** What is asked of a person, what a person asks of a host, and the prompts that wait there. */
import { sql } from 'drizzle-orm'
import { boolean, foreignKey, index, integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'
import { bytes, instant } from './columns.ts'
import { host, owner } from './people.ts'
import { session } from './sessions.ts'

/**
 * OPEN until an event settles it, or a newer epoch or the session's end withdraws it (D1, D2). What is asked is read in the
 * event at `opened_seq`. `proposal_id` is the command on its way: the conditional update that sets it picks one among
 * racing devices. The key holds the session, for hosts choose these ids. `is_assumed` marks a withdrawal that is this server's guess: the
 * host's journal may know better, and is still to come.
 */
export const decision = pgTable(
  'decision',
  {
    sessionId: text('session_id')
      .notNull()
      .references(() => session.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    ownerId: text('owner_id')
      .notNull()
      .references(() => owner.id),
    kind: text('kind', { enum: ['PERMISSION', 'QUESTION', 'PLAN'] }).notNull(),
    epoch: integer('epoch').notNull(),
    state: text('state', { enum: ['OPEN', 'SETTLED'] })
      .notNull()
      .default('OPEN'),
    openedSeq: integer('opened_seq').notNull(),
    openedAt: instant('opened_at').notNull(),
    proposalId: text('proposal_id'),
    settledAt: instant('settled_at'),
    outcome: text('outcome', { enum: ['ANSWERED', 'CANCELLED', 'WITHDRAWN'] }),
    optionId: text('option_id'),
    optionName: text('option_name'),
    answer: text('answer'),
    reason: text('reason'),
    surface: text('surface', { enum: ['TERMINAL', 'DEVICE', 'HOST', 'AGENT'] }),
    winnerDeviceId: text('winner_device_id'),
    winnerDeviceName: text('winner_device_name'),
    winnerCommandId: text('winner_command_id'),
    isAssumed: boolean('is_assumed').notNull().default(false),
    revision: integer('revision').notNull().default(1),
  },
  (t) => [primaryKey({ columns: [t.sessionId, t.id] }), index('decision_owner').on(t.ownerId, t.state, t.openedAt)],
)

/** A prompt of the host's queue as its events told it (C6). The text is in the event at `changed_seq`. */
export const prompt = pgTable(
  'prompt',
  {
    sessionId: text('session_id')
      .notNull()
      .references(() => session.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    state: text('state', { enum: ['QUEUED', 'HELD', 'RUNNING', 'DONE', 'REFUSED', 'WITHDRAWN', 'UNKNOWN'] }).notNull(),
    since: instant('since').notNull(),
    firstSeq: integer('first_seq').notNull(),
    changedSeq: integer('changed_seq').notNull(),
  },
  (t) => [primaryKey({ columns: [t.sessionId, t.id] }), index('prompt_order').on(t.sessionId, t.firstSeq)],
)

/**
 * A wish addressed to a host (C1). QUEUED → DELIVERED → APPLIED | REFUSED | SUPERSEDED | EXPIRED | UNKNOWN; each step is a
 * conditional update on `state`, so a settled one never changes. `number` is dense per host (C2). Unique by sender and key:
 * sending again finds the first row. `sender` is the device's id, else the principal that caused it. `is_deny` stands apart
 * from the payload because the choice of a proposal needs it (D2) and a payload may be sealed one day. `delivered_epoch` is the attachment
 * that took it: another one cannot know what became of it (E4, C4).
 */
export const command = pgTable(
  'command',
  {
    id: text('id').primaryKey(),
    ownerId: text('owner_id')
      .notNull()
      .references(() => owner.id),
    hostId: text('host_id')
      .notNull()
      .references(() => host.id),
    number: integer('number').notNull(),
    sessionId: text('session_id'),
    sender: text('sender').notNull(),
    deviceId: text('device_id'),
    deviceName: text('device_name'),
    rung: text('rung', { enum: ['VIEW', 'ANSWER', 'STEER', 'FULL'] }),
    key: text('key').notNull(),
    proof: text('proof'),
    kind: text('kind').notNull(),
    format: text('format').notNull().default('json'),
    payload: bytes('payload').notNull(),
    decisionId: text('decision_id'),
    isDeny: boolean('is_deny').notNull().default(false),
    state: text('state', {
      enum: ['QUEUED', 'DELIVERED', 'APPLIED', 'REFUSED', 'SUPERSEDED', 'EXPIRED', 'UNKNOWN'],
    }).notNull(),
    createdAt: instant('created_at').notNull().default(sql`now()`),
    expiresAt: instant('expires_at'),
    deliveredAt: instant('delivered_at'),
    deliveredEpoch: integer('delivered_epoch'),
    settledAt: instant('settled_at'),
    refusalCode: text('refusal_code'),
    refusalMessage: text('refusal_message'),
    refusalRule: text('refusal_rule'),
    refusalBecause: text('refusal_because'),
    revision: integer('revision').notNull().default(1),
  },
  (t) => [
    unique('command_host_number').on(t.hostId, t.number),
    unique('command_sender_key').on(t.sender, t.key),
    index('command_session').on(t.sessionId, t.number),
    index('command_unsettled').on(t.hostId, t.number).where(sql`${t.state} in ('QUEUED', 'DELIVERED')`),
    index('command_decision').on(t.sessionId, t.decisionId),
    foreignKey({ name: 'command_session_fk', columns: [t.sessionId], foreignColumns: [session.id] }).onDelete(
      'cascade',
    ),
  ],
)
