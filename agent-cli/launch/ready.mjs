// What `npm start` and `npm test` do before anything of ours can run: Node's version, packages, build. Plain Node, no packages.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const SOURCES = ['server', 'agent-cli', 'pwa', 'protocol', 'package.json', 'package-lock.json', 'schema.graphql']

/** Ends the process with a sentence when this Node is too old to run the product. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  fail(
    `Offdesk needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer Node (https://nodejs.org) and run the same command again.`,
  )
}

/** Installs the locked packages when node_modules does not hold them yet. */
export function installPackages() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  const stamp = join(root, 'node_modules', '.offdesk-lock')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  if (existsSync(join(root, 'node_modules', '.package-lock.json')) && !existsSync(stamp) && sameTree())
    return writeFileSync(stamp, lock)
  say('Installing the packages (npm ci, about half a minute) …')
  run(
    'npm',
    ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'],
    'The packages could not be installed. Read the lines above; `npm ci` in this folder repeats it.',
  )
  writeFileSync(stamp, lock)
}

/** Builds dist/ when a source is newer than the last build. */
export function buildIfStale() {
  const stamp = join(root, 'dist', '.built')
  const sources = fingerprint()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return
  say('Building the page and the command (a few seconds) …')
  run(
    process.execPath,
    [join(root, 'agent-cli', 'launch', 'build.mjs')],
    'The build failed. Read the lines above; `npm run build` repeats it.',
  )
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, sources)
}

export function say(sentence) {
  process.stderr.write(`${sentence}\n`)
}

export function fail(sentence) {
  say(sentence)
  process.exit(1)
}

function sameTree() {
  return (
    spawnSync('npm', ['ls', '--silent', '--depth=0'], {
      cwd: root,
      stdio: 'ignore',
      shell: process.platform === 'win32',
    }).status === 0
  )
}

function run(command, args, sentence) {
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32' && command === 'npm',
  })
  if (status !== 0) fail(sentence)
}

function fingerprint() {
  const hash = createHash('sha256')
  const walk = (path) => {
    const stat = statSync(path, { throwIfNoEntry: false })
    if (!stat) return
    if (stat.isDirectory()) for (const name of readdirSync(path).sort()) walk(join(path, name))
    else hash.update(path.slice(root.length)).update(readFileSync(path))
  }
  for (const source of SOURCES) walk(join(root, source))
  return hash.digest('hex')
}
