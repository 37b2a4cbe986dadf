/** Puts the figures of a run into the words of docs/faults.md. Knows no process. */
import { cpus, release, totalmem } from 'node:os'
import type { Violation } from './evidence.ts'
import { countByRule, type Figures, quantile } from './figures.ts'

export type Run = {
  seed: number
  faults: number
  kind: string
  databaseVersion: string
  /** One for each round: what ran, when, and how busy the machine was at its end. */
  rounds: { number: number; commit: string; load: number; seconds: number }[]
  figures: Figures
  violations: Violation[]
  /** Seeds of rounds in which something was broken. */
  failing: { seed: number; faults: number }[]
  skipped: Record<string, string>
}

const ms = (value: number | null): string => (value === null ? '–' : `${Math.round(value)} ms`)
const EFFECTS = ['doubled effect', 'lost effect', 'effect of a refused']
const share = (all: readonly number[], withinMs: number): string =>
  all.length === 0 ? '–' : `${((100 * all.filter((value) => value <= withinMs).length) / all.length).toFixed(1)} %`
const list = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'none'

export function section(run: Run): string {
  const { figures, violations } = run
  const counts = countByRule(violations)
  const total = Object.values(figures.faults).reduce((sum, count) => sum + count, 0)
  const commands = Object.values(figures.commands).reduce((sum, count) => sum + count, 0)
  const of = (...rules: string[]) => rules.map((rule) => counts[rule] ?? 0).join(', ')
  const told = (all: readonly number[]) =>
    `p50 ${ms(quantile(all, 0.5))}, p99 ${ms(quantile(all, 0.99))}, within 1 s ${share(all, 1000)} of ${all.length}`
  const commits = [...new Set(run.rounds.map(({ commit }) => commit))]
  const loads = run.rounds.map(({ load }) => load)
  const unknown = figures.commands.UNKNOWN ?? 0
  const rows: [figure: string, goal: string, value: string][] = [
    ['faults done', '1,000', `${total}: ${list(figures.faults)}`],
    ['not possible here', '', Object.keys(run.skipped).join(', ') || 'none'],
    ['rounds', '', `${run.rounds.length}, ${Math.round(figures.seconds / 60)} minutes together`],
    ['acknowledged events', '1,000,000', String(figures.events)],
    ['lost, doubled, re-ordered, changed', '0', of('lost', 'doubled', 'reordered', 'changed', 'unjournaled')],
    ['commands', '10,000', `${commands} (${list(figures.kinds)}): ${list(figures.commands)}`],
    ['with a second effect, without one, in spite of a refusal', '0', of(...EFFECTS)],
    ['hung; shown otherwise than stored', '0; 0', `${counts.hung ?? 0}; ${counts['shown otherwise'] ?? 0}`],
    ['UNKNOWN, and shown', 'all', `${unknown} of ${unknown}, as far as none is counted above`],
    ['decisions', '5,000', String(figures.decisions)],
    ['unseen; hung', '0; 0', `${counts.unseen ?? 0}; ${counts.hung ?? 0}`],
    ['races', '10,000', String(figures.races)],
    ['with a wrong winner, with two', '0', of('wrong winner', 'two winners', 'loser misled')],
    ['losers told after, their line up', '1 s (p99)', told(figures.toldMs.up)],
    ['losers told after, in storms of races, nothing cut', '', told(figures.toldMs.storm)],
    ['losers told after, of those cut off, from the heal', '', told(figures.toldMs.healed)],
    ['losers told after, all, faults included', '', told(figures.toldMs.all)],
    ['databases put back from an older copy', '', String(figures.restored)],
    ['from the last heal of a round to all settled, longest', '', ms(figures.convergedMs)],
    ['everything broken, by rule', 'none', list(counts)],
  ]
  return [
    `## ${run.kind === 'postgres' ? run.databaseVersion : 'PGlite'}`,
    '',
    `\`npm run faults -- --seed ${run.seed} --faults ${run.faults} --db ${run.kind}\` at ${commits.join(', ')}, load ${Math.min(...loads)} to ${Math.max(...loads)}, on ${machine()}.`,
    '',
    '| figure | goal | value |',
    '|---|---|---|',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
    '',
    ...(run.failing.length === 0
      ? []
      : [
          'Rounds with something broken, each to be had again by itself:',
          ...run.failing.map(({ seed, faults }) => `- \`--seed ${seed} --faults ${faults} --db ${run.kind}\``),
          '',
        ]),
  ].join('\n')
}

function machine(): string {
  const [first] = cpus()
  return `${cpus().length} × ${first?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${release()}, Node ${process.versions.node}`
}
