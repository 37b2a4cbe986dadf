/** Events on their way into rows: any number of them in one statement, as a list in JSON. Row by row they cost twice as much. Knows no rule about them. */
import { sql } from 'drizzle-orm'
import type { Tx } from '../db/database.ts'
import { event } from '../db/schema.ts'
import type { PushedEvent } from './pushed-event.ts'

/** What `rowsText` holds, as `json_to_recordset` is told. */
export const columns = sql.raw('(seq int, at timestamptz, kind text, digest text, format text, payload json)')
/** Of `one`, such a row, and of `moved`, which has the session's epoch: what `into` takes. */
export const values = sql.raw(
  `one.seq, moved.epoch, one.at, one.kind, decode(one.digest, 'hex'), one.format, convert_to(one.payload::text, 'UTF8')`,
)
export const into = sql`insert into ${event} (session_id, seq, epoch, at, kind, digest, format, payload)`

/** The payloads go as they are written, not as texts in a text: PostgreSQL keeps the text of `json` to the byte. */
export const rowsText = (events: readonly PushedEvent[]): string =>
  `[${events
    .map(({ seq, at, kind, digest, format, json }) => {
      const head = `{"seq":${seq},"at":"${at.toISOString()}","kind":${JSON.stringify(kind)},"digest":"${digest}"`
      return `${head},"format":"${format}","payload":${json}}`
    })
    .join()}]`

/** Within a transaction that has looked at them and holds the session. */
export async function addEvents(
  tx: Tx,
  { id, epoch }: { id: string; epoch: number },
  events: readonly PushedEvent[],
): Promise<void> {
  await tx.execute(sql`
    with moved as (select ${id}::text as id, ${epoch}::int as epoch)
    ${into} select moved.id, ${values} from moved cross join json_to_recordset(${rowsText(events)}::json) as one ${columns}`)
}
