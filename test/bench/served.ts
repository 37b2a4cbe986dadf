/** A server under measurement as a process of its own: started, asked what it has used, stopped. Knows neither product nor baseline. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import type { Usage } from './gauge.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const START_MS = 60_000
const STOP_MS = 10_000

export type Served = {
  readonly url: string
  readonly pid: number
  /** `collect`: after a garbage collection. */
  usage(collect?: boolean): Promise<Usage>
  /** SIGTERM, then SIGKILL: returns when it is gone. */
  close(): Promise<void>
}

export type Programs = {
  /** Path of a bundle by its name. */
  path(name: string): string
  remove(): void
}

/** Bundles the baselines and the gauge, so that no loader runs in what is measured. */
export function bundlePrograms(): Programs {
  const out = join(root, 'test', '.out')
  mkdirSync(out, { recursive: true })
  const outdir = mkdtempSync(join(out, 'bench-'))
  const entryPoints = {
    gauge: 'test/bench/gauge.ts',
    bare: 'test/bench/baselines/bare.ts',
    'bare-pg': 'test/bench/baselines/bare-pg.ts',
    'bare-pglite': 'test/bench/baselines/bare-pglite.ts',
  }
  buildSync({
    ...{ absWorkingDir: root, entryPoints, outdir, outExtension: { '.js': '.mjs' } },
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external', logLevel: 'error' },
  })
  return {
    path: (name) => join(outdir, `${name}.mjs`),
    remove: () => rmSync(outdir, { recursive: true, force: true }),
  }
}

/** Starts `node script` and waits for its line `{"ready": {"url": …}}`. Throws with what it said when there is none. */
export async function serve(options: {
  script: string
  gauge: string
  env: Readonly<Record<string, string>>
  /** For node, as whoever starts it says. */
  nodeFlags?: readonly string[]
  /** Folder for a CPU profile, written when it stops. */
  profileDir?: string
}): Promise<Served> {
  const { script, gauge, env, profileDir, nodeFlags = [] } = options
  const profiling = profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`]
  const own = Object.entries(process.env).filter(([name]) => !/^(OFFDESK_|XDG_|DATABASE_URL|NODE_)/.test(name))
  const child = spawn(process.execPath, ['--expose-gc', ...nodeFlags, ...profiling, '--import', gauge, script], {
    env: { ...Object.fromEntries(own), NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const killed = () => child.kill('SIGKILL')
  process.once('exit', killed)
  let said = ''
  child.stderr?.on('data', (chunk) => {
    said = `${said}${chunk}`.slice(-4000)
  })
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${script} is not ready: ${said}`)), START_MS)
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code}: ${said}`)))
    if (!child.stdout) return
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { ready } = JSON.parse(line) as { ready?: { url: string } }
      if (!ready) return
      clearTimeout(timer)
      resolve(ready.url)
    })
  })
  let asking: Promise<unknown> = Promise.resolve()
  const ask = async (collect: boolean): Promise<Usage> => {
    child.send(collect)
    const [usage] = await once(child, 'message', { signal: AbortSignal.timeout(START_MS) })
    return usage as Usage
  }
  return {
    url,
    pid: child.pid ?? 0,
    usage(collect = false) {
      const answer = asking.then(() => ask(collect))
      asking = answer.catch(() => {})
      return answer
    },
    async close() {
      process.off('exit', killed)
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      const timer = setTimeout(killed, STOP_MS)
      await ended
      clearTimeout(timer)
      if (child.exitCode !== 0 && child.signalCode !== 'SIGTERM')
        process.stderr.write(`${script} ended badly: ${said}\n`)
    },
  }
}
