/** The common command in one statement: lock, rights, key and row. Any other, and every refusal, is `make`'s (graphql/commands/steer.ts). */
import { sql } from 'drizzle-orm'
import { instantIn } from '../db/clock.ts'
import { isUniqueViolation } from '../db/conflict.ts'
import type { Tx } from '../db/database.ts'
import { command, device, host, session } from '../db/schema.ts'
import { given, statement } from '../db/statement.ts'
import type { CommandRow, NewCommand } from './commands.ts'
import { madeOf } from './host-commands.ts'
import { idOfKey } from './ids.ts'
import { encodePayload } from './payload.ts'
import { isFree, type RemoteControl, remoteControlOf } from './policies.ts'
import type { Rung } from './rung.ts'

/** What the device's right to give the command hangs on: as its asker believes it to be, and as it must be found. */
export type Believed = { rung: Rung; remoteControl: RemoteControl; ceilings: readonly Rung[] }

type Made = { number: number; deviceName: string; made: string; createdAt: number; expiresAt: number | null }

/** `made`: which making of the row, as the place of a host that has read it says. */
export type Queued = { row: CommandRow; made: string }

type Names =
  | 'ceilings'
  | 'deviceId'
  | 'expiresInSeconds'
  | 'format'
  | 'hostId'
  | 'id'
  | 'key'
  | 'kind'
  | 'ownerId'
  | 'payload'
  | 'proof'
  | 'remoteControl'
  | 'rung'
  | 'sessionId'

// Rights are read as of the statement's begin, before it waits for the host's row. Whoever takes them away writes that row (`lockHost`): then it has another
// version when the wait is over, and the condition, which is looked at again, fails. So what is queued here was queued before they were taken away, and is seen (T3).
const queue = statement<Names>(
  () => sql`
    with seen as (select xmin as version from ${host} where id = ${given('hostId')}),
    allowed as (
      select ${device.name} as name from ${session} join ${device} on ${device.id} = ${given('deviceId')} and ${device.ownerId} = ${given('ownerId')}
      where ${session.id} = ${given('sessionId')} and ${session.ownerId} = ${given('ownerId')} and ${session.hostId} = ${given('hostId')}
        and ${session.deletedAt} is null and ${session.endedAt} is null and ${session.withheldBy} is null
        and ${session.ceiling} in (select json_array_elements_text(${given('ceilings')}::json))
        and ${device.confirmed} and ${device.revokedAt} is null and ${device.rung} = ${given('rung')}
        and ${remoteControlOf(device.ownerId)} = ${given('remoteControl')} and ${isFree(device.ownerId)}
        and not exists (select 1 from ${command} where sender = ${given('deviceId')} and key = ${given('key')})),
    numbered as (
      update ${host} set next_command_number = next_command_number + 1
      where id = ${given('hostId')} and revoked_at is null and xmin = (select version from seen) and exists (select 1 from allowed)
      returning next_command_number - 1 as number)
    insert into ${command} (id, owner_id, host_id, number, session_id, sender, device_id, device_name, rung, key, proof, kind, format, payload, state, expires_at)
    select ${given('id')}, ${given('ownerId')}, ${given('hostId')}, numbered.number, ${given('sessionId')}, ${given('deviceId')}, ${given('deviceId')}, allowed.name, ${given('rung')}, ${given('key')}, ${given('proof')},
      ${given('kind')}, ${given('format')}, convert_to(${given('payload')}, 'UTF8'), 'QUEUED',
      ${instantIn(given('expiresInSeconds'))}
    from numbered, allowed
    returning number, device_name as "deviceName", ${madeOf({ id: sql`id`, createdAt: sql`created_at` })} as made, extract(epoch from created_at)::float8 * 1000 as "createdAt",
      extract(epoch from expires_at)::float8 * 1000 as "expiresAt"`,
)

/**
 * Queues the command if all that is believed is so, nobody else governs its owner, and its key is new; else changes nothing and returns null. Commits by itself when `tx` is no transaction. The
 * caller rings the host's topic and the session's.
 */
export async function queueCommand(
  tx: Tx,
  wanted: NewCommand & { sessionId: string; device: NonNullable<NewCommand['device']> },
  believed: Believed,
): Promise<Queued | null> {
  const { ownerId, hostId, sessionId, device: by } = wanted
  const payload = encodePayload(wanted.value)
  const row = {
    id: idOfKey('cmd', by.id, wanted.key),
    ...{ ownerId, hostId, sessionId, kind: wanted.kind, format: 'json' },
    ...{ sender: by.id, deviceId: by.id, rung: believed.rung },
    key: wanted.key,
    proof: wanted.proof,
  }
  const values = {
    ...{ ownerId, hostId, sessionId, deviceId: by.id, ceilings: JSON.stringify(believed.ceilings) },
    ...{ rung: believed.rung, remoteControl: believed.remoteControl },
    ...{ id: row.id, key: row.key, proof: row.proof, kind: row.kind, format: row.format },
    ...{ payload: Buffer.from(payload).toString('utf8'), expiresInSeconds: wanted.expiresInSeconds },
  }
  let made: Made | undefined
  try {
    made = (await queue.rows<Made>(tx, values))[0]
  } catch (error) {
    // The same key at the same time to another host; the number has been given back.
    if (isUniqueViolation(error, 'command_sender_key') || isUniqueViolation(error, 'command_pkey')) return null
    throw error
  }
  if (!made) return null
  return {
    made: made.made,
    row: {
      ...{ ...row, number: made.number, deviceName: made.deviceName, payload, state: 'QUEUED', revision: 1 },
      ...{ createdAt: new Date(made.createdAt), expiresAt: made.expiresAt === null ? null : new Date(made.expiresAt) },
      ...{ decisionId: null, isDeny: false, deliveredAt: null, deliveredEpoch: null, settledAt: null },
      ...{ refusalCode: null, refusalMessage: null, refusalRule: null, refusalBecause: null },
    },
  }
}
