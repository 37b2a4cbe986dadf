/** Fails when schema.graphql is not what the code prints, or a client's derived types are not what schema.graphql gives. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { printedSchema } from '../server/graphql/print.ts'

const stale: string[] = []
if (readFileSync('schema.graphql', 'utf8') !== printedSchema()) stale.push('schema.graphql')
const folder = mkdtempSync(join(tmpdir(), 'offdesk-drift-'))
for (const [project, committed] of [
  ['agent-cli/tsconfig.json', 'agent-cli/remote/graphql-env.d.ts'],
  ['pwa/tsconfig.json', 'pwa/graphql/graphql-env.d.ts'],
] as const) {
  const fresh = join(folder, `${project.replaceAll('/', '-')}.d.ts`)
  spawnSync('node_modules/.bin/gql.tada', ['generate-output', '-c', project, '-o', fresh], { stdio: 'ignore' })
  if (readFileSync(committed, 'utf8') !== readFileSync(fresh, 'utf8')) stale.push(committed)
}
rmSync(folder, { recursive: true, force: true })
if (stale.length > 0) {
  process.stderr.write(`Out of date: ${stale.join(', ')}. Run npm run schema and commit what it writes.\n`)
  process.exit(1)
}
