/** The server of this machine's data folder: found when it runs, started as a process of its own when it does not (design §5). */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { Places } from '../journal/places.ts'
import { Mistake } from './mistake.ts'
import { serverProgram } from './programs.ts'
import { say } from './say.ts'
import { unless } from './signals.ts'

export type LocalServer = {
  readonly url: string
  readonly publicUrl: string | null
  /** Ends it if this process started it; a server that was found goes on. */
  stop(): Promise<void>
}

export type StartOptions = {
  readonly port?: number
  readonly publicUrl?: string | null
  /** Ends the start, and the server with it. */
  readonly signal: AbortSignal
}

/** How long a server that was asked to end may take before it is killed, milliseconds. */
export const STOP_GRACE_MS = 8000

/** The running server of this folder, or null. */
export async function findServer(places: Places): Promise<LocalServer | null> {
  try {
    const { url, publicUrl } = JSON.parse(await readFile(join(places.server, 'server.json'), 'utf8')) as {
      url: string
      publicUrl: string | null
    }
    const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2000) })
    return answer.ok ? { url, publicUrl, stop: async () => {} } : null
  } catch {
    return null
  }
}

/** Starts the server and resolves when it answers. Its progress goes to the person, its log into its folder. Throws Mistake when it ends instead. */
export async function startServer(places: Places, options: StartOptions): Promise<LocalServer> {
  const { command, args } = serverProgram()
  const env: NodeJS.ProcessEnv = { ...process.env, OFFDESK_DATA_DIR: places.data, OFFDESK_READY: 'json' }
  env.OFFDESK_LOG ??= join(places.data, 'server.log')
  if (options.port !== undefined) env.OFFDESK_PORT = String(options.port)
  if (options.publicUrl) env.OFFDESK_PUBLIC_URL = options.publicUrl
  // A group of its own: Ctrl+C at the terminal reaches us alone, and we end it after the session has said goodbye.
  const child = spawn(command, [...args], { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const exited = once(child, 'exit')
  const lastWords = tail(child.stderr)
  const end = () => void (child.exitCode === null && child.kill('SIGTERM'))
  process.once('exit', end)
  async function stop(): Promise<void> {
    process.removeListener('exit', end)
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS)
    await exited
    clearTimeout(timer)
  }
  try {
    const started = Promise.race([ready(child.stdout), exited.then(() => neverReady(lastWords()))])
    return { ...(await unless(options.signal, started)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

type Line = { progress?: string; ready?: { url: string; publicUrl: string | null }; failed?: { message: string } }

/** Reads the server's lines until it says that it is ready; goes on reading so that its pipe never fills. */
function ready(stdout: Readable): Promise<{ url: string; publicUrl: string | null }> {
  return new Promise((resolve, reject) => {
    createInterface({ input: stdout }).on('line', (text) => {
      const line = parse(text)
      if (line.progress) say(`${line.progress} …`)
      if (line.ready) resolve(line.ready)
      if (line.failed) reject(new Mistake(line.failed.message))
    })
  })
}

function parse(text: string): Line {
  try {
    return JSON.parse(text) as Line
  } catch {
    return {}
  }
}

function tail(stderr: Readable): () => string {
  const lines: string[] = []
  createInterface({ input: stderr }).on('line', (line) => {
    lines.push(line)
    if (lines.length > 10) lines.shift()
  })
  return () => lines.join('\n')
}

function neverReady(words: string): never {
  throw new Mistake(
    `The server ended before it was ready.${words ? `\n${words}` : ''}\n“offdesk serve” starts it alone and shows all it says.`,
  )
}
