// `npm run model`: the pure machine and its mutants, then histories on the real server and host, then the same with defects in the real code.
// Prints what it made; ends with 1 when something did not hold. --seed N, --only pure|real|defects, --histories N (real), --db postgres|pglite.
// Defects: --aimed N and --rich N (histories of each), --seconds N (for each), --workers N, --defect PART (only those whose name holds it), --resume.
import { execFileSync } from 'node:child_process'
import { loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startPostgres } from '../kit/postgres.ts'
import bundlePrograms from '../kit/programs.ts'
import { copyTree, drives } from './defects/kill.ts'
import { runDefects } from './defects/run.ts'
import { invariants } from './pure/invariants.ts'
import { mutants, rules } from './pure/rules.ts'
import { emptyTally, search } from './pure/run.ts'
import type { Driven } from './real/drive.ts'
import { faults, type Kind, kinds, stepOf } from './steps.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    seconds: { type: 'string', default: '90' },
    workers: { type: 'string', default: '1' },
    histories: { type: 'string', default: '20' },
    aimed: { type: 'string', default: '8' },
    rich: { type: 'string', default: '30' },
    resume: { type: 'boolean', default: false },
    defect: { type: 'string', default: '' },
    db: { type: 'string', default: 'postgres' },
  },
})
const seed = Number(values.seed)
const say = (line = '') => void process.stdout.write(`${line}\n`)
let failed = false

function fail(why: string): void {
  failed = true
  say(`FAILED  ${why}`)
}

function counts(happened: Partial<Record<Kind, number>>): void {
  for (const kind of kinds)
    say(`  ${faults.has(kind) ? 'fault' : 'step '}  ${kind.padEnd(16)} ${String(happened[kind] ?? 0).padStart(8)}`)
}

function pureHistories(): void {
  const tally = emptyTally()
  const [started, cpuBefore] = [performance.now(), process.cpuUsage()]
  const found = search({ seed, runs: 20_000, tally })
  const seconds = (performance.now() - started) / 1000
  const cpu = process.cpuUsage(cpuBefore)
  const mean = (tally.steps / tally.histories).toFixed(1)
  const useful = ((tally.steps - tally.nothing) / tally.histories).toFixed(1)
  say(
    `pure machine, seed ${seed}: ${tally.histories} histories in ${seconds.toFixed(1)} s, ${((cpu.user + cpu.system) / 1e6).toFixed(1)} CPU s`,
  )
  say(`  on average ${mean} steps, of which ${useful} found something to happen to; counted are those`)
  counts(tally.happened)
  const never = kinds.filter((kind) => tally.happened[kind] === 0)
  if (never.length > 0) fail(`never happened: ${never.join(', ')}`)
  if (found) {
    fail(`violated: ${invariants[found.invariant]}: ${found.detail}`)
    for (const { kind, a, b } of found.history.map((number) => stepOf(number))) say(`    ${kind} ${a} ${b}`)
  }
}

function pureMutants(): void {
  say('\nmutants of the pure machine: rule broken, seen by, after histories, steps of the smallest')
  for (const { breaks, seenBy } of mutants) {
    const found = search({ seed, runs: 20_000, rules: { ...rules, [breaks]: false } })
    if (!found) fail(`${breaks} can be broken and no invariant sees it`)
    else {
      const figures = `${String(found.histories).padStart(6)} ${String(found.history.length).padStart(4)}`
      say(`  ${breaks.padEnd(24)} ${found.invariant.padEnd(13)} ${figures}  ${found.detail}`)
      if (!seenBy.includes(found.invariant)) say(`    (expected ${seenBy.join(' or ')})`)
    }
  }
}

const histories = Number(values.histories)

async function realHistories(databaseUrl: string | null): Promise<void> {
  const { folder, remove } = await copyTree()
  const driven = await drives(folder, { seed, histories, milliseconds: 600_000, databaseUrl })
  await remove()
  if ('failed' in driven) return fail(`the real driver ended without an answer: ${driven.failed}`)
  say(`\nreal server and host on ${databaseUrl ? 'PostgreSQL' : 'PGlite'}, seed ${seed}: ${figures(driven)}`)
  say(`  ${driven.events} events, ${driven.commands} commands, ${driven.decisions} decisions left in the databases`)
  counts(driven.happened)
  if (driven.violated) fail(`history ${driven.violated.history}: ${said(driven)}`)
}

const figures = ({ histories, steps, milliseconds, cpuSeconds }: Driven): string =>
  `${histories} histories of ${(steps / histories).toFixed(1)} steps in ${(milliseconds / 1000).toFixed(0)} s, ${cpuSeconds.toFixed(0)} CPU s`
const said = ({ violated }: Driven): string => (violated ? `${invariants[violated.invariant]}: ${violated.detail}` : '')

const git = (...args: string[]) => execFileSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8' }).trim()
/** What one run found is not another's, unless the code is the same. */
const commit = `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain') === '' ? '' : '-changed'}`
say(`at ${commit}, load ${loadavg()[0]?.toFixed(1)} at the beginning`)
const wants = (part: string) => values.only === undefined || values.only === part
if (wants('pure')) {
  pureHistories()
  pureMutants()
}
if (wants('real') || wants('defects')) {
  const removePrograms = bundlePrograms()
  const postgres = values.db === 'postgres' ? await startPostgres() : null
  const newDatabase = async () => (postgres ? postgres.create() : null)
  if (wants('real')) await realHistories(await newDatabase())
  if (wants('defects')) {
    const isDone = await runDefects({
      ...{ seed, newDatabase, say, goesOn: values.resume, part: values.defect },
      ...{ aimed: Number(values.aimed), rich: Number(values.rich) },
      ...{ seconds: Number(values.seconds), workers: Number(values.workers) },
      file: fileURLToPath(new URL(`../.out/model/defects-${values.db}-${seed}-${commit}.jsonl`, import.meta.url)),
    })
    failed ||= !isDone
  }
  await postgres?.stop()
  removePrograms()
}
say(`${(performance.now() / 1_000).toFixed(0)} s in all, load ${loadavg()[0]?.toFixed(1)} at the end`)
process.exit(failed ? 1 : 0)
