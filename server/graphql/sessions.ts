/** Sessions found and listed, and the facts of theirs that need no host (C7). */
import { write } from '../live/write.ts'
import { lookingRefusal, requireRung, requireSight } from '../policy/allowance.ts'
import { asActor } from '../policy/audited.ts'
import { noteAudit } from '../store/audit.ts'
import { sessionWithEvents } from '../store/events.ts'
import { maxNameChars } from '../store/limits.ts'
import { requireNoHold } from '../store/organisations.ts'
import { notFound, refuse } from '../store/refused.ts'
import {
  archiveSession,
  deleteSession,
  findSession,
  listSessions,
  renameSession,
  type SessionCursor,
  type SessionFilter,
  type SessionRow,
} from '../store/sessions.ts'
import { isWellFormed } from '../store/well-formed.ts'
import { builder } from './builder.ts'
import type { Context } from './context.ts'
import { oneMore, type Page, packCursor, parseInstant, parsePage, readWindow, unpackCursor } from './pages.ts'
import { askedEvents, keepAhead } from './read-ahead.ts'
import { Session } from './session-ref.ts'
import { ownerOf } from './who.ts'

/** Null for what is not there and for what this principal must not see: the two look alike. Throws POLICY to a device under OFF. */
export async function seenSession(context: Context, id: string): Promise<SessionRow | null> {
  requireSight(await context.allowed(null))
  const row = await context.database.read((tx) => findSession(tx, ownerOf(context), id))
  return row && seen(context, row)
}

/** The same, and the page of its events is there when it is asked for. */
async function seenAhead(context: Context, sessionId: string, page: Page<number>): Promise<SessionRow | null> {
  requireSight(await context.allowed(null))
  const ownerId = ownerOf(context)
  const found = await context.database.read((tx) => sessionWithEvents(tx, { ownerId, sessionId }, oneMore(page)))
  if (!found) return null
  keepAhead(found.session, page, found.rows)
  return seen(context, found.session)
}

function seen({ principal }: Context, row: SessionRow): SessionRow | null {
  if (principal.kind === 'host') return row.hostId === principal.hostId ? row : null
  if (principal.kind === 'session') return row.id === principal.sessionId ? row : null
  return row
}

/** A device lists all of its owner's sessions, a host its own. */
export const sessionFilter = (context: Context, archived: boolean): SessionFilter => ({
  ownerId: ownerOf(context),
  hostId: context.principal.kind === 'host' ? context.principal.hostId : undefined,
  archived,
})

/** False under OFF, for a device, and until its person is verified: lists then show nothing; `policy` and `looking` say why. */
export async function mayList(context: Context): Promise<boolean> {
  const { rung, unseen } = await context.allowed(null)
  return rung !== null && !unseen
}

/** The same for a list that is asked once: throws PASSKEY_REQUIRED until its person is verified. */
export async function listed(context: Context): Promise<boolean> {
  const has = await context.allowed(null)
  const unseen = lookingRefusal(has)
  if (unseen) throw unseen
  return has.rung !== null
}

builder.queryField('session', (t) =>
  t.field({
    type: Session,
    nullable: true,
    authScopes: { is: ['device', 'host', 'session'] },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context, info) => {
      const page = askedEvents(info)
      return page ? seenAhead(context, id, page) : seenSession(context, id)
    },
  }),
)

const cursorOf = (row: SessionRow): string => packCursor(row.updatedAt.toISOString(), row.id)

function parseCursor(text: string): SessionCursor | null {
  const [instant, id] = unpackCursor(text, 2) ?? []
  const updatedAt = parseInstant(instant ?? '')
  return updatedAt && id ? { updatedAt, id } : null
}

builder.queryField('sessions', (t) =>
  t.connection(
    {
      type: Session,
      authScopes: { is: ['device', 'host'] },
      args: { archived: t.arg.boolean({ defaultValue: false }) },
      resolve: async (_root, args, context) => {
        const page = parsePage(args, parseCursor)
        const filter = sessionFilter(context, args.archived ?? false)
        const seen = await listed(context)
        const read = (wanted: typeof page) =>
          seen ? context.database.read((tx) => listSessions(tx, filter, wanted)) : Promise.resolve([])
        return readWindow(page, read, cursorOf)
      },
    },
    { name: 'SessionConnection' },
    { name: 'SessionEdge' },
  ),
)

/** Whose row it is, once the principal may change it: any device that is more than view-only, or the session's own host. */
async function changeable(context: Context, id: string, what: string): Promise<{ ownerId: string; id: string }> {
  const row = await seenSession(context, id)
  if (!row) throw notFound('session')
  // The server's own facts touch no agent: the ceiling of the terminal does not limit them.
  requireRung(await context.allowed(null), 'ANSWER', what)
  return { ownerId: row.ownerId, id }
}

function parseName(name: string | null | undefined): string | null {
  const trimmed = name?.trim() ?? ''
  if (trimmed === '') return null
  if (!isWellFormed(trimmed) || /[\p{Cc}\p{Bidi_Control}]/u.test(trimmed) || [...trimmed].length > maxNameChars)
    throw refuse('BAD_INPUT', `A name is one line of at most ${maxNameChars} printable characters.`)
  return trimmed
}

builder.mutationField('renameSession', (t) =>
  t.field({
    type: Session,
    authScopes: { is: ['device', 'host', 'session'] },
    args: { id: t.arg.id({ required: true }), name: t.arg.string() },
    resolve: async (_root, { id, name }, context) => {
      const given = parseName(name)
      const where = await changeable(context, id, 'Renaming')
      return write(context, (tx, ring) => renameSession(tx, ring, where, given))
    },
  }),
)

builder.mutationField('archiveSession', (t) =>
  t.field({
    type: Session,
    authScopes: { is: ['device', 'host', 'session'] },
    args: { id: t.arg.id({ required: true }), archived: t.arg.boolean({ required: true, defaultValue: true }) },
    resolve: async (_root, { id, archived }, context) => {
      const where = await changeable(context, id, 'Archiving')
      return write(context, (tx, ring) => archiveSession(tx, ring, where, archived))
    },
  }),
)

builder.mutationField('deleteSession', (t) =>
  t.id({
    authScopes: { is: ['device', 'host', 'session'] },
    args: { id: t.arg.id({ required: true }) },
    resolve: async (_root, { id }, context) => {
      const where = await changeable(context, id, 'Deleting')
      await write(context, async (tx, ring) => {
        await requireNoHold(tx, where.ownerId)
        await deleteSession(tx, ring, where)
        const who = asActor(context.principal)
        await noteAudit(tx, { ...who, action: 'session.delete', target: id, outcome: 'DONE', line: 'with all it held' })
      })
      return id
    },
  }),
)
