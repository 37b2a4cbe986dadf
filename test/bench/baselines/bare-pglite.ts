/** `bare+pglite`: the relay over an embedded database in a folder, one multi-row INSERT for each batch. Frozen. */
import { PGlite } from '@electric-sql/pglite'
import { serveRelay } from './relay.ts'
import { TABLES } from './tables.ts'
import type { Event } from './words.ts'

const startParams = [...PGlite.defaultStartParams, '-c', 'shared_buffers=8MB']
const db = await PGlite.create({ dataDir: process.env.BENCH_FOLDER ?? '', startParams })
await db.exec(TABLES)

serveRelay({
  async append(sessionId, events) {
    const places = events.map((_, row) => `($1, $${row * 4 + 2}, $${row * 4 + 3}, $${row * 4 + 4}, $${row * 4 + 5})`)
    const values = events.flatMap(({ seq, at, digest, body }) => [seq, at, digest, JSON.stringify(body)])
    await db.query(`insert into relay_event values ${places.join()}`, [sessionId, ...values])
  },
  async command({ id, hostId, sessionId, text }) {
    await db.query('insert into relay_command values ($1, $2, $3, $4)', [id, hostId, sessionId, text])
  },
  async page(sessionId, last, before) {
    const { rows } = await db.query<Event>(
      `select seq, at, digest, body from relay_event where session_id = $1 and seq < $2 order by seq desc limit $3`,
      [sessionId, before ?? 2_147_483_647, last],
    )
    return rows.reverse()
  },
})
