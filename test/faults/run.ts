/**
 * `npm run faults [-- --seed N --faults N --db pglite|postgres --kind a,b --page]`: rounds of 100 faults, with storms between them, until all are done; `--page` writes
 * docs/faults.md. A round's seed follows from the run's; a failing one is named, so that it can be had again alone. Each round that is over is a file (`--state`
 * names their folder): a run that was ended goes on with the next, and `--from N` does those from N on again. Exit code 1 when something was broken.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
// @ts-expect-error plain JavaScript, run before any package is there
import { buildIfStale } from '../../agent-cli/launch/ready.mjs'
import bundlePrograms from '../kit/programs.ts'
import type { Violation } from './evidence.ts'
import { type Figures, quantile, sum } from './figures.ts'
import { type Run, section } from './report.ts'
import { runRound } from './round.ts'
import { type DatabaseKind, type Fault, type FaultKind, faultKinds, faultLine, scheduleOf } from './schedule.ts'
import type { Quotas } from './storm.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const ROUND_FAULTS = 100

const { values } = parseArgs({
  options: {
    ...{ seed: { type: 'string' }, faults: { type: 'string' }, db: { type: 'string' }, kind: { type: 'string' } },
    ...{ texts: { type: 'string' }, sessions: { type: 'string' }, evidence: { type: 'string' } },
    ...{
      events: { type: 'string' },
      races: { type: 'string' },
      commands: { type: 'string' },
      storms: { type: 'string' },
    },
    ...{ state: { type: 'string' }, from: { type: 'string' } },
    ...{ minutes: { type: 'string' }, quiet: { type: 'boolean' }, page: { type: 'boolean' } },
  },
})
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000))
const faults = Number(values.faults ?? 1000)
const kind: DatabaseKind = values.db === 'postgres' ? 'postgres' : 'pglite'
const kinds = faultKinds.filter(
  (one) => values.kind === undefined || values.kind.split(',').includes(one),
) as FaultKind[]
const say = (line: string) => void process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`)

buildIfStale()
const removePrograms = bundlePrograms()
// A copy of its own: whoever builds meanwhile does not change what is under test.
mkdirSync(join(root, 'test', '.out'), { recursive: true })
const dist = mkdtempSync(join(root, 'test', '.out', 'dist-'))
cpSync(join(root, 'dist'), dist, { recursive: true })

// What was started and mounted ends with this process, also when somebody stops it.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))

const all: Figures[] = []
const run: Run = {
  ...{ seed, faults, kind, databaseVersion: '', rounds: [], violations: [], failing: [], skipped: {} },
  figures: sum([]),
}
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
/** A file for each round that is over: begun again with the same seed, a run goes on where it ended. */
const state = values.state ?? join(root, 'test', '.out', `faults-${kind}-${seed}`)
mkdirSync(state, { recursive: true })
const quotas: Quotas | null =
  values.storms === 'no'
    ? null
    : {
        ...{ events: Number(values.events ?? 100_000), races: Number(values.races ?? 1050) },
        commands: Number(values.commands ?? 1000),
      }

const until = performance.now() + Number(values.minutes ?? 600) * 60_000
say(`seed ${seed}, ${faults} faults, ${kind}, rounds are kept in ${state}`)
for (let left = faults, number = 0; left > 0; left -= ROUND_FAULTS, number++) {
  // The first round has the run's own seed: a failing round is repeated as a run of one.
  const roundSeed = seed + number * 1_000_003
  const count = Math.min(left, ROUND_FAULTS)
  const path = join(state, `round-${number + 1}.json`)
  const isDone = existsSync(path) && number + 1 < Number(values.from ?? Number.POSITIVE_INFINITY)
  if (!isDone && performance.now() > until) break
  if (!isDone) writeFileSync(path, JSON.stringify(await oneRound(number + 1, roundSeed, count)))
  const { figures, violations, ...round } = JSON.parse(readFileSync(path, 'utf8')) as Done
  if (isDone) say(`round ${number + 1} is done already`)
  if (figures) all.push(figures)
  run.rounds.push({ number: number + 1, ...round })
  run.violations.push(...violations)
  Object.assign(run.skipped, round.skipped)
  run.databaseVersion ||= round.databaseVersion
  if (violations.length > 0) run.failing.push({ seed: roundSeed, faults: count })
}
run.figures = sum(all)
const text = section(run)
process.stdout.write(text)
if (values.page) writePage(text)
rmSync(dist, { recursive: true, force: true })
removePrograms()
// An embedded database that was opened here keeps the process alive.
process.exit(run.violations.length > 0 ? 1 : 0)

type Done = {
  figures: Figures | null
  violations: Violation[]
  skipped: Record<string, string>
  databaseVersion: string
  commit: string
  load: number
  seconds: number
}

async function oneRound(number: number, roundSeed: number, count: number): Promise<Done> {
  say(`round ${number}: --seed ${roundSeed} --faults ${count} --db ${kind}`)
  if (!values.quiet) for (const fault of scheduleOf(roundSeed, count, kind, kinds) as Fault[]) say(faultLine(fault))
  const began = performance.now()
  const end = () => ({
    ...{ commit, load: Math.round(10 * (loadavg()[1] ?? 0)) / 10 },
    seconds: Math.round((performance.now() - began) / 1000),
  })
  try {
    const verdict = await runRound({
      ...{ seed: roundSeed, kind, faults: count, kinds, dist, quotas, say: values.quiet ? () => {} : say },
      ...{ sessions: Number(values.sessions ?? 3), withSmallDisk: true, texts: Number(values.texts ?? 400) },
    })
    const { figures, violations, skipped, databaseVersion } = verdict
    for (const { rule, what } of violations) say(`BROKEN ${rule}: ${what}`)
    if (verdict.folder) say(`its files are in ${verdict.folder}`)
    if (values.evidence) writeFileSync(values.evidence, JSON.stringify(verdict.evidence))
    const { events, decisions, races, convergedMs, seconds } = figures
    const settled = `settled ${Math.round(convergedMs)} ms after the last heal`
    say(`  ${events} events, ${decisions} decisions, ${races} races, ${settled}, ${Math.round(seconds)} s`)
    for (const [how, values] of Object.entries(figures.toldMs))
      say(`  told ${how}: p50 ${quantile(values, 0.5)}, p99 ${quantile(values, 0.99)} of ${values.length}`)
    for (const one of figures.late.slice(0, 20)) say(`  late: ${one}`)
    return { figures, violations, skipped, databaseVersion, ...end() }
  } catch (error) {
    say(`BROKEN round: ${error instanceof Error ? error.stack : String(error)}`)
    const violations = [{ rule: 'complaint', what: `a round could not be run: ${String(error)}` }]
    return { figures: null, violations, skipped: {}, databaseVersion: '', ...end() }
  }
}

/** Replaces this database's part of the page and leaves the other's. */
function writePage(part: string): void {
  const path = join(root, 'docs', 'faults.md')
  const page = existsSync(path) ? readFileSync(path, 'utf8') : '# Faults\n'
  const [mark = ''] = part.split('\n')
  const isOwn = (one: string) => one.startsWith(mark.split(' ').slice(0, 2).join(' '))
  const parts = page.split(/^(?=## )/m).filter((one) => !isOwn(one))
  writeFileSync(path, `${parts.join('').trimEnd()}\n\n${part}`)
}
