/** `bare+pg`: the relay with one multi-row INSERT for each batch through postgres.js, acknowledged after the commit. Frozen. */
import postgres from 'postgres'
import { serveRelay } from './relay.ts'
import { TABLES } from './tables.ts'
import type { Event } from './words.ts'

const sql = postgres(process.env.DATABASE_URL ?? '', { max: 10, onnotice: () => {} })
await sql.unsafe(TABLES)

serveRelay({
  async append(sessionId, events) {
    const rows = events.map(({ seq, at, digest, body }) => ({
      ...{ session_id: sessionId, seq, at, digest },
      body: sql.json(body as postgres.JSONValue),
    }))
    await sql`insert into relay_event ${sql(rows)}`
  },
  async command({ id, hostId, sessionId, text }) {
    await sql`insert into relay_command ${sql({ id, host_id: hostId, session_id: sessionId, text })}`
  },
  async page(sessionId, last, before) {
    const rows = await sql<Event[]>`select seq, at, digest, body from relay_event
      where session_id = ${sessionId} and seq < ${before ?? 2_147_483_647} order by seq desc limit ${last}`
    return rows.reverse()
  },
})
