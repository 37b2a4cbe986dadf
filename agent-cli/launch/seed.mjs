// A migrated, empty embedded database as one archive, made once per set of migrations: a new server starts from it in half the time.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { migrate } from 'drizzle-orm/pglite/migrator'
import { root } from './ready.mjs'

const migrationsFolder = join(root, 'server', 'db', 'migrations')
const CACHE = join(root, 'node_modules', '.cache', 'offdesk')

/** Path of the archive (tar, gzip; about 5 MB), made when it is missing. It holds no incarnation: each database gets its own. */
export async function seedArchive() {
  const path = join(CACHE, `seed-${digest()}.tgz`)
  if (existsSync(path)) return path
  mkdirSync(CACHE, { recursive: true })
  const client = await PGlite.create()
  await migrate(drizzle(client), { migrationsFolder })
  const dump = await client.dumpDataDir('gzip')
  await client.close()
  // Two processes at once may both make it: the last rename wins and both are whole.
  const own = `${path}.${process.pid}`
  writeFileSync(own, Buffer.from(await dump.arrayBuffer()))
  renameSync(own, path)
  return path
}

function digest() {
  const hash = createHash('sha256')
  const embedded = createRequire(import.meta.url).resolve('@electric-sql/pglite')
  hash.update(readFileSync(join(embedded, '..', '..', 'package.json')))
  for (const name of readdirSync(migrationsFolder).sort()) {
    if (name.endsWith('.sql')) hash.update(name).update(readFileSync(join(migrationsFolder, name)))
  }
  return hash.digest('hex').slice(0, 16)
}
