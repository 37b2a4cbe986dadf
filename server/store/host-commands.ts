/** What a host still has to do, read on from an opaque place (C2). Changes nothing. */
import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm'
import type { Tx } from '../db/database.ts'
import { command, device, host, policy, serverFact } from '../db/schema.ts'
import type { CommandRow } from './commands.ts'
import { inTime, unsettledStates } from './delivery.ts'

const PAGE = 100

/**
 * Unsettled commands past `after`, oldest first. A place from another database, or from before a restore, does not fit: then everything unsettled is
 * read again, and the host's ledger drops what it has done.
 */
export async function readHostCommands(
  tx: Tx,
  hostId: string,
  after: string | null,
): Promise<{ commands: CommandRow[]; after: string }> {
  const incarnation = await readIncarnation(tx)
  const place = after === null ? null : parsePlace(after)
  const from = place && place.incarnation === incarnation ? await fitting(tx, hostId, place) : null
  const commands = await tx
    .select()
    .from(command)
    .where(
      and(
        eq(command.hostId, hostId),
        inArray(command.state, [...unsettledStates]),
        from ? gt(command.number, from.number) : undefined,
        inTime,
      ),
    )
    .orderBy(asc(command.number))
    .limit(PAGE)
  const last = commands.at(-1)
  if (last) return { commands, after: placeText(incarnation, last.number, last.id) }
  return { commands, after: from && after !== null ? after : placeText(incarnation, 0, '') }
}

/**
 * One short text per host that differs when `hostCommands` would say something else: another database, a new command, another policy, a
 * revocation. Read it before what it stands for.
 */
export async function hostMarks(tx: Tx, hostIds: readonly string[]): Promise<Map<string, string>> {
  // The ids as one value: a list of any length is one statement.
  const wanted = sql`${host.id} in (select json_array_elements_text(${JSON.stringify(hostIds)}::json))`
  const incarnation = sql<string>`(select ${serverFact.value} from ${serverFact} where ${serverFact.name} = 'incarnation')`
  const revoked = sql<string>`(select count(*)::text from ${device} where ${device.ownerId} = ${host.ownerId} and ${device.revokedAt} is not null)`
  const rows = await tx
    .select({ id: host.id, next: host.nextCommandNumber, version: policy.version, incarnation, revoked })
    .from(host)
    .leftJoin(policy, eq(policy.ownerId, host.ownerId))
    .where(wanted)
  return new Map(rows.map((row) => [row.id, `${row.incarnation} ${row.next} ${row.version ?? 0} ${row.revoked}`]))
}

type Place = { incarnation: string; number: number; id: string }

const placeText = (incarnation: string, number: number, id: string): string =>
  Buffer.from(`${incarnation} ${number} ${id}`).toString('base64url')

function parsePlace(text: string): Place | null {
  const [incarnation, number, id] = Buffer.from(text, 'base64url').toString('latin1').split(' ')
  if (!incarnation || id === undefined || !/^\d{1,9}$/.test(number ?? '')) return null
  return { incarnation, number: Number(number), id }
}

// A restored backup has the same incarnation and may have numbered anew: only number and id together say that this is the place.
async function fitting(tx: Tx, hostId: string, place: Place): Promise<Place | null> {
  if (place.number === 0) return place
  const [row] = await tx
    .select({ id: command.id })
    .from(command)
    .where(and(eq(command.hostId, hostId), eq(command.number, place.number)))
  return row?.id === place.id ? place : null
}

export async function readIncarnation(tx: Tx): Promise<string> {
  const [row] = await tx.select().from(serverFact).where(eq(serverFact.name, 'incarnation'))
  if (!row) throw new Error('the database has no incarnation: it was not migrated by this program')
  return row.value
}
