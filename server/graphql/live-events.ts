/** Events and commands of one session as they come, from the store, after the reader's own cursor (L3, L6). */
import { differences, type Seen } from '../live/differences.ts'
import { commandRevisions, findCommands } from '../store/commands.ts'
import { eventsAfter } from '../store/events.ts'
import { limits } from '../store/limits.ts'
import { payloadBytes } from '../store/payload.ts'
import { notFound, refuse } from '../store/refused.ts'
import { findSession } from '../store/sessions.ts'
import { sessionTopic } from '../store/topic.ts'
import { builder, partOf, type SessionKey } from './builder.ts'
import { Command, type ShownCommand, showCommands } from './commands/command.ts'
import type { Context } from './context.ts'
import { Event, type ShownEvent, showEvent, showRead } from './events/event.ts'
import { type List, listStream } from './list.ts'
import { sessionKey } from './session-ref.ts'
import { seenSession } from './sessions.ts'
import { delivered, stream } from './streams.ts'

const BATCH_EVENTS = 200

type EventBatchShape = { events: ShownEvent[]; lastSeq: number }

const EventBatch = builder.objectRef<EventBatchShape>('EventBatch').implement({
  extensions: partOf('Event'),
  fields: (t) => ({ events: t.expose('events', { type: [Event] }), lastSeq: t.exposeInt('lastSeq') }),
})

/** At least one, and no more than a batch's bytes: many large events in one result would stall everyone. */
function bounded<T>(events: T[], bytesOf: (event: T) => number): T[] {
  let bytes = 0
  const fits = events.findIndex((event) => {
    bytes += bytesOf(event)
    return bytes > limits.maxBatchBytes
  })
  return fits === -1 ? events : events.slice(0, Math.max(1, fits))
}

/** What may be followed, and by whom. Throws NOT_FOUND, POLICY, BAD_INPUT. */
export async function followable(context: Context, sessionId: string, after: number): Promise<SessionKey> {
  const session = await seenSession(context, sessionId)
  if (!session) throw notFound('session')
  if (after < 0) throw refuse('BAD_INPUT', 'A sequence number is not negative.')
  return sessionKey(session)
}

/** The next batch past a number; null when nothing is there. Throws NOT_FOUND. */
export async function nextBatch(
  { database, recent }: Pick<Context, 'database' | 'recent'>,
  key: SessionKey,
  after: number,
): Promise<{ batch: EventBatchShape; last: number; isHeldToTheEnd?: boolean } | null> {
  const { ownerId, sessionId } = key
  const held = recent.after(sessionId, after, BATCH_EVENTS)
  if (held) {
    const events = bounded(held, (event) => event.bytes)
    const lastSeq = held.at(-1)?.row.seq ?? after
    const last = events.at(-1)?.row.seq ?? after
    const shown = events.map(({ row, known }) => showRead(row, known, key))
    return { batch: { events: shown, lastSeq }, last, isHeldToTheEnd: last === recent.last(sessionId) }
  }
  const stored = await database.read((tx) => eventsAfter(tx, { ownerId, sessionId, after, limit: BATCH_EVENTS }))
  if (!stored) throw notFound('session')
  const rows = bounded(stored.rows, ({ payload }) => payloadBytes(payload))
  const last = rows.at(-1)?.seq
  if (last === undefined) return null
  return { batch: { events: rows.map((row) => showEvent(row, key)), lastSeq: Math.max(stored.lastSeq, last) }, last }
}

async function followEvents(context: Context, sessionId: string, after: number) {
  const key = await followable(context, sessionId, after)
  let cursor = after
  const read = async (): Promise<EventBatchShape | null> => {
    const next = await nextBatch(context, key, cursor)
    cursor = next?.last ?? cursor
    return next?.batch ?? null
  }
  return stream({ bell: context.bell, topics: [sessionTopic(sessionId)], read, signal: context.sightSignal() })
}

builder.subscriptionField('eventsAppended', (t) =>
  t.field({
    type: EventBatch,
    authScopes: { is: ['device', 'host', 'session'] },
    args: { sessionId: t.arg.id({ required: true }), after: t.arg.int({ required: true, defaultValue: 0 }) },
    subscribe: (_root, { sessionId, after }, context) => followEvents(context, sessionId, after),
    resolve: delivered,
  }),
)

/** What a snapshot shows beside everything unsettled. */
const SNAPSHOT_COMMANDS = 100

type CommandsChangeShape = { isSnapshot: boolean; commands: ShownCommand[] }

const CommandsChange = builder.objectRef<CommandsChangeShape>('CommandsChange').implement({
  extensions: partOf('Command'),
  fields: (t) => ({ isSnapshot: t.exposeBoolean('isSnapshot'), commands: t.expose('commands', { type: [Command] }) }),
})

/** Throws NOT_FOUND, POLICY; so does a look once the session is gone. */
export async function commandsList(asker: Context, sessionId: string): Promise<List<CommandsChangeShape>> {
  const session = await seenSession(asker, sessionId)
  if (!session) throw notFound('session')
  const { ownerId } = session
  return {
    topics: [sessionTopic(sessionId)],
    endsWithSight: true,
    look: (context, before) =>
      context.database.read(async (tx) => {
        if (!(await findSession(tx, ownerId, sessionId))) throw notFound('session')
        const seen: Seen = { revisions: await commandRevisions(tx, sessionId, SNAPSHOT_COMMANDS), mark: '' }
        const { changed } = differences(before, seen)
        if (before && changed.length === 0) return { change: null, seen }
        return { change: { isSnapshot: !before, commands: showCommands(await findCommands(tx, changed)) }, seen }
      }),
  }
}

builder.subscriptionField('commandsChanged', (t) =>
  t.field({
    type: CommandsChange,
    authScopes: { is: ['device', 'host', 'session'] },
    args: { sessionId: t.arg.id({ required: true }) },
    subscribe: async (_root, { sessionId }, context) => listStream(context, await commandsList(context, sessionId)),
    resolve: delivered,
  }),
)
