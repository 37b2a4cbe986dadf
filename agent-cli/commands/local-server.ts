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

export type LocalServer = {
  readonly url: string
  readonly publicUrl: string | null
  /** Ends it if this process started it; a server that was found goes on. */
  stop(): Promise<void>
}

export type StartOptions = { readonly port?: number; readonly publicUrl?: string | null }

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

/** Starts the server and resolves when it answers. Its progress and its sentences go to the person. Throws Mistake when it ends instead. */
export async function startServer(places: Places, options: StartOptions = {}): Promise<LocalServer> {
  const { command, args } = serverProgram()
  const env: NodeJS.ProcessEnv = { ...process.env, OFFDESK_DATA_DIR: places.data, OFFDESK_READY_FD: '3' }
  if (options.port !== undefined) env.OFFDESK_PORT = String(options.port)
  if (options.publicUrl) env.OFFDESK_PUBLIC_URL = options.publicUrl
  // A group of its own: Ctrl+C at the terminal reaches us alone, and we end it after the session has said goodbye.
  const child = spawn(command, [...args], { env, stdio: ['ignore', 'pipe', 'pipe', 'pipe'], detached: true })
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  const lastWords: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream as Readable }).on('line', (line) => {
      lastWords.push(line)
      if (lastWords.length > 20) lastWords.shift()
      if (!isReady) say(line)
    })
  }
  let isReady = false
  const ready = readLine(child.stdio[3] as Readable)
  const first = await Promise.race([ready, exited.then(() => null)])
  isReady = true
  if (first === null)
    throw new Mistake(
      lastWords.length > 0
        ? 'The server did not start; the lines above say why.'
        : 'The server ended without a word. Run “offdesk serve” to see it alone.',
    )
  const { url, publicUrl } = JSON.parse(first) as { url: string; publicUrl: string | null }
  const end = () => {
    if (child.exitCode === null) child.kill('SIGTERM')
  }
  process.once('exit', end)
  return {
    url,
    publicUrl,
    async stop() {
      process.removeListener('exit', end)
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS)
      await exited
      clearTimeout(timer)
    },
  }
}

async function readLine(stream: Readable): Promise<string | null> {
  for await (const line of createInterface({ input: stream })) return line
  return null
}
