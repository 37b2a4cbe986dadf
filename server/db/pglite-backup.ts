/** Copies an embedded database while it is used, as PostgreSQL's own base backup does. Knows no schedule. */
import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'
import { type Entry, writeArchive } from './archive.ts'

/** A data directory that holds this file was put back from somewhere else: the next start gives it a new incarnation. */
export const RESTORED = 'restored'

/** Left out: of this process alone, or filled again from the log. */
const LEFT_OUT = /^(postmaster\.(pid|opts)|pg_wal\/.*|pg_stat_tmp\/.*|.*pgsql_tmp.*|backup_label|restored)$/
const CONTROL = 'global/pg_control'

/**
 * Writes `to`, a .tar.gz of a data directory as it is when this returns. Readers and writers go on; nothing may checkpoint meanwhile (the
 * log since the beginning belongs to it). Unpacked, it opens as after a crash, and has a new incarnation.
 */
export async function backUp(client: PGlite, dataDir: string, to: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  await client.query("select pg_backup_start('offdesk', fast => true)")
  let isOn = true
  async function* entries(): AsyncGenerator<Entry> {
    for (const entry of await readdir(dataDir, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      const name = path.slice(dataDir.length + 1).replaceAll('\\', '/')
      if (LEFT_OUT.test(name) && !entry.isDirectory()) continue
      if (entry.isDirectory()) yield { name, folder: true }
      else if (name !== CONTROL) yield { name, path }
    }
    // Read between two statements: nobody writes it then.
    yield { name: CONTROL, bytes: readFileSync(join(dataDir, CONTROL)) }
    const { rows } = await client.query<{ label: string; last: string }>(
      'select labelfile as label, pg_walfile_name(lsn) as last from pg_backup_stop(wait_for_archive => false)',
    )
    isOn = false
    const { label = '', last = '' } = rows[0] ?? {}
    const first = /\(file (\w+)\)/.exec(label)?.[1]
    if (!first) throw new Error(`a backup label without its first file: ${label}`)
    yield { name: 'backup_label', bytes: Buffer.from(label) }
    yield { name: RESTORED, bytes: Buffer.from('From a backup. The next start removes this file.\n') }
    for (const name of (await readdir(join(dataDir, 'pg_wal'))).sort())
      if (/^[0-9A-F]{24}$/.test(name) && name >= first && name <= last)
        yield { name: `pg_wal/${name}`, path: join(dataDir, 'pg_wal', name) }
  }
  try {
    await writeArchive(to, entries(), signal)
  } finally {
    if (isOn && !client.closed) await client.query('select pg_backup_stop(wait_for_archive => false)')
  }
}
