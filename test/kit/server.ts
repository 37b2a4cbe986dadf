/** A real server on a free port, spoken to as its clients do: HTTP, WebSocket, whole handshakes. Nothing of ours is replaced. */
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { type AppOptions, buildApp } from '../../server/app.ts'
import { openSetup } from '../../server/auth/setup.ts'
import { createDatabase, type Database } from '../../server/db/database.ts'
import { type Answer, ask } from './ask.ts'
import { type EnrolledHost, enrol, type PairedDevice, pair } from './people.ts'
import { memoryDatabase } from './seed.ts'
import { createSubscriber, type Subscriber } from './subscriber.ts'

export type ServerOptions = Partial<Omit<AppOptions, 'database'>> & {
  /** Left out: a PGlite in memory of its own. A string is a PostgreSQL URL. A database of the caller's stays open at `close`. */
  database?: string | Database
  /** 0 or left out: any free one. */
  port?: number
}

export type TestServer = {
  url: string
  port: number
  database: Database
  /** What the server has logged: masked errors are here. */
  logged: unknown[]
  /** The data of an operation. Throws `Refusal` with the first error. */
  gql<T = Record<string, never>>(token: string | null, document: string, variables?: object): Promise<T>
  /** The whole answer, errors included. */
  ask<T>(token: string | null, document: string, variables?: object, signal?: AbortSignal): Promise<Answer<T>>
  /** A host of a new setup code, with its own credential and a way to mint more. */
  enrolledHost(name?: string): Promise<EnrolledHost>
  /** A device paired with that host by the whole handshake. */
  pairedDevice(how: {
    host: EnrolledHost
    rung?: 'VIEW' | 'ANSWER' | 'STEER' | 'FULL'
    name?: string
  }): Promise<PairedDevice>
  /** Over graphql-ws, collecting what comes. */
  subscribe(token: string | null, document: string, variables?: object): Subscriber
  close(): Promise<void>
}

const NO_PAGES = fileURLToPath(new URL('./no-pages', import.meta.url))

export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const { database: given, port: wanted = 0, ...rest } = options
  const database = typeof given === 'object' ? given : await openDatabase(given)
  const logged: unknown[] = []
  const app = await buildApp({
    ...{
      publicUrl: null,
      version: '0.0.0-test',
      pages: NO_PAGES,
      documents: null,
      log: (error: unknown) => logged.push(error),
    },
    ...rest,
    database,
  })
  const server = createServer()
  app.handle(server)
  await new Promise<void>((resolve) => server.listen(wanted, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const subscribers = new Set<Subscriber>()
  const gql = async <T>(token: string | null, document: string, variables?: object): Promise<T> =>
    (await ask<T>(url, token, document, variables)).value()
  return {
    ...{ url, port, database, logged, gql },
    ask: (token, document, variables, signal) => ask(url, token, document, variables, signal),
    enrolledHost: async (name = 'desk') => enrol(gql, await database.transaction(openSetup), name),
    pairedDevice: ({ host, rung = 'STEER', name = 'phone' }) => pair(gql, host, { rung, name }),
    subscribe: (token, document, variables) => {
      const subscriber = createSubscriber(`ws://127.0.0.1:${port}/graphql`, token, document, variables)
      subscribers.add(subscriber)
      return subscriber
    },
    close: async () => {
      // The server first: whoever still listens hears its end as a real page would.
      await app.stop()
      for (const one of subscribers) one.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      if (typeof given !== 'object') await database.close()
    },
  }
}

const openDatabase = (url: string | undefined): Promise<Database> =>
  url === undefined ? memoryDatabase() : createDatabase({ url })

/** True while something listens there: for tests of an end that really ends. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
