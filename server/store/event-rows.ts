/** Events on their way into rows: any number of them in one statement, heads and payloads as two long texts. As a list in JSON, which the database takes apart again, they cost it twice as much. Knows no rule about them. */
import { sql } from 'drizzle-orm'
import type { Tx } from '../db/database.ts'
import { event } from '../db/schema.ts'
import { given, statement } from '../db/statement.ts'
import type { PushedEvent } from './pushed-event.ts'

/** Between two events of a text. It stands in none: JSON writes it as an escape, and names and digests have no control characters. Were it there, one text would hold more than the other, and a null refuses the whole. */
const BETWEEN = '\u001e'

/** Values of a statement that says `unnested`. A head is batch, number, instant, digest, format, kind. */
export type Rows = { heads: string; payloads: string }

export const unnested = sql`unnest(string_to_array(${given('heads')}::text, chr(30)), string_to_array(${given('payloads')}::text, chr(30))) as one (head, payload)`
const headPart = (place: number, type = 'text') => `split_part(one.head, ' ', ${place})::${type}`
/** Which of several batches a row is of. */
export const ofBatch = sql.raw(headPart(1, 'int'))
/** Of `unnested`, and of `moved`, which has the session's epoch: what `into` takes. */
export const values = sql.raw(
  `${headPart(2, 'int')}, moved.epoch, ${headPart(3, 'timestamptz')}, ${headPart(6)}, decode(${headPart(4)}, 'hex'), ${headPart(5)}, convert_to(one.payload, 'UTF8')`,
)
export const into = sql`insert into ${event} (session_id, seq, epoch, at, kind, digest, format, payload)`

/** The payloads go as they are written: the same bytes are stored. */
export function rowsOfBatches(batches: readonly (readonly PushedEvent[])[]): Rows {
  const heads: string[] = []
  const payloads: string[] = []
  for (const [n, events] of batches.entries())
    for (const { seq, at, digest, format, kind, json } of events) {
      heads.push(`${n} ${seq} ${at.toISOString()} ${digest} ${format} ${kind}`)
      payloads.push(json)
    }
  return { heads: heads.join(BETWEEN), payloads: payloads.join(BETWEEN) }
}

const add = statement<'sessionId' | 'epoch' | keyof Rows>(
  () => sql`
    with moved as (select ${given('sessionId')}::text as id, ${given('epoch')}::int as epoch)
    ${into} select moved.id, ${values} from moved cross join ${unnested}`,
)

/** Within a transaction that has looked at them and holds the session. */
export async function addEvents(
  tx: Tx,
  { id, epoch }: { id: string; epoch: number },
  events: readonly PushedEvent[],
): Promise<void> {
  await tx.execute(add({ sessionId: id, epoch, ...rowsOfBatches([events]) }))
}
