import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exportPublicKey, generateKeys } from '../../protocol/keys.ts'
import { enrolBySetupCode, openSharedSetup } from '../../server/auth/setup.ts'
import { keepSetupCode } from '../../server/auth/setup-file.ts'
import { openWayBack } from '../../server/auth/sign-in/recovering.ts'
import { createDatabase, type Database } from '../../server/db/database.ts'
import { startPostgres, type TestPostgres } from '../kit/postgres.ts'
import { silent } from './place.ts'

let server: TestPostgres
let one: Database
let other: Database
let folder: string
const dirs = { one: '', other: '' }

beforeAll(async () => {
  server = await startPostgres()
  folder = await mkdtemp(join(tmpdir(), 'offdesk-setup-'))
  const url = await server.create()
  ;[one, other] = await Promise.all([createDatabase({ url, poolSize: 4 }), createDatabase({ url, poolSize: 4 })])
  dirs.one = await mkdtemp(join(folder, 'one-'))
  dirs.other = await mkdtemp(join(folder, 'other-'))
})
afterAll(async () => {
  await Promise.all([one?.close(), other?.close()])
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

const enrol = async (database: Database, setupCode: string, address: string): Promise<string> => {
  const publicKey = await exportPublicKey((await generateKeys(false)).publicKey)
  const asked = { name: 'desk', publicKey, setupCode, address }
  return database.transaction(async (tx) => {
    const outcome = await enrolBySetupCode(tx, silent, asked)
    return 'refused' in outcome ? outcome.refused.code : 'ENROLLED'
  })
}

describe('setup codes of several processes on one PostgreSQL', () => {
  it('[T2] a second process leaves the first one’s code good; the first enrolment ends them all', async () => {
    const first = (await keepSetupCode(one, dirs.one)) ?? ''
    const second = (await keepSetupCode(other, dirs.other)) ?? ''
    expect(second).not.toBe(first)
    expect(await keepSetupCode(one, dirs.one)).toBe(first)
    expect((await readFile(join(dirs.one, 'setup-code'), 'utf8')).trim()).toBe(first)
    expect(await enrol(other, first, '10.0.0.1')).toBe('ENROLLED')
    expect(await enrol(other, second, '10.0.0.2')).toBe('CODE_WRONG')
    for (const [database, dir] of [
      [one, dirs.one],
      [other, dirs.other],
    ] as const) {
      expect(await keepSetupCode(database, dir)).toBeNull()
      await expect(readFile(join(dir, 'setup-code'))).rejects.toThrow('ENOENT')
    }
    expect(await one.transaction(openSharedSetup)).toBeNull()
  })

  it('[T2] once somebody owns it no start prints a code; the operator opens one beside the processes, good once', async () => {
    expect(await keepSetupCode(one, dirs.one)).toBeNull()
    const asked = await Promise.all([one, other].map((database) => database.transaction(openWayBack)))
    const codes = asked.map((made) => made?.setupCode ?? '')
    const said = await Promise.all(codes.map((code, at) => enrol(one, code, `10.0.1.${at}`)))
    expect(said.toSorted()).toEqual(['CODE_WRONG', 'ENROLLED'])
    expect(await enrol(other, codes[said.indexOf('ENROLLED')] ?? '', '10.0.1.3')).toBe('CODE_WRONG')
  })

  it('[T2] a process that starts while the first host is enrolled opens no code behind it', async () => {
    const url = await server.create()
    const database = await createDatabase({ url })
    const code = (await database.transaction(openSharedSetup)) ?? ''
    const [said, late] = await Promise.all([enrol(database, code, '10.0.0.3'), database.transaction(openSharedSetup)])
    expect(said).toBe('ENROLLED')
    if (late !== null) expect(await enrol(database, late, '10.0.0.4')).toBe('CODE_WRONG')
    await database.close()
  })
})
