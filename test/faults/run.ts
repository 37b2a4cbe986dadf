/**
 * `npm run faults [-- --seed N --faults N --db pglite|postgres --kind a,b --rounds N]`: rounds of 100 faults until all are done, then docs/faults.md.
 * A round's seed follows from the run's; a failing one is named, so that it can be had again alone. Exit code 1 when something was broken.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
// @ts-expect-error plain JavaScript, run before any package is there
import { buildIfStale } from '../../agent-cli/launch/ready.mjs'
import bundlePrograms from '../kit/programs.ts'
import { type Figures, sum } from './figures.ts'
import { type Run, section } from './report.ts'
import { runRound } from './round.ts'
import { type DatabaseKind, type Fault, type FaultKind, faultKinds, faultLine, scheduleOf } from './schedule.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const ROUND_FAULTS = 100

const { values } = parseArgs({
  options: {
    ...{ seed: { type: 'string' }, faults: { type: 'string' }, db: { type: 'string' }, kind: { type: 'string' } },
    ...{ texts: { type: 'string' }, sessions: { type: 'string' }, evidence: { type: 'string' } },
    ...{ minutes: { type: 'string' }, quiet: { type: 'boolean' }, page: { type: 'boolean' } },
  },
})
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000))
const faults = Number(values.faults ?? 1000)
const kind: DatabaseKind = values.db === 'postgres' ? 'postgres' : 'pglite'
const kinds = faultKinds.filter(
  (one) => values.kind === undefined || values.kind.split(',').includes(one),
) as FaultKind[]
const say = (line: string) => void process.stdout.write(`${line}\n`)

buildIfStale()
const removePrograms = bundlePrograms()
// A copy of its own: whoever builds meanwhile does not change what is under test.
mkdirSync(join(root, 'test', '.out'), { recursive: true })
const dist = mkdtempSync(join(root, 'test', '.out', 'dist-'))
cpSync(join(root, 'dist'), dist, { recursive: true })

const all: Figures[] = []
const run: Run = {
  ...{ seed, faults, kind, databaseVersion: '', rounds: 0, violations: [], failing: [], skipped: {} },
  ...{
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
    figures: sum([]),
  },
}
const until = performance.now() + Number(values.minutes ?? 600) * 60_000
say(`seed ${seed}, ${faults} faults, ${kind}`)
for (let left = faults, number = 0; left > 0 && performance.now() < until; left -= ROUND_FAULTS, number++) {
  // The first round has the run's own seed: a failing round is repeated as a run of one.
  const roundSeed = seed + number * 1_000_003
  const count = Math.min(left, ROUND_FAULTS)
  say(`round ${number + 1}: --seed ${roundSeed} --faults ${count} --db ${kind}`)
  if (!values.quiet) for (const fault of scheduleOf(roundSeed, count, kind, kinds) as Fault[]) say(faultLine(fault))
  try {
    const verdict = await runRound({
      ...{ seed: roundSeed, kind, faults: count, kinds, dist, say: values.quiet ? () => {} : say },
      ...{ sessions: Number(values.sessions ?? 3), withSmallDisk: true, texts: Number(values.texts ?? 400) },
    })
    all.push(verdict.figures)
    run.databaseVersion = verdict.databaseVersion
    Object.assign(run.skipped, verdict.skipped)
    for (const { rule, what } of verdict.violations) say(`BROKEN ${rule}: ${what}`)
    run.violations.push(...verdict.violations)
    if (verdict.violations.length > 0) run.failing.push({ seed: roundSeed, faults: count })
    if (verdict.folder) say(`its files are in ${verdict.folder}`)
    if (values.evidence) writeFileSync(values.evidence, JSON.stringify(verdict.evidence))
    const { events, decisions, races, convergedMs, seconds } = verdict.figures
    say(
      `  ${events} events, ${decisions} decisions, ${races} races, settled ${Math.round(convergedMs)} ms after the last heal, ${Math.round(seconds)} s`,
    )
  } catch (error) {
    say(`BROKEN round: ${error instanceof Error ? error.stack : String(error)}`)
    run.violations.push({ rule: 'complaint', what: `a round could not be run: ${String(error)}` })
    run.failing.push({ seed: roundSeed, faults: count })
  }
  run.rounds++
}
run.figures = sum(all)
const text = section(run)
say(text)
if (values.page) writePage(text)
rmSync(dist, { recursive: true, force: true })
removePrograms()
// An embedded database that was opened here keeps the process alive.
process.exit(run.violations.length > 0 ? 1 : 0)

/** Replaces this database's part of the page and leaves the other's. */
function writePage(part: string): void {
  const path = join(root, 'docs', 'faults.md')
  const page = existsSync(path) ? readFileSync(path, 'utf8') : '# Faults\n'
  const [mark = ''] = part.split('\n')
  const isOwn = (one: string) => one.startsWith(mark.split(' ').slice(0, 2).join(' '))
  const parts = page.split(/^(?=## )/m).filter((one) => !isOwn(one))
  writeFileSync(path, `${parts.join('').trimEnd()}\n\n${part}`)
}
