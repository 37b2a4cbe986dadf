/** Where the owner reads the setup code: a file of the data folder, readable by them alone. */
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from '../db/database.ts'
import { anyHostEnrolled } from '../store/hosts.ts'
import { isSetupCodeOpen } from '../store/setup-codes.ts'
import { hashCode, openSetup, openSharedSetup } from './setup.ts'

/**
 * Keeps a good code in `<folder>/setup-code`: on an embedded database always, for whoever reads this folder owns it; on a shared one until the first
 * host is enrolled, each process a code of its own. Returns the code when nobody is enrolled yet, else null.
 */
export async function keepSetupCode(database: Database, folder: string): Promise<string | null> {
  const path = join(folder, 'setup-code')
  const written = (await readFile(path, 'utf8').catch(() => '')).trim()
  const isShared = database.kind === 'postgres'
  const isFirst = !(await database.read(anyHostEnrolled))
  const gone = async () => {
    await rm(path, { force: true })
    return null
  }
  if (!isFirst && isShared) return gone()
  const isGood = written !== '' && (await database.read((tx) => isSetupCodeOpen(tx, hashCode(written))))
  const code = isGood ? written : await database.transaction(isShared ? openSharedSetup : openSetup)
  if (code === null) return gone()
  if (!isGood) {
    const own = `${path}.${process.pid}`
    await writeFile(own, `${code}\n`, { mode: 0o600 })
    await rename(own, path)
  }
  return isFirst ? code : null
}
