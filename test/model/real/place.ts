// What outlives a history of the real driver: one database, one server process's worth of rooms, one enrolled workstation, its paired devices.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BridgeSession, createSession } from '../../../agent-cli/bridge/session.ts'
import { enrolWithSetupCode } from '../../../agent-cli/remote/enrolment.ts'
import { createHostLink, type HostLink } from '../../../agent-cli/remote/host-link.ts'
import { openIdentity } from '../../../agent-cli/remote/identity.ts'
import { openSetup } from '../../../server/auth/setup.ts'
import { createDatabase } from '../../../server/db/database.ts'
import { createScriptedAgent, type ScriptedAgent } from '../../kit/agent/scripted.ts'
import { memoryDatabase } from '../../kit/seed.ts'
import { startServer, type TestServer } from '../../kit/server.ts'
import { type Life, makeForgetful, within } from './disk.ts'
import { type Person, pairWith } from './people.ts'
import { createStore, type Store } from './store.ts'
import { createNet, type Net } from './wire.ts'

export type Workstation = {
  life: Life
  link: HostLink
  session: BridgeSession
  agent: ScriptedAgent
  net: Net
}

export type Place = {
  readonly store: Store
  readonly server: TestServer
  readonly isServerUp: boolean
  readonly people: Person[]
  stopServer(): Promise<void>
  startServer(): Promise<void>
  /** A host process with a session: a new one, or an earlier one's next attachment. */
  startHost(net: Net, resumeSessionId?: string): Promise<Workstation>
  /** What is written from now on takes so long to be safe that whoever does not wait is long gone. */
  slowsDisk(isSlow: boolean): void
  folderOf(sessionId: string): string
  readonly dataDir: string
  /** Lets another in for one that was revoked. */
  replace(index: number, at: BridgeSession): Promise<void>
  close(): Promise<void>
}

export const deviceCount = 3

export async function openPlace(options: { databaseUrl: string | null; random: () => number }): Promise<Place> {
  const { databaseUrl, random } = options
  // Mostly quick, now and then so slow that whatever does not wait for it is long gone.
  let isDiskSlow = false
  makeForgetful(() => {
    if (isDiskSlow) return 250
    const luck = random()
    return luck < 0.5 ? 0 : luck < 0.9 ? random() * 6 : 20 + random() * 40
  })
  const database = databaseUrl === null ? await memoryDatabase() : await createDatabase({ url: databaseUrl })
  let isOpen = false
  // A defect that answers before it commits is to be met by histories, and not by those who enrol and pair.
  const store = createStore(database, () => (isOpen ? random() : 1))
  let server = await startServer({ database: store })
  const { port, url } = server
  let isServerUp = true
  const dataDir = await mkdtemp(join(tmpdir(), 'offdesk-model-'))
  const hostDir = join(dataDir, 'host')
  const setupCode = await database.transaction(openSetup)
  await enrolWithSetupCode({
    ...{ endpoint: { url }, identity: await openIdentity(hostDir), hostDir, name: 'desk', setupCode },
  })
  const people: Person[] = []

  async function startHost(net: Net, resumeSessionId?: string): Promise<Workstation> {
    const life: Life = { isOver: false }
    const agent = await createScriptedAgent()
    const { command, args, env } = agent
    return within(life, async () => {
      const link = await createHostLink({ dataDir, endpoint: { url, fetch: net.fetch }, heartbeatMs: 1_000 })
      const session = await createSession({
        ...{ dataDir, cwd: dataDir, link, ceiling: 'FULL' },
        agent: { id: 'scripted', name: 'Scripted', command, args, env, preset: null },
        ...(resumeSessionId === undefined ? {} : { resumeSessionId }),
      })
      await session.remote.on({ share: true })
      return { life, link, session, agent, net }
    })
  }

  const place: Place = {
    store,
    get server() {
      return server
    },
    get isServerUp() {
      return isServerUp
    },
    ...{ people, dataDir, startHost },
    async stopServer() {
      if (!isServerUp) return
      isServerUp = false
      await server.close()
    },
    async startServer() {
      if (isServerUp) return
      server = await startServer({ database: store, port })
      isServerUp = true
    },
    slowsDisk(isSlow) {
      isDiskSlow = isSlow
    },
    folderOf: (sessionId) => join(dataDir, 'sessions', sessionId),
    async replace(index, at) {
      people[index] = await pairWith(server, at, `phone ${index}`)
    },
    async close() {
      if (isServerUp) await server.close()
      await database.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
  const first = await startHost(createNet())
  for (let index = 0; index < deviceCount; index += 1) await place.replace(index, first.session)
  await first.session.close('Everybody is paired.')
  await first.link.close()
  await first.agent.close()
  isOpen = true
  return place
}
