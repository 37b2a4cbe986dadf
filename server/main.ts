/**
 * The server process. Environment: OFFDESK_DATA_DIR, DATABASE_URL (PostgreSQL instead of the embedded database), OFFDESK_PORT (4747),
 * OFFDESK_PUBLIC_URL, OFFDESK_LOG (a file to append to; else stderr), OFFDESK_OIDC_FILE (providers of single sign-on), HTTPS_PROXY and NO_PROXY on the way to them,
 * OFFDESK_DEVELOPMENT=1 (takes any operation). With OFFDESK_READY=json stdout carries lines of JSON for a parent process:
 * `{"progress": "…"}` while it starts, then `{"ready": {url, publicUrl, pid, setupCode, link}}`, or `{"failed": {code, message, url?, pid?}}` and exit code 1; also
 * later, with exit code 74, when the disk refuses to keep what the embedded database writes.
 * setupCode is null once a host is enrolled; link, by which the first owner signs in, once there is one. SIGTERM and SIGINT stop it; a second one at once.
 * With the argument `recover` it serves nothing: it prints the first owner's way back in, and ends.
 */
import { appendFileSync, readFileSync } from 'node:fs'
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import manifest from '../package.json' with { type: 'json' }
import { buildApp } from './app.ts'
import { keepSetupCode } from './auth/setup-file.ts'
import { openFirstLink } from './auth/sign-in/links.ts'
import { readProviders } from './auth/sign-in/oidc-providers.ts'
import { openWayBack } from './auth/sign-in/recovering.ts'
import { createNightly } from './backup/nightly.ts'
import { createDatabase, type Database, DatabaseTooNew } from './db/database.ts'
import { DataDirectoryTaken, lockDirectory } from './db/lock.ts'
import { listen, PortTaken } from './http/port.ts'
import { logText } from './log-text.ts'
import { firstWords, signInLink, wayBackWords } from './printed.ts'
import { isRefused } from './store/refused.ts'

const env = process.env
const isRecovery = process.argv[2] === 'recover'
const isForParent = env.OFFDESK_READY === 'json'
const CLOSE_MILLISECONDS = 5000
/** EX_IOERR of sysexits.h. */
const EXIT_DISK = 74

/** What keeps the server from starting, in words that say what to do. */
class CannotStart extends Error {
  override name = 'CannotStart'
  readonly code: string
  readonly more: object
  constructor(code: string, message: string, more: object = {}) {
    super(message)
    this.code = code
    this.more = more
  }
}

const tell = (line: object, sentence: string): void => {
  process.stdout.write(isForParent ? `${JSON.stringify(line)}\n` : `${sentence}\n`)
}

function log(error: unknown): void {
  const line = `${new Date().toISOString()} ${logText(error)}\n`
  if (env.OFFDESK_LOG) appendFileSync(env.OFFDESK_LOG, line, { mode: 0o600 })
  else process.stderr.write(line)
}

function requireNode(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  throw new CannotStart(
    'OLD_NODE',
    `Offdesk needs Node 20.19 or later; this is ${process.versions.node}. Install a newer one and start again.`,
  )
}

function dataFolder(): string {
  if (env.OFFDESK_DATA_DIR) return env.OFFDESK_DATA_DIR
  if (env.XDG_DATA_HOME) return join(env.XDG_DATA_HOME, 'offdesk')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'offdesk')
  return join(homedir(), '.local', 'share', 'offdesk')
}

/** `<data>/server`, for its owner alone. */
async function openFolder(): Promise<string> {
  const data = dataFolder()
  const folder = join(data, 'server')
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await chmod(folder, 0o700)
    await writeFile(join(folder, '.probe'), '', { mode: 0o600 })
    await rm(join(folder, '.probe'), { force: true })
    return folder
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const what = `The data folder ${data} cannot be used (${why}).`
    throw new CannotStart(
      'DATA_FOLDER',
      `${what} Give yourself the right to write there, or set OFFDESK_DATA_DIR to another folder.`,
    )
  }
}

function parsePort(): number {
  const text = env.OFFDESK_PORT ?? '4747'
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new CannotStart('BAD_PORT', `OFFDESK_PORT is "${text}"; it must be a number from 0 to 65535.`)
}

function parsePublicUrl(): string | null {
  const text = env.OFFDESK_PUBLIC_URL
  if (!text) return null
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text.replace(/\/+$/, '')
  throw new CannotStart(
    'BAD_PUBLIC_URL',
    `OFFDESK_PUBLIC_URL is "${text}"; it must be an address like https://desk.example.com.`,
  )
}

/** Read once here, so that a mistake is met by whoever made it and not by the first who signs in; and again at each sign-in. */
async function providersFile(): Promise<string | null> {
  const path = env.OFFDESK_OIDC_FILE
  if (!path) return null
  try {
    await readProviders(path)
    return path
  } catch (error) {
    throw new CannotStart('BAD_OIDC_FILE', error instanceof Error ? error.message : String(error))
  }
}

function running(folder: string): { url?: string; publicUrl?: string | null } {
  try {
    return JSON.parse(readFileSync(join(folder, 'server.json'), 'utf8')) as { url?: string; publicUrl?: string | null }
  } catch {
    return {}
  }
}

async function takeLock(folder: string): Promise<{ release(): Promise<void> }> {
  try {
    return await lockDirectory(folder)
  } catch (error) {
    if (!(error instanceof DataDirectoryTaken)) throw error
    const { url } = running(folder)
    const message = `An Offdesk server is already running (process ${error.pid}${url ? `, ${url}` : ''}). Use that one, or stop it first.`
    throw new CannotStart('ALREADY_RUNNING', message, { pid: error.pid, ...(url && { url }) })
  }
}

async function openDatabase(folder: string): Promise<Database> {
  const onProgress = (sentence: string) => tell({ progress: sentence }, `${sentence} …`)
  const url = env.DATABASE_URL
  try {
    const dataDir = join(folder, 'db')
    return await createDatabase(url ? { url, onProgress, log } : { dataDir, onProgress, log, onDiskRefused })
  } catch (error) {
    if (error instanceof DatabaseTooNew) throw new CannotStart('DATABASE_TOO_NEW', error.message)
    log(error)
    const what = url ? 'The database of DATABASE_URL cannot be used' : `The database in ${folder} cannot be opened`
    const why = error instanceof Error ? error.message || String(error) : String(error)
    const next = url
      ? 'See that it runs, and that the address, user and password are right.'
      : 'See the log; a backup of that folder can take its place.'
    throw new CannotStart('DATABASE', `${what}: ${why}. ${next}`)
  }
}

/**
 * Ends the process where it stands. After a refused sync nobody knows what of the last writes is on the disk, and PostgreSQL answers nothing more: those who
 * wait would wait for ever. What was acknowledged was synced before.
 */
function onDiskRefused(error: unknown): never {
  const why = error instanceof Error ? error.message : String(error)
  const message = `The disk refused to keep what the database wrote (${why}). The server has ended. See to the disk, then start it again: what was acknowledged is there, and workstations and devices send the rest again.`
  try {
    if (env.OFFDESK_LOG) log(message)
  } catch {
    // It may be the same disk.
  }
  if (isForParent) process.stdout.write(`${JSON.stringify({ failed: { code: 'DISK', message } })}\n`)
  else process.stderr.write(`${message}\n`)
  process.exit(EXIT_DISK)
}

/** Hashes, as the build has found the operations in the page and the command. */
function ownDocuments(): string[] {
  try {
    return JSON.parse(readFileSync(new URL('./documents.json', import.meta.url), 'utf8')) as string[]
  } catch {
    throw new CannotStart('BUILD', 'documents.json is missing beside the server. Build it again: npm run build.')
  }
}

/** Written whole or not at all: the command reads it at any moment. */
async function writeWhole(path: string, content: object): Promise<void> {
  const own = `${path}.${process.pid}`
  await writeFile(own, `${JSON.stringify(content)}\n`, { mode: 0o600 })
  await rename(own, path)
}

async function start(): Promise<void> {
  requireNode()
  process.umask(0o077)
  const port = parsePort()
  const publicUrl = parsePublicUrl()
  const oidc = { providersFile: await providersFile(), environment: env }
  const folder = await openFolder()
  const undo: (() => Promise<unknown>)[] = []
  const undone = async () => {
    for (const one of undo.splice(0).reverse()) await one().catch(log)
  }
  try {
    // Beside the processes that serve a PostgreSQL one more may speak to it; an embedded database is one process's.
    const lock = isRecovery && env.DATABASE_URL ? null : await takeLock(folder)
    if (lock) undo.push(() => lock.release())
    const database = await openDatabase(folder)
    undo.push(() => database.close())
    if (isRecovery) {
      const { url = `http://127.0.0.1:${port}`, publicUrl: servedAs = null } = running(folder)
      const words = await wayBack(database, { url, publicUrl: publicUrl ?? servedAs })
      await undone()
      tell({ recovered: words }, words)
      process.exit(0)
    }
    const nightly = await createNightly({ database, folder: join(folder, 'backups'), log })
    if (nightly) undo.push(() => nightly.close())
    const isSource = import.meta.url.endsWith('.ts')
    const documents = isSource || env.OFFDESK_DEVELOPMENT === '1' ? null : ownDocuments()
    const pages = fileURLToPath(new URL(isSource ? '../dist/pwa' : './pwa', import.meta.url))
    const onSetupCodeUsed = () => void keepSetupCode(database, folder).catch(log)
    const app = await buildApp({
      database,
      publicUrl,
      version: manifest.version,
      pages,
      documents,
      oidc,
      log,
      onSetupCodeUsed,
    })
    undo.push(() => app.stop())
    const server = createServer()
    app.handle(server)
    const url = `http://127.0.0.1:${await listen(server, port)}`
    undo.push(async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      await app.stop()
      // Streams and polls have ended with the app; what is still open is a peer that does not let go.
      const cut = setTimeout(() => server.closeAllConnections(), 500)
      server.closeIdleConnections()
      await closed
      clearTimeout(cut)
    })
    const setupCode = await keepSetupCode(database, folder)
    const isAlone = database.kind === 'pglite'
    const firstLink = await database.transaction((tx) => openFirstLink(tx, { isAlone }))
    const path = join(folder, 'server.json')
    const { pid } = process
    await writeWhole(path, { pid, url, publicUrl, version: manifest.version, startedAt: new Date().toISOString() })
    undo.push(() => rm(path, { force: true }))
    stopOnSignals(undone)
    // A driver may lose a promise of a connection that broke. What it was for ends by its own deadline; everybody else's session goes on.
    process.on('unhandledRejection', log)
    const link = firstLink && signInLink({ url, publicUrl }, firstLink)
    if (documents === null) log('Any operation of any credential is taken: this is for development.')
    tell({ ready: { url, publicUrl, pid, setupCode, link } }, firstWords({ url, publicUrl }, { setupCode, link }))
  } catch (error) {
    await undone()
    throw error
  }
}

async function wayBack(database: Database, at: { url: string; publicUrl: string | null }): Promise<string> {
  const made = await database.transaction(openWayBack).catch((error: unknown) => {
    throw isRefused(error) ? new CannotStart(error.code, `${error.message} ${error.remedy ?? ''}`.trim()) : error
  })
  if (made) return wayBackWords(made, at)
  const message = `Nobody owns this server yet. “offdesk serve” prints a setup code and a link for its first owner.${env.DATABASE_URL ? '' : ' If it keeps a PostgreSQL, set DATABASE_URL here as well.'}`
  throw new CannotStart('NOT_OWNED', message)
}

function stopOnSignals(undone: () => Promise<void>): void {
  let stopping = false
  const stop = async () => {
    if (stopping) process.exit(1)
    stopping = true
    setTimeout(() => process.exit(1), CLOSE_MILLISECONDS).unref()
    await undone()
    process.exit(0)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

start().catch((error: unknown) => {
  const isKnown = error instanceof CannotStart || error instanceof PortTaken
  if (!isKnown) log(error)
  const code = error instanceof CannotStart ? error.code : error instanceof PortTaken ? 'PORT_TAKEN' : 'INTERNAL'
  const message = error instanceof Error ? error.message : String(error)
  const failed = { code, message, ...(error instanceof CannotStart && error.more) }
  if (isForParent) process.stdout.write(`${JSON.stringify({ failed })}\n`)
  else process.stderr.write(`${message}\n`)
  process.exit(1)
})
