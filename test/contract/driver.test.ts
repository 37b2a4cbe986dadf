/** The driver as it is bundled, against a PostgreSQL whose connections end in the middle of transactions. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
// @ts-expect-error plain JavaScript, for the build runs it
import { postgresRepair } from '../../agent-cli/launch/postgres-repair.mjs'
import { startPostgres, type TestPostgres } from '../kit/postgres.ts'

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
const out = fileURLToPath(new URL('../.out', import.meta.url))
let postgres: TestPostgres
let folder: string

beforeAll(async () => {
  postgres = await startPostgres()
  mkdirSync(out, { recursive: true })
  folder = mkdtempSync(join(out, 'driver-'))
})
afterAll(async () => {
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('a connection that ends inside a transaction is an error of that transaction: the process lives, the next query is sent', async () => {
  const outfile = join(folder, 'driver.mjs')
  const stdin = { contents: PROGRAM, resolveDir: fileURLToPath(new URL('../..', import.meta.url)) }
  const how = { bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'error' } as const
  await build({ ...how, stdin, outfile, plugins: [postgresRepair] })
  const { stdout } = await promisify(execFile)(process.execPath, [outfile, await postgres.create()], {
    timeout: 30_000,
  })
  expect(stdout.trim()).toBe('refused 5')
}, 60_000)
