/**
 * `npm run bench [-- --quick] [--only <part of a scenario's name>] [--server <bundle>] [--json <file>] [--profile <folder>] [--rounds <number>]`: each round drives the
 * baselines and then the product, so that a ratio is one of the same minute. Loopback only; everything started here ends with it.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
// @ts-expect-error plain JavaScript, run before any package is there
import { buildIfStale } from '../../agent-cli/launch/ready.mjs'
import { startPostgres, type TestPostgres } from '../kit/postgres.ts'
import { type Figure, table, verdict } from './figures.ts'
import { createPlaces } from './places.ts'
import { type Length, type Scenario, scenarios } from './scenarios.ts'
import { bundlePrograms } from './served.ts'

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    server: { type: 'string' },
    json: { type: 'string' },
    profile: { type: 'string' },
    rounds: { type: 'string' },
  },
})
const root = fileURLToPath(new URL('../..', import.meta.url))
const length: Length = flags.quick ? 'quick' : 'full'
/** The idle scenario takes 995 in each round, no other as many in all. */
const pairsFor = (scenario: Scenario): number => 500 + 1000 * rounds(scenario)
const LONGEST_MS = { full: 30 * 60_000, quick: 4 * 60_000 }[length]
const say = (text: string) => process.stderr.write(`${text}\n`)

const rounds = (scenario: Scenario): number =>
  Math.min(20, flags.rounds === undefined ? scenario.rounds[length] : Math.max(1, Number(flags.rounds) || 1))
const productOf = ({ baseline }: Figure) => (baseline === 'bare+pglite' ? 'offdesk on PGlite' : 'offdesk')

if (flags.server === undefined) buildIfStale()
const chosen = scenarios.filter(({ name }) => !flags.only || flags.only.some((part) => name.includes(part)))
if (chosen.length === 0) {
  say(`There is no such scenario. There are: ${scenarios.map(({ name }) => name).join(', ')}.`)
  process.exit(1)
}
let postgres: TestPostgres | null = null
const programs = bundlePrograms()
const places = createPlaces({
  ...{ script: resolve(flags.server ?? `${root}/dist/server.js`), programs },
  postgres: async () => {
    postgres ??= await startPostgres({ fsync: true })
    return postgres
  },
})

async function measure(scenario: Scenario, place: typeof places): Promise<Figure[]> {
  const how = { pairs: pairsFor(scenario), ...(flags.profile !== undefined && { profileDir: resolve(flags.profile) }) }
  const all =
    scenario.place === 'pglite' ? await place.onPglite(how) : await place.onPostgres({ bare: scenario.bare, ...how })
  const round = await scenario.open(all, length)
  const baseline = all.at(-2)?.name ?? ''
  const figures = scenario.columns.map((column) => ({
    ...column,
    scenario: scenario.name,
    baseline,
    rounds: {} as Figure['rounds'],
  }))
  for (let number = 1; number <= rounds(scenario); number++) {
    for (const contestant of all) {
      const begun = performance.now()
      const shown = await round(contestant)
      for (const [index, { field }] of scenario.columns.entries()) {
        const rounds = figures[index]?.rounds ?? {}
        rounds[contestant.name] = [...(rounds[contestant.name] ?? []), shown[field] ?? Number.NaN]
      }
      say(`${scenario.name}, round ${number}, ${contestant.name}: ${((performance.now() - begun) / 1000).toFixed(1)} s`)
    }
  }
  return figures
}

const figures: Figure[] = []
let failed = false
// Thrown where nobody waits: what was measured until then is still worth showing. The servers end with this process.
const giveUp = (why: string): never => {
  say(why)
  process.stdout.write(`${table(figures, productOf)}\n`)
  process.exit(1)
}
process.once('uncaughtException', (error) => giveUp(`The benchmark has failed: ${error.stack}`))
// Whatever hangs: nothing of this outlives it.
const late = `The benchmark has taken ${LONGEST_MS / 60_000} minutes and is ended.`
setTimeout(() => giveUp(late), LONGEST_MS).unref()
const begun = performance.now()
for (const scenario of chosen) {
  try {
    figures.push(...(await measure(scenario, places)))
  } catch (error) {
    failed = true
    say(`${scenario.name} FAILED: ${error instanceof Error ? error.stack : String(error)}`)
  } finally {
    // Each scenario has servers of its own: what one leaves in memory is not the next one's.
    await places.close()
  }
}
await (postgres as TestPostgres | null)?.stop()
programs.remove()
const minutes = (performance.now() - begun) / 60_000
process.stdout.write(`${table(figures, productOf)}\n`)
process.stdout.write(
  `${length} run, ${minutes.toFixed(1)} minutes, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}\n`,
)
if (flags.json !== undefined) {
  const summed = figures.map((figure) => ({ ...figure, ...verdict(figure, productOf(figure)) }))
  await mkdir(dirname(resolve(flags.json)), { recursive: true })
  await writeFile(
    flags.json,
    `${JSON.stringify({ length, minutes, cores: cpus().length, node: process.version, figures: summed }, null, 2)}\n`,
  )
}
process.exit(failed ? 1 : 0)
