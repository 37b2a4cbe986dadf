/** The built page that a test's server serves: a copy of `dist/pwa` while that is newer than its sources, else a build of its own. Knows no server. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const out = join(root, 'test', '.out')
const SOURCES = ['pwa', 'protocol', 'package-lock.json']

/** Folder of the page as its sources are now. Builds once per set of sources; throws with the build's own words when it fails. */
export async function builtPages(): Promise<string> {
  const files = SOURCES.flatMap((source) => filesIn(join(root, source)))
  const stamp = join(root, 'dist', '.built')
  const shipped = join(root, 'dist', 'pwa')
  if (existsSync(stamp) && existsSync(join(shipped, 'sw.js'))) {
    const builtAt = statSync(stamp).mtimeMs
    if (files.every((file) => statSync(file).mtimeMs < builtAt)) return copied(shipped, readFileSync(stamp, 'utf8'))
  }
  const digest = createHash('sha256')
  for (const file of files) digest.update(file.slice(root.length)).update(readFileSync(file))
  const folder = join(out, `pwa-${digest.digest('hex').slice(0, 16)}`)
  if (!existsSync(folder)) await build(folder)
  return folder
}

// A copy: whoever builds while tests run would take the page away under them.
function copied(shipped: string, built: string): string {
  const folder = join(out, `pwa-${built.trim().slice(0, 16)}`)
  if (existsSync(folder)) return folder
  const own = `${folder}.${process.pid}`
  cpSync(shipped, own, { recursive: true })
  renameSync(own, folder)
  return folder
}

async function build(folder: string): Promise<void> {
  mkdirSync(out, { recursive: true })
  const own = `${folder}.${process.pid}`
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  const args = ['build', '--config', join(root, 'pwa', 'vite.config.ts'), '--outDir', own, '--emptyOutDir']
  // A test runner's NODE_ENV would make it React's development build.
  const child = spawn(process.execPath, [vite, ...args, '--logLevel', 'error'], {
    ...{ cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_ENV: 'production' } },
  })
  let said = ''
  child.stdout.on('data', (chunk) => (said += chunk))
  child.stderr.on('data', (chunk) => (said += chunk))
  const status = await new Promise((resolve) => child.on('close', resolve))
  if (status !== 0) throw new Error(`the page could not be built:\n${said}`)
  if (existsSync(folder)) return rmSync(own, { recursive: true })
  renameSync(own, folder)
}

function filesIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesIn(join(path, name)))
}
