// `npm run model`: the pure machine, its mutants, then the same histories on the real parts, and the real parts with defects.
// Prints what it made; ends with 1 when something did not hold. Options: --seed N, --pure (nothing real).
import { parseArgs } from 'node:util'
import { invariants } from './pure/invariants.ts'
import { mutants, rules } from './pure/rules.ts'
import { emptyTally, search } from './pure/run.ts'
import { faults, kinds, stepOf } from './steps.ts'

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, pure: { type: 'boolean', default: false } },
})
const seed = Number(values.seed)
const say = (line = '') => void process.stdout.write(`${line}\n`)
let failed = false

function pureHistories(): void {
  const tally = emptyTally()
  const started = performance.now()
  const found = search({ seed, runs: 20_000, tally })
  const seconds = (performance.now() - started) / 1000
  const mean = (tally.steps / tally.histories).toFixed(1)
  say(`pure machine: ${tally.histories} histories of ${mean} steps on average in ${seconds.toFixed(1)} s, seed ${seed}`)
  for (const kind of kinds)
    say(`  ${faults.has(kind) ? 'fault' : 'step '}  ${kind.padEnd(16)} ${String(tally.happened[kind]).padStart(8)}`)
  say(`  no use  ${tally.nothing} steps found nothing to happen to`)
  const never = kinds.filter((kind) => tally.happened[kind] === 0)
  if (never.length > 0) fail(`never happened: ${never.join(', ')}`)
  if (found) {
    fail(`violated: ${invariants[found.invariant]}: ${found.detail}`)
    for (const { kind, a, b } of found.history.map(stepOf)) say(`    ${kind} ${a} ${b}`)
  }
}

function pureMutants(): void {
  say()
  say('mutants of the pure machine (rule broken | seen by | after histories | steps of the smallest)')
  for (const { breaks, seenBy } of mutants) {
    const found = search({ seed, runs: 20_000, rules: { ...rules, [breaks]: false } })
    say(
      `  ${breaks.padEnd(24)} ${found ? `${found.invariant.padEnd(13)} ${String(found.histories).padStart(6)} ${String(found.history.length).padStart(4)}  ${found.detail}` : 'SURVIVED'}`,
    )
    if (!found) fail(`${breaks} can be broken and no invariant sees it`)
    else if (!seenBy.includes(found.invariant)) say(`    (expected ${seenBy.join(' or ')})`)
  }
}

function fail(why: string): void {
  failed = true
  say(`FAILED  ${why}`)
}

pureHistories()
pureMutants()
process.exit(failed ? 1 : 0)
