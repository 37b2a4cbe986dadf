/**
 * `npm run trust`: the trust tests at full count, one stage after the other, each in a process of its own, and what they say of themselves: printed, and written to docs/trust.md
 * after each stage, so that a run that is cut off keeps what it has. `-- --only <part of a stage's name>` runs those alone and keeps the other figures of the page.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const page = join(root, 'docs', 'trust.md')
/** Beside test/trust: what must run in a browser, and what other rooms prove. */
const BESIDE = ['test/browser/vectors.test.ts', 'test/agent-cli/bridge/masking.test.ts']
const own = readdirSync(join(root, 'test', 'trust'))
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => `test/trust/${name}`)
/** What takes long is one process for each of its tests, by their names. */
const APART: Readonly<Record<string, readonly string[]>> = {
  'test/trust/fuzz.test.ts': ['operations made', 'words on a socket', 'events of any form'].map(
    (stage) => `(${stage}|the server is as it was)`,
  ),
  'test/trust/channels.test.ts': [
    ...[
      'by the bell .*REVOKED',
      'by the bell .*POLICY',
      'every bell lost .*REVOKED',
      'every bell lost .*POLICY',
      'by the bell .*PASSKEY_REQUIRED',
      'every bell lost .*PASSKEY_REQUIRED',
      'without bell',
    ],
  ],
}
type Stage = { name: string; file: string; tests?: string }
const stages: Stage[] = [...own, ...BESIDE]
  .filter((file) => existsSync(join(root, file)))
  .flatMap(
    (file): Stage[] =>
      APART[file]?.map((tests) => ({ file, tests, name: `${file}: ${tests}` })) ?? [{ name: file, file }],
  )
const wanted = process.argv.slice(2).filter((word) => word !== '--only')
const chosen = stages.filter(({ name }) => wanted.every((part) => name.includes(part)))
if (chosen.length === 0)
  throw new Error(`No stage is called that. There are: ${stages.map(({ name }) => name).join('; ')}`)

const FIRST = '<!-- figures: written by npm run trust -->'
const LAST = '<!-- end of figures -->'

type Figure = { name: string; lines: Record<string, string | number> }

const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()
const commit = () => {
  try {
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', '--untracked-files=no', '--', '.', ':!docs/trust.md') === '' ? '' : ' with changes'}`
  } catch {
    return 'unknown'
  }
}

const [cpu] = cpus()
const on = `Node ${process.versions.node}, ${cpus().length} × ${cpu?.model.trim() || 'core'}, loopback, database PGlite in memory where no other is named`
const from = commit()
const folder = mkdtempSync(join(tmpdir(), 'offdesk-trust-'))
let isGood = true
for (const stage of chosen) isGood = run(stage) && isGood
rmSync(folder, { recursive: true })
process.exitCode = isGood ? 0 : 1

function run({ name, file, tests }: Stage): boolean {
  const collected = join(folder, 'figures.jsonl')
  rmSync(collected, { force: true })
  const load = () => loadavg()[0]?.toFixed(0)
  const [loadBefore, began] = [load(), Date.now()]
  const projects = (file.startsWith('test/browser') ? ['browser'] : ['unit', 'walks']).flatMap((one) => [
    '--project',
    one,
  ])
  const args = ['run', '--config', 'test/vitest.config.ts', ...projects, '--reporter=dot', file]
  const { status, stdout, stderr } = spawnSync(
    join(root, 'node_modules', '.bin', 'vitest'),
    [...args, ...(tests ? ['-t', tests] : [])],
    { cwd: root, encoding: 'utf8', timeout: 40 * 60_000, env: { ...process.env, OFFDESK_TRUST_FIGURES: collected } },
  )
  const took = `${((Date.now() - began) / 1000).toFixed(0)} s`
  const ran = `${file}, ${status === 0 ? 'passed' : 'FAILED'} in ${took}, load ${loadBefore} to ${load()}`
  process.stdout.write(`${name}: ${ran}\n`)
  if (status !== 0) process.stdout.write(`${stdout}\n${stderr}\n`)
  const found = new Map<string, Map<string, string | number>>()
  for (const line of (existsSync(collected) ? readFileSync(collected, 'utf8') : '').split('\n').filter(Boolean)) {
    const { name: figure, lines } = JSON.parse(line) as Figure
    const kept = found.get(figure) ?? new Map<string, string | number>()
    for (const [what, value] of Object.entries(lines)) kept.set(what, value)
    found.set(figure, kept)
  }
  write(found, ran)
  return status === 0
}

/** Figures of the same name are replaced, the others kept. */
function write(found: ReadonlyMap<string, ReadonlyMap<string, string | number>>, ran: string): void {
  const sections = new Map<string, string>()
  const before = existsSync(page) ? readFileSync(page, 'utf8') : `${FIRST}\n${LAST}\n`
  const kept = before.slice(before.indexOf(FIRST) + FIRST.length, before.indexOf(LAST))
  for (const section of kept.split(/^### /m).slice(1))
    sections.set(section.split('\n', 1)[0] ?? '', `### ${section.trim()}\n`)
  for (const [name, lines] of found) {
    const rows = [...lines].map(([what, value]) => `- ${what}: ${value}`)
    const stamp = `${ran}; at ${from}, ${new Date().toISOString().slice(0, 10)}; ${on}.`
    const text = [`### ${name}`, ...rows, '', stamp, ''].join('\n')
    process.stdout.write(`\n${text}`)
    sections.set(name, text)
  }
  const start = before.slice(0, before.indexOf(FIRST) + FIRST.length)
  writeFileSync(page, `${start}\n${[...sections.values()].join('\n')}${before.slice(before.indexOf(LAST))}`)
}
