// Fails when the tables in the code are not what the committed migrations make. Runs drizzle-kit on a copy and wants nothing new of it.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const copy = mkdtempSync(join(tmpdir(), 'offdesk-migrations-'))
const migrations = join(copy, 'migrations')
try {
  cpSync(join(root, 'server/db/migrations'), migrations, { recursive: true })
  const before = readdirSync(migrations).sort().join()
  // drizzle-kit puts "./" before the folder and ends with 0 when it then finds nothing: the path is relative, and silence no success.
  const args = [
    'generate',
    '--dialect=postgresql',
    '--schema=./server/db/schema.ts',
    `--out=${relative(root, migrations)}`,
  ]
  const kit = spawnSync(join(root, 'node_modules/.bin/drizzle-kit'), args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'], // a question (a rename?) is an answer too: it fails without a terminal
  })
  const added = readdirSync(migrations)
    .sort()
    .filter((name) => !before.split(',').includes(name))
  if (kit.status !== 0 || added.length > 0 || !kit.stdout.includes('No schema changes')) {
    process.stderr.write(`${kit.stdout}${kit.stderr}\n`)
    process.stderr.write('The tables have no migration. Run npm run migrations and commit what it writes.\n')
    process.exitCode = 1
  }
} finally {
  rmSync(copy, { recursive: true, force: true })
}
