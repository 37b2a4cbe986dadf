// A Chromium for the browser tests: the one that is here, else the distribution's. Plain Node.
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { fail, say } from '../../agent-cli/launch/ready.mjs'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'

/** Path of an executable Chromium. Installs Debian's package when there is none; ends with a sentence when that cannot be done. */
export function findOrInstallChromium() {
  const found = process.env.OFFDESK_CHROMIUM ?? find()
  if (found) return found
  say('The browser tests need Chromium: installing the distribution package (a minute or two) …')
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  for (const words of [
    ['apt-get', 'update', '-qq'],
    ['apt-get', 'install', '-y', '-qq', 'chromium'],
  ]) {
    const [command, ...args] = [...asRoot, ...words]
    spawnSync(command, args, { stdio: ['ignore', 2, 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
  }
  return (
    find() ??
    fail(
      'Chromium is missing and could not be installed here. Install it (Debian: apt-get install chromium), or name one in OFFDESK_CHROMIUM, and run npm test again.',
    )
  )
}

function find() {
  const folders = (process.env.PATH ?? '').split(':')
  return [MAC, ...folders.flatMap((folder) => NAMES.map((name) => join(folder, name)))].find(executable)
}

function executable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
