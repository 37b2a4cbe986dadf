/** The driver as it is bundled, against a PostgreSQL whose connections end in the middle of transactions, or are full; and our own use of it on one that an operator has set up otherwise. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { sql } from 'drizzle-orm'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
// @ts-expect-error plain JavaScript, for the build runs it
import { postgresRepair } from '../../agent-cli/launch/postgres-repair.mjs'
import { createDatabase } from '../../server/db/database.ts'
import { findEvents, listEvents, sessionWithEvents } from '../../server/store/events.ts'
import { findSession } from '../../server/store/sessions.ts'
import { startPostgres, type TestPostgres } from '../kit/postgres.ts'
import { attach, person, push, text } from './place.ts'

const PROGRAM = `
import postgres from 'postgres'
const sql = postgres(process.argv[2], { max: 1, onnotice: () => {} })
let refused = 0
for (let round = 0; round < 5; round++) {
  await sql.begin(async (tx) => { await tx\`select pg_terminate_backend(pg_backend_pid())\` }).catch(() => { refused++ })
  const [row] = await sql\`select 1 as one\`
  if (row.one !== 1) process.exit(2)
}
console.log('refused ' + refused)
process.exit(0)
`
/** Both connections have all but one of the statements that fit into their pipelines when the transactions come. */
const PIPELINES = `
import postgres from 'postgres'
const sql = postgres(process.argv[2], { max: 2, max_pipeline: 4, onnotice: () => {} })
await Promise.all([sql\`select pg_sleep(0.1)\`, sql\`select pg_sleep(0.1)\`])
await sql\`create table written (number int)\`
const waits = Array.from({ length: 2 }, () => sql\`select pg_sleep(0.3)\`.execute())
for (let left = 6; left > 0; left--) waits.push(sql\`select 1\`.execute())
let refused = 0
const all = Array.from({ length: 4 }, (_, number) => sql.begin((tx) => tx\`insert into written values (\${number})\`).catch(() => { refused++ }))
await Promise.all([...waits, ...all])
await Promise.all(Array.from({ length: 8 }, (_, number) => sql\`insert into written values (\${10 + number})\`))
// As another process sees it: only what is committed.
const other = postgres(process.argv[2], { max: 1, onnotice: () => {} })
const [row] = await other\`select count(*)::int as count from written\`
const [left] = await other\`select count(*)::int as count from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'\`
console.log('refused ' + refused + ', committed ' + row.count + ', left open ' + left.count)
process.exit(0)
`
/** Every connection is reset at once; whoever was refused asks again in the same turn. */
const RESETS = `
import { connect, createServer } from 'node:net'
import postgres from 'postgres'
const url = new URL(process.argv[2])
const { port, hostname } = url
const open = new Set()
let isAway = false
const proxy = createServer((near) => {
  if (isAway) return near.end()
  const far = connect(Number(port), hostname)
  open.add(near)
  near.on('error', () => {}).on('close', () => far.destroy()).pipe(far)
  far.on('error', () => {}).on('close', () => near.destroy()).pipe(near)
})
await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve))
url.port = String(proxy.address().port)
const sql = postgres(url.href, { max: 4, backoff: () => 0.01, onnotice: () => {} })
let settled = 0
for (let round = 0; round < 10; round++) {
  await Promise.all(Array.from({ length: 4 }, () => sql\`select 1\`.execute()))
  for (const one of open) one.resetAndDestroy()
  open.clear()
  const asks = async () => {
    for (let time = 0; time < 4; time++) await sql\`select 1\`.execute().catch(() => {})
    settled++
  }
  // In every other round the way leads nowhere for a while.
  isAway = round % 2 === 1
  await Promise.all(Array.from({ length: 8 }, asks))
  isAway = false
}
console.log('settled ' + settled)
process.exit(0)
`
/** A statement that fails behind its first rows, and one that is cut there. */
const HALF = `
import postgres from 'postgres'
const sql = postgres(process.argv[2], { max: 1, fetch_types: false, onnotice: () => {} })
const other = postgres(process.argv[2], { max: 1, onnotice: () => {} })
const [{ pid }] = await sql\`select pg_backend_pid() as pid\`
const said = []
const ask = async () => said.push(JSON.stringify(await sql\`select 1 as one\`))
await sql\`select 1 / (3 - number) from generate_series(1, 5) number\`.catch(() => {})
await ask()
// More than the server's buffer, so that rows are here when it ends.
const cut = sql\`select repeat('x', 9000), pg_sleep(case when number = 9 then 5 else 0 end) from generate_series(1, 9) number\`.catch(() => {})
while ((await other\`select 1 from pg_stat_activity where pid = \${pid} and wait_event = 'PgSleep'\`).length === 0);
await other\`select pg_terminate_backend(\${pid})\`
await cut
await ask()
console.log(said.join(' '))
process.exit(0)
`
const out = fileURLToPath(new URL('../.out', import.meta.url))
let postgres: TestPostgres
let folder: string
let programs = 0

beforeAll(async () => {
  postgres = await startPostgres()
  mkdirSync(out, { recursive: true })
  folder = mkdtempSync(join(out, 'driver-'))
})
afterAll(async () => {
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function run(program: string): Promise<string> {
  const outfile = join(folder, `driver-${++programs}.mjs`)
  const stdin = { contents: program, resolveDir: fileURLToPath(new URL('../..', import.meta.url)) }
  const how = { bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'error' } as const
  await build({ ...how, stdin, outfile, plugins: [postgresRepair] })
  const { stdout } = await promisify(execFile)(process.execPath, [outfile, await postgres.create()], {
    timeout: 30_000,
  })
  return stdout.trim()
}

test('a transaction that comes to a full connection is begun, and nothing is written into one that nobody ends', async () => {
  expect(await run(PIPELINES)).toBe('refused 0, committed 12, left open 0')
}, 60_000)

test('a connection that ends inside a transaction is an error of that transaction: the process lives, the next query is sent', async () => {
  expect(await run(PROGRAM)).toBe('refused 5')
}, 60_000)

test('[E10] what is asked while connections are being reset is refused or answered, and never left without either', async () => {
  expect(await run(RESETS)).toBe('settled 80')
}, 60_000)

test('a statement that fails behind its first rows leaves none of them to the next one', async () => {
  expect(await run(HALF)).toBe('[{"one":1}] [{"one":1}]')
}, 60_000)

test("[E2] [E9] instants, digests and payloads come back as they went, whatever forms the database's operator has chosen", async () => {
  const url = await postgres.create()
  const name = new URL(url).pathname.slice(1)
  const first = await createDatabase({ url })
  for (const setting of ["datestyle = 'SQL, DMY'", "bytea_output = 'escape'", "timezone = 'America/St_Johns'"])
    await first.read((tx) => tx.execute(sql.raw(`alter database ${name} set ${setting}`)))
  await first.close()
  const database = await createDatabase({ url })
  const who = await person(database)
  const session = await attach(database, who)
  const at = new Date('2026-02-03T04:05:06.789Z')
  const pushed = ['a', '\\ \\x41 \\101 ü 🙂 \u001e'].map((words, index) => ({ ...text(index + 1, words), at }))
  expect(await push(database, who, session, pushed)).toBe(2)
  // The long way compares digests.
  expect(await push(database, who, session, pushed)).toBe(2)
  const page = { after: null, before: null, limit: 9, backward: true }
  const of = { ownerId: who.ownerId, sessionId: session.id }
  const rows = await database.read((tx) => listEvents(tx, session.id, page))
  expect(rows).toMatchObject(pushed.map(({ seq, digest, json }) => ({ seq, at, digest, payload: json })))
  const places = pushed.map(({ seq }) => ({ sessionId: session.id, seq }))
  const found = await database.read((tx) => findEvents(tx, places))
  const asText = found.map((row) => ({ ...row, payload: Buffer.from(row.payload).toString() }))
  expect(asText.sort((one, other) => one.seq - other.seq)).toEqual(rows)
  const row = await database.read((tx) => findSession(tx, who.ownerId, session.id))
  expect(await database.read((tx) => sessionWithEvents(tx, of, page))).toEqual({ session: row, rows })
  expect(Math.abs((row?.updatedAt.getTime() ?? 0) - Date.now())).toBeLessThan(60 * 60_000)
  await database.close()
}, 60_000)
