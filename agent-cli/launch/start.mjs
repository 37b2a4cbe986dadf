// `npm start [-- agent | -- -- command …]`: makes the clone ready, then hands over to the built command.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { buildIfStale, installPackages, requireNode, root } from './ready.mjs'

requireNode()
installPackages()
buildIfStale()

const child = spawn(process.execPath, [join(root, 'dist', 'offdesk.js'), 'start', ...process.argv.slice(2)], {
  stdio: 'inherit',
})
// The terminal sends Ctrl+C to the whole group; the child decides how to end, this process only waits for it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => signal !== 'SIGINT' && child.kill(signal))
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
