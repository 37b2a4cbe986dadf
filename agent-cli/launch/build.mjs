// Builds dist/: the command, the server, the demo agent, the bridge as a library, the page. `--types` adds the bridge's declarations.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { build as buildPage } from 'vite'
import { ownDocuments } from './documents.mjs'
import { licencesText, packagesOf } from './licences.mjs'
import { postgresRepair } from './postgres-repair.mjs'
import { root } from './ready.mjs'
import { seedArchive } from './seed.mjs'

// Whoever calls: a test runner's own NODE_ENV would make the page React's development build.
process.env.NODE_ENV = 'production'
// Built beside its place and swapped in whole: a process that starts meanwhile never finds half of it.
const dist = join(root, `dist.${process.pid}`)
// Some packages are CommonJS and ask for Node's own modules when they are loaded.
const requiring =
  "import { createRequire as requireFrom } from 'node:module'\nconst require = requireFrom(import.meta.url)"

process.on('exit', () => rmSync(dist, { recursive: true, force: true }))
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: {
    offdesk: 'agent-cli/launch/offdesk.mjs',
    server: 'server/main.ts',
    'demo-agent': 'agent-cli/demo/main.ts',
    bridge: 'agent-cli/bridge/session.ts',
  },
  outdir: dist,
  bundle: true,
  // What a command does not need, e.g. the screen for `devices`, it does not load.
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  jsx: 'automatic',
  // PGlite brings wasm and data files; the others are packages' optional native parts and tools that nobody here installs.
  external: ['@electric-sql/pglite', '@electric-sql/pglite/*', 'bufferutil', 'utf-8-validate', 'react-devtools-core'],
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
  banner: { js: `#!/usr/bin/env node\n${requiring}` },
  plugins: [postgresRepair],
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
})
const migrations = join(root, 'server', 'db', 'migrations')
if (existsSync(migrations)) cpSync(migrations, join(dist, 'migrations'), { recursive: true })
cpSync(await seedArchive(), join(dist, 'seed.tgz'))
writeFileSync(join(dist, 'documents.json'), JSON.stringify(ownDocuments().map(await hashing())))
const pageModules = []
await buildPage({
  configFile: join(root, 'pwa', 'vite.config.ts'),
  logLevel: 'error',
  build: { outDir: join(dist, 'pwa'), emptyOutDir: true },
  plugins: [{ name: 'modules', moduleParsed: ({ id }) => void pageModules.push(id) }],
})
writeFileSync(join(dist, 'licences.txt'), licencesText(packagesOf([...Object.keys(metafile.inputs), ...pageModules])))
if (process.argv.includes('--types')) declareBridge()
const place = join(root, 'dist')
const old = `${dist}.old`
if (existsSync(place)) renameSync(place, old)
renameSync(dist, place)
rmSync(old, { recursive: true, force: true })

/** The server's own way to know a document again: it need not read them all at each start. */
async function hashing() {
  const entryPoints = ['server/graphql/trusted-documents.ts']
  const how = { bundle: true, platform: 'node', format: 'esm', write: false, logLevel: 'warning' }
  const { outputFiles } = await build({ absWorkingDir: root, entryPoints, ...how })
  const { hashOfText } = await import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
  )
  return hashOfText
}

function declareBridge() {
  const args = ['-p', 'agent-cli/launch/tsconfig.types.json', '--outDir', join(dist, 'types')]
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), ...args], {
    cwd: root,
    stdio: 'inherit',
  })
  if (status !== 0) process.exit(1)
  // The compiler copies no declarations that were written by hand or by a tool.
  const env = join('agent-cli', 'remote', 'graphql-env.d.ts')
  cpSync(join(root, env), join(dist, 'types', env))
}
