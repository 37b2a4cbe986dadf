// `npm run model`: the pure machine and its mutants, then histories on the real server and host, then the same with defects in the real code.
// Prints what it made; ends with 1 when something did not hold. --seed N, --only pure|real|defects, --histories N (real, and per defect),
// --seconds N (per defect), --workers N, --defect PART (only defects whose name holds it), --db postgres|pglite.
import { parseArgs } from 'node:util'
import { startPostgres } from '../kit/postgres.ts'
import bundlePrograms from '../kit/programs.ts'
import { copyTree, drives, inject } from './defects/kill.ts'
import { defects } from './defects/list.ts'
import { seenBy } from './defects/seen-by.ts'
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
    workers: { type: 'string', default: '2' },
    histories: { type: 'string', default: '40' },
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
  const started = performance.now()
  const found = search({ seed, runs: 20_000, tally })
  const seconds = (performance.now() - started) / 1000
  const mean = (tally.steps / tally.histories).toFixed(1)
  const useful = ((tally.steps - tally.nothing) / tally.histories).toFixed(1)
  say(`pure machine, seed ${seed}: ${tally.histories} histories in ${seconds.toFixed(1)} s`)
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

const figures = ({ histories, steps, milliseconds }: Driven): string =>
  `${histories} histories of ${(steps / histories).toFixed(1)} steps in ${(milliseconds / 1000).toFixed(0)} s`
const said = ({ violated }: Driven): string => (violated ? `${invariants[violated.invariant]}: ${violated.detail}` : '')

async function realDefects(newDatabase: () => Promise<string | null>): Promise<void> {
  const chosen = defects.filter(({ name }) => name.includes(values.defect))
  say(`\n${chosen.length} defects in the real code: killed or not, by which invariant, in which history`)
  let killed = 0
  const waiting = [...chosen]
  const work = async () => {
    for (let defect = waiting.shift(); defect; defect = waiting.shift()) {
      const { folder, remove } = await copyTree()
      try {
        await inject(folder, defect)
        const driven = await drives(folder, {
          seed,
          histories,
          milliseconds: 1_000 * Number(values.seconds),
          databaseUrl: await newDatabase(),
          richestFirst: true,
        })
        const name = `  ${defect.rule.padEnd(3)} ${defect.name.padEnd(52)}`
        if ('failed' in driven) {
          // Found, but by no invariant: the driver could not work with it at all.
          say(
            `${name} BROKE     ${driven.failed
              .split('\n')
              .find((line) => line.includes('rror'))
              ?.slice(0, 120)}`,
          )
          failed = true
        } else if (driven.violated) {
          const { invariant, history, detail } = driven.violated
          const isOwn = seenBy[defect.rule]?.includes(invariant) ?? false
          if (isOwn) killed += 1
          else failed = true
          say(
            `${name} ${isOwn ? 'killed   ' : 'OTHERWISE'} ${invariant.padEnd(13)} ${String(history).padStart(3)}  ${detail.slice(0, 110)}`,
          )
        } else {
          say(`${name} SURVIVED  ${figures(driven)}`)
          failed = true
        }
      } catch (error) {
        fail(error instanceof Error ? error.message : String(error))
      } finally {
        await remove()
      }
    }
  }
  await Promise.all(Array.from({ length: Number(values.workers) }, work))
  say(`  ${killed} of ${chosen.length} killed`)
}

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
  if (wants('defects')) await realDefects(newDatabase)
  await postgres?.stop()
  removePrograms()
}
process.exit(failed ? 1 : 0)
