/**
 * `npm run trust`: the trust tests at full count, one file after the other, and what they say of themselves: printed, and written to docs/trust.md. `-- <part of a file's
 * name>` runs those alone and keeps the other figures of the page.
 */
import { spawnSync } from 'node:child_process'
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
const [wanted = ''] = process.argv.slice(2)
const files = [...own, ...BESIDE].filter((file) => existsSync(join(root, file)) && file.includes(wanted))

const FIRST = '<!-- figures: written by npm run trust -->'
const LAST = '<!-- end of figures -->'

type Figure = { name: string; lines: Record<string, string | number> }

const folder = mkdtempSync(join(tmpdir(), 'offdesk-trust-'))
const found = new Map<string, { ran: string; lines: Map<string, string | number> }>()
let isGood = true
for (const file of files) {
  const collected = join(folder, 'figures.jsonl')
  rmSync(collected, { force: true })
  const load = loadavg()[0]?.toFixed(1)
  const from = Date.now()
  const project = file.startsWith('test/browser') ? 'browser' : 'unit'
  const args = ['run', '--config', 'test/vitest.config.ts', '--project', project, '--reporter=dot', file]
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules', '.bin', 'vitest'), args, {
    ...{ cwd: root, encoding: 'utf8', timeout: 30 * 60_000 },
    env: { ...process.env, OFFDESK_TRUST_FIGURES: collected },
  })
  const outcome = status === 0 ? 'passed' : 'FAILED'
  const ran = `${file}, ${outcome}, ${((Date.now() - from) / 1000).toFixed(0)} s, load ${load} at its start`
  process.stdout.write(`${ran}\n`)
  if (status !== 0) {
    isGood = false
    process.stdout.write(`${stdout}\n${stderr}\n`)
  }
  const text = existsSync(collected) ? readFileSync(collected, 'utf8') : ''
  for (const line of text.split('\n').filter(Boolean)) {
    const { name, lines } = JSON.parse(line) as Figure
    const figure = found.get(name) ?? { ran, lines: new Map() }
    for (const [what, value] of Object.entries(lines)) figure.lines.set(what, value)
    found.set(name, figure)
  }
}
rmSync(folder, { recursive: true })

const [cpu] = cpus()
const on = `Node ${process.versions.node}, ${cpus().length} × ${cpu?.model.trim() || 'core'}, loopback, database PGlite in memory where no other is named`
const sections = new Map<string, string>()
const before = existsSync(page) ? readFileSync(page, 'utf8') : `${FIRST}\n${LAST}\n`
const kept = before.slice(before.indexOf(FIRST) + FIRST.length, before.indexOf(LAST))
for (const section of kept.split(/^### /m).slice(1))
  sections.set(section.split('\n', 1)[0] ?? '', `### ${section.trim()}\n`)
for (const [name, { ran, lines }] of found) {
  const rows = [...lines].map(([what, value]) => `- ${what}: ${value}`)
  sections.set(
    name,
    [`### ${name}`, ...rows, '', `${ran}; ${new Date().toISOString().slice(0, 10)}; ${on}.`, ''].join('\n'),
  )
}
const text = [...sections.values()].join('\n')
process.stdout.write(`\n${text}`)
const start = before.slice(0, before.indexOf(FIRST) + FIRST.length)
writeFileSync(page, `${start}\n${text}${before.slice(before.indexOf(LAST))}`)
process.exitCode = isGood ? 0 : 1
