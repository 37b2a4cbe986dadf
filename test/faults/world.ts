/** One round's world: a database, servers, cables, workstations, sessions, phones and viewers, all real processes and sockets. */
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openSetup } from '../../server/auth/setup.ts'
import { createDatabase } from '../../server/db/database.ts'
import { type Cable, createCable } from './cable.ts'
import { createPhone, type Phone } from './phone.ts'
import { createPostgres, type PostgresProcess } from './postgres-process.ts'
import { until } from './process.ts'
import type { Random } from './random.ts'
import { createScene, type Scene } from './scene.ts'
import type { DatabaseKind } from './schedule.ts'
import { createServerProcess, type ServerProcess } from './server-process.ts'
import { createViewer, type Viewer } from './viewer.ts'
import { createWorkstation, type Workstation } from './workstation.ts'

export type World = {
  readonly kind: DatabaseKind
  readonly databaseVersion: string
  readonly servers: readonly ServerProcess[]
  readonly postgres: PostgresProcess | null
  readonly cables: readonly Cable[]
  readonly workstations: readonly Workstation[]
  readonly scenes: readonly Scene[]
  readonly phones: readonly Phone[]
  readonly viewers: readonly Viewer[]
  readonly complaints: string[]
  /** Takes or puts back a copy of the database; everything that uses it must be stopped. */
  copyDatabase(): void
  putDatabaseBack(): void
  folder(name: string): string
  /** Ends every process; the files stay until `remove`. */
  close(): Promise<void>
  /** Leaves the files where they are, for whoever looks into them. */
  keep(): void
  remove(): void
}

export async function createWorld(given: {
  folder: string
  dist: string
  kind: DatabaseKind
  random: Random
  /** Sessions at the first workstation; the second, on a small disk, has one. */
  sessions: number
  withSmallDisk: boolean
  /** An agent says at most so much at once while faults are done. */
  texts: number
}): Promise<World> {
  const { kind, random, dist } = given
  let folders = 0
  const folder = (name: string): string => {
    const path = join(given.folder, `${++folders}-${name}`)
    mkdirSync(path, { recursive: true, mode: 0o755 })
    return path
  }
  const complaints: string[] = []
  const postgres = kind === 'postgres' ? await createPostgres(folder('postgres')) : null
  const databaseUrl = postgres?.url ?? null
  const servers: ServerProcess[] = []
  // A shared database may have several servers: workstations speak to the first, devices to the last.
  for (let index = 0; index < (postgres ? 2 : 1); index++) {
    const onDeath = (said: string) => {
      complaints.push(`server ${index} ended by itself: ${said.slice(-1500)}`)
      // Its owner starts it again.
      void server
        .start()
        .catch((error: unknown) => complaints.push(`server ${index} did not come back: ${String(error)}`))
    }
    const server = await createServerProcess({ dist, dataDir: folder(`server-${index}`), databaseUrl, onDeath })
    await server.start()
    servers.push(server)
  }
  const [first] = servers
  const last = servers.at(-1)
  if (first === undefined || last === undefined) throw new Error('no server was started')
  const wires = random.fork('wires')
  const cables: Cable[] = []
  const cable = async (to: ServerProcess): Promise<Cable> => {
    const one = await createCable(to.port, wires.next)
    cables.push(one)
    return one
  }

  async function setupCode(): Promise<string> {
    if (postgres === null) return readFileSync(join(first?.dataDir ?? '', 'server', 'setup-code'), 'utf8').trim()
    const database = await createDatabase({ url: postgres.url })
    try {
      return await database.transaction(openSetup)
    } finally {
      await database.close()
    }
  }

  const workstations: Workstation[] = []
  const scenes: Scene[] = []
  const phones: Phone[] = []
  const viewers: Viewer[] = []
  const onThrownOut = (who: string) => (why: string) => void complaints.push(`${who} was thrown out: ${why}`)

  async function settle(name: string, sessions: number, diskBytes: number): Promise<void> {
    const workstation = await createWorkstation({
      ...{ folder: folder(name), name, cable: await cable(first as ServerProcess), setupCode: await setupCode() },
      ...{ diskBytes, phones: [`${name} phone`, `${name} tablet`] },
    })
    workstations.push(workstation)
    const own: Scene[] = []
    const devices: Phone[] = []
    for (const paired of workstation.paired) {
      const { name: called } = paired
      const to = await cable(last as ServerProcess)
      const phone: Phone = createPhone({
        ...{ ...paired, cable: to, url: to.url, random: wires.next, onThrownOut: onThrownOut(called) },
        onDecision(decision) {
          own.find((scene) => scene.sessionId === decision.sessionId)?.sees(decision, phone)
        },
      })
      devices.push(phone)
    }
    phones.push(...devices)
    for (let index = 0; index < sessions; index++) {
      const scene = await createScene({
        ...{ name: `${name}-${index}`, folder: folder(`work-${name}-${index}`), workstation, phones: devices },
        texts: given.texts,
        ...{ random: random.fork(`scene ${name}-${index}`), onComplaint: (what) => void complaints.push(what) },
      })
      scenes.push(scene)
      own.push(scene)
      await scene.start()
      const isThere = await until(() => scene.view?.remote === 'live' && scene.view.pending === 0, 30_000)
      if (!isThere) throw new Error(`${scene.name} did not reach the server`)
      for (const phone of devices) phone.follow(scene.sessionId)
      for (const [at, { token }] of workstation.paired.entries()) {
        const to = await cable(last as ServerProcess)
        const viewer = `viewer ${at} of ${scene.name}`
        const { sessionId } = scene
        viewers.push(
          createViewer({
            ...{ name: viewer, url: to.url, token, sessionId, onThrownOut: onThrownOut(viewer), random: wires.next },
          }),
        )
      }
    }
  }

  const embedded = join(first.dataDir, 'server', 'db')
  const copy = join(given.folder, 'database-copy')
  const world: World = {
    ...{ kind, servers, postgres, cables, workstations, scenes, phones, viewers, complaints, folder },
    databaseVersion: postgres?.version ?? 'PGlite',
    copyDatabase() {
      if (postgres) return postgres.copyTo(copy)
      rmSync(copy, { recursive: true, force: true })
      cpSync(embedded, copy, { recursive: true })
    },
    putDatabaseBack() {
      if (postgres) return postgres.putBack(copy)
      rmSync(embedded, { recursive: true, force: true })
      cpSync(copy, embedded, { recursive: true })
    },
    async close() {
      for (const one of [...viewers, ...phones]) one.close()
      await Promise.all(scenes.map((scene) => scene.close()))
      await Promise.all(servers.map((server) => server.stop()))
      await Promise.all(cables.map((one) => one.close()))
    },
    keep() {
      for (const one of workstations) one.keep()
    },
    remove() {
      for (const one of workstations) one.close()
      rmSync(given.folder, { recursive: true, force: true })
    },
  }
  await settle('desk', given.sessions, 0)
  if (given.withSmallDisk) await settle('small', 1, 96 * 1024 * 1024)
  return world
}
