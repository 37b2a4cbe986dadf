/**
 * A workstation in the test's own process: a real server with the built page, a real session of the bridge with remote on, a scripted
 * agent over stdio, and Chromium's devices. The test sits at the terminal (`session`) and holds the phones. Knows no screen.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import {
  type BridgeSession,
  createSession,
  type OpenPairing,
  type Rung,
  type SessionView,
} from '../../agent-cli/bridge/session.ts'
import { enrolWithSetupCode } from '../../agent-cli/remote/enrolment.ts'
import { createHostLink } from '../../agent-cli/remote/host-link.ts'
import { openIdentity } from '../../agent-cli/remote/identity.ts'
import { openSetup } from '../../server/auth/setup.ts'
import type { Database } from '../../server/db/database.ts'
import { host } from '../../server/db/schema.ts'
import type { Manner } from './agent/manner.ts'
import { createScriptedAgent, type ScriptedAgent } from './agent/scripted.ts'
import { type Look, startBrowser, type TestBrowser } from './browser.ts'
import { builtPages } from './pages.ts'
import { pressesPin } from './passkeys.ts'
import { createPhone, type Phone } from './phone.ts'
import { memoryDatabase } from './seed.ts'
import { type ServerOptions, startServer, type TestServer } from './server.ts'
import { createWire, type Wire } from './wire.ts'

export type DeskOptions = {
  manner?: Partial<Manner>
  /** The terminal's ceiling; the product's default when left out. */
  ceiling?: Rung
  /** What the person sees of the workstation; a scratch folder and a plain name when left out. */
  place?: { cwd: string; agentName: string }
  server?: Omit<ServerOptions, 'database' | 'port' | 'pages'>
  /** Devices reach the server as `localhost`: passkeys belong to a name, never to a number. */
  byName?: boolean
}

export type DeskPhone = Phone & {
  /** Opens the QR's link, taps Pair, compares both match codes, presses y at the terminal. Lands on the session. */
  pairs(rung?: Rung): Promise<void>
}

export type Desk = {
  readonly server: TestServer
  readonly database: Database
  readonly agent: ScriptedAgent
  /** The terminal's hands. */
  readonly session: BridgeSession
  /** The cable between workstation and server. */
  readonly wire: Wire
  /** The session's path on the server. */
  readonly path: string
  /** The QR's link, as a browser of this machine reaches the server. */
  opensPairing(rung?: Rung): Promise<{ link: string; pairing: OpenPairing }>
  /** The key press: throws unless the terminal shows that match code. */
  confirms(pairing: OpenPairing, matchCode: string): Promise<void>
  /** The key press with which a passkey comes to count here: throws unless one with that code waits. */
  pins(code: string): Promise<void>
  phone(options?: Look & { model?: string }): Promise<DeskPhone>
  /** A phone in a profile on disk: it can install the page and be notified. */
  lastingPhone(): Promise<DeskPhone>
  desktop(options?: Look): Promise<DeskPhone>
  /** A turn with these words is going on at the agent. */
  works(text?: string): Promise<void>
  /** Waits until the terminal's view is so. */
  until(claim: (view: SessionView) => boolean, what: string): Promise<void>
  /** Stops the server; the function starts it again on the same database and port, with another build of the page if one is given. */
  stopsServer(): Promise<(pages?: string) => Promise<void>>
  /** The server takes the workstation for silent since long ago (its clock's double: 50 s pass at once). */
  forgetsHeartbeat(): Promise<void>
  close(): Promise<void>
}

const DEADLINE_MS = 10_000
export const HOST_NAME = 'atlas'

export async function openDesk(options: DeskOptions = {}): Promise<Desk> {
  const database = await memoryDatabase()
  const serving = { ...options.server, database, pages: await builtPages() }
  let server = await startServer(serving)
  const { port } = server
  const url = options.byName ? `http://localhost:${port}` : server.url
  const wire = await createWire(port)
  const dataDir = await mkdtemp(join(tmpdir(), 'offdesk-desk-'))
  const scratch = await mkdtemp(join(tmpdir(), 'offdesk-work-'))
  const { cwd, agentName } = options.place ?? { cwd: scratch, agentName: 'Scripted' }
  const hostDir = join(dataDir, 'host')
  await enrolWithSetupCode({
    ...{ endpoint: { url: wire.url }, identity: await openIdentity(hostDir), hostDir, name: HOST_NAME },
    setupCode: await database.transaction(openSetup),
  })
  // Heartbeats come quickly, so that a workstation that is back is seen to be back; how long one counts is the server's.
  const link = await createHostLink({ dataDir, endpoint: { url: wire.url }, heartbeatMs: 1000 })
  const agent = await createScriptedAgent(options.manner)
  const { command, args, env } = agent
  const session = await createSession({
    ...{ dataDir, cwd, link, agent: { id: 'scripted', name: agentName, command, args, env, preset: null } },
    ...(options.ceiling === undefined ? {} : { ceiling: options.ceiling }),
  })
  await session.remote.on()
  let browser: TestBrowser | null = null
  const pairings: OpenPairing[] = []

  function until(claim: (view: SessionView) => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!claim(session.view())) return
        clearTimeout(timer)
        end()
        resolve()
      }
      const end = session.subscribe(look)
      const timer = setTimeout(() => {
        end()
        reject(new Error(`the terminal did not see ${what}: ${JSON.stringify(session.view()).slice(0, 3000)}`))
      }, DEADLINE_MS)
      look()
    })
  }
  async function opensPairing(rung: Rung = 'STEER') {
    const pairing = await session.remote.openPairing(rung)
    pairings.push(pairing)
    // The workstation knows the server by its end of the cable, the phone by the server's own address.
    return { pairing, link: pairing.localLink.replace(wire.url, url) }
  }
  async function confirms(pairing: OpenPairing, matchCode: string) {
    await new Promise<void>((resolve, reject) => {
      const look = () => {
        if (pairing.view().matchCode === null) return
        clearTimeout(timer)
        end()
        resolve()
      }
      const end = pairing.subscribe(look)
      const timer = setTimeout(() => reject(new Error('the terminal shows no match code')), DEADLINE_MS)
      look()
    })
    const shown = pairing.view().matchCode
    if (shown !== matchCode) throw new Error(`the match codes differ: ${shown} here, ${matchCode} on the phone`)
    await pairing.confirm()
  }
  async function device(make: (browser: TestBrowser) => ReturnType<TestBrowser['phone']>, touch: boolean) {
    browser ??= await startBrowser()
    const phone = await createPhone(await make(browser), url, touch)
    const pairs = async (rung?: Rung) => {
      const { link, pairing } = await opensPairing(rung)
      await phone.opens(link)
      await phone.taps(/^Pair this (phone|tablet|computer)$/)
      const match = phone.page.getByRole('img', { name: /^Match code/ })
      await confirms(pairing, ((await match.textContent()) ?? '').replaceAll(/\s/g, ''))
      await phone.page.waitForURL(`**/s/${session.id}`)
    }
    return Object.defineProperties({ pairs } as DeskPhone, Object.getOwnPropertyDescriptors(phone))
  }

  return {
    ...{ database, agent, session, wire, until, opensPairing, confirms, path: `/s/${session.id}` },
    get server() {
      return server
    },
    phone: ({ model = 'Pixel 8', ...look } = {}) => device((made) => made.phone(model, look), true),
    pins: (code) => pressesPin(dataDir, wire.url, code),
    lastingPhone: () => device((made) => made.lasting('Pixel 8'), true),
    desktop: (look) => device((made) => made.desktop(look), false),
    async works(text = 'Make the tests pass') {
      await session.prompt(text)
      await agent.prompted()
    },
    async stopsServer() {
      await server.close()
      return async (pages = serving.pages) => {
        server = await startServer({ ...serving, pages, port })
      }
    },
    async forgetsHeartbeat() {
      await database.read((tx) =>
        tx.update(host).set({
          lastSeenAt: sql`clock_timestamp() - interval '2 minutes'`,
          liveUntil: sql`clock_timestamp() - interval '70 seconds'`,
        }),
      )
    },
    async close() {
      for (const pairing of pairings) pairing.close()
      await session.close()
      await link.close()
      await agent.close()
      await browser?.close()
      await wire.close()
      await server.close()
      await database.close()
      for (const folder of [dataDir, scratch]) await rm(folder, { recursive: true, force: true })
    },
  }
}
