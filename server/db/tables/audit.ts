/** What happened, who did it and with what proof (F5). Entries are written once and sealed once; triggers refuse all else. */
import { sql } from 'drizzle-orm'
import { bigserial, index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { digest, instant } from './columns.ts'

/**
 * One thing that happened. `chain` is the organisation of the person it concerns, else `server`. Written in the transaction of what it tells of
 * (for commands by a trigger on their table, so that no code can forget it); `number`, `previous` and `hash` are added once, by the sealer, which
 * orders a chain without making those who write wait for each other. `line` holds no content: names of kinds, ids, sizes.
 */
export const auditEntry = pgTable(
  'audit_entry',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    chain: text('chain').notNull(),
    at: instant('at').notNull().default(sql`clock_timestamp()`),
    ownerId: text('owner_id'),
    actor: text('actor').notNull(),
    actorName: text('actor_name').notNull(),
    surface: text('surface').notNull(),
    action: text('action').notNull(),
    target: text('target'),
    proof: text('proof').notNull().default('none'),
    outcome: text('outcome').notNull(),
    code: text('code'),
    rule: text('rule'),
    whatDigest: digest('what_digest'),
    line: text('line').notNull(),
    number: integer('number'),
    previous: digest('previous'),
    hash: digest('hash'),
  },
  (t) => [
    uniqueIndex('audit_entry_number').on(t.chain, t.number),
    index('audit_entry_unsealed').on(t.id).where(sql`${t.hash} is null`),
    index('audit_entry_owner').on(t.ownerId, t.id),
  ],
)

/** Where a chain ends, under whose lock it grows, and where it begins since retention has taken what was before. */
export const auditChain = pgTable('audit_chain', {
  id: text('id').primaryKey(),
  firstNumber: integer('first_number').notNull().default(1),
  lastNumber: integer('last_number').notNull().default(0),
  lastHash: digest('last_hash').notNull(),
})

/** A webhook that is sent a chain, at least once and in order. `leased_until` keeps two processes from sending at once. */
export const auditSink = pgTable('audit_sink', {
  id: text('id').primaryKey(),
  chain: text('chain').notNull(),
  url: text('url').notNull(),
  createdAt: instant('created_at').notNull().default(sql`now()`),
  createdBy: text('created_by').notNull(),
  sentNumber: integer('sent_number').notNull().default(0),
  leasedUntil: instant('leased_until'),
  failures: integer('failures').notNull().default(0),
  lastError: text('last_error'),
})
