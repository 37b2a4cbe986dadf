/** The product's server as a process at a port that stays the same over its lives. */
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type Program, passes, startProgram } from './process.ts'

export type ServerProcess = {
  readonly port: number
  readonly url: string
  readonly dataDir: string
  /** The process of now. */
  readonly program: Program
  /** The code for the first host, null once one is enrolled. */
  readonly setupCode: string | null
  /** Resolves when it answers; tries again for half a minute, for its database may be away. */
  start(): Promise<void>
  /** As its owner stops it. */
  stop(): Promise<void>
  kill(): Promise<void>
}

export async function createServerProcess(given: {
  dist: string
  dataDir: string
  databaseUrl: string | null
  /** It ended by itself, with its last words. */
  onDeath: (said: string) => void
}): Promise<ServerProcess> {
  const port = await freePort()
  let program: Program | null = null
  let setupCode: string | null = null
  /** Somebody here ends it: then its end is no news. */
  let isEnding = false

  const started = (): Promise<Program> =>
    new Promise((resolve, reject) => {
      const env = {
        ...{
          OFFDESK_DATA_DIR: given.dataDir,
          OFFDESK_PORT: String(port),
          OFFDESK_READY: 'json',
          OFFDESK_DEVELOPMENT: '1',
        },
        ...{ OFFDESK_LOG: join(given.dataDir, 'server.log') },
        ...(given.databaseUrl === null ? {} : { DATABASE_URL: given.databaseUrl }),
      }
      const one = startProgram({
        ...{ args: [join(given.dist, 'server.js')], env, clockFile: join(given.dataDir, 'clock') },
        onLine(line) {
          const ready = line.ready as { setupCode: string | null } | undefined
          if (ready !== undefined) {
            setupCode = ready.setupCode
            resolve(one)
          }
          if (line.failed !== undefined) reject(new Error(JSON.stringify(line.failed)))
        },
      })
      void one.exited.then(() => reject(new Error(`the server ended before it was ready: ${one.said()}`)))
    })
  const here = (): Program => {
    if (program === null) throw new Error('the server has not been started')
    return program
  }

  return {
    port,
    url: `http://127.0.0.1:${port}`,
    dataDir: given.dataDir,
    get program() {
      return here()
    },
    get setupCode() {
      return setupCode
    },
    async start() {
      isEnding = false
      const deadline = performance.now() + 30_000
      for (;;) {
        try {
          const one = await started()
          program = one
          void one.exited.then(() => {
            if (program === one && !isEnding) given.onDeath(one.said())
          })
          return
        } catch (error) {
          if (performance.now() > deadline) throw error
          await passes(250)
        }
      }
    },
    stop() {
      isEnding = true
      return here().end(8000)
    },
    kill() {
      isEnding = true
      return here().kill()
    },
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
