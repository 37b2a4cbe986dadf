/** Puts the figures of a run into the words of docs/faults.md. Knows no process. */
import { cpus, release, totalmem } from 'node:os'
import type { Violation } from './evidence.ts'
import { countByRule, type Figures, quantile } from './figures.ts'

export type Run = {
  seed: number
  faults: number
  kind: string
  databaseVersion: string
  rounds: number
  commit: string
  figures: Figures
  violations: Violation[]
  /** Seeds of rounds in which something was broken. */
  failing: { seed: number; faults: number }[]
  skipped: Record<string, string>
}

const ms = (value: number | null): string => (value === null ? '–' : `${Math.round(value)} ms`)
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
  const rows: [string, string][] = [
    ['faults done', `${total}: ${list(figures.faults)}`],
    [
      'not possible here',
      list(Object.fromEntries(Object.keys(run.skipped).map((kind) => [kind, 0]))).replaceAll(' 0', ''),
    ],
    ['rounds', `${run.rounds}, ${Math.round(figures.seconds / 60)} minutes together`],
    ['acknowledged events', String(figures.events)],
    [
      'lost, doubled, re-ordered, changed',
      ['lost', 'doubled', 'reordered', 'changed'].map((rule) => counts[rule] ?? 0).join(', '),
    ],
    ['commands', `${commands}: ${list(figures.commands)}`],
    ['with two effects; hung', `${counts['doubled effect'] ?? 0}; ${counts.hung ?? 0}`],
    ['decisions; unseen', `${figures.decisions}; ${counts.unseen ?? 0}`],
    [
      'races; with a wrong or second winner',
      `${figures.races}; ${(counts['wrong winner'] ?? 0) + (counts['two winners'] ?? 0)}`,
    ],
    [
      'losers told after, no fault under way',
      `p50 ${ms(quantile(figures.toldInPeaceMs, 0.5))}, p99 ${ms(quantile(figures.toldInPeaceMs, 0.99))} (${figures.toldInPeaceMs.length})`,
    ],
    [
      'losers told after, all',
      `p50 ${ms(quantile(figures.toldMs, 0.5))}, p99 ${ms(quantile(figures.toldMs, 0.99))} (${figures.toldMs.length})`,
    ],
    ['databases put back from an older copy', String(figures.restored)],
    ['from the last heal of a round to all settled, longest', ms(figures.convergedMs)],
    ['everything broken, by rule', list(counts)],
  ]
  return [
    `## ${run.kind === 'postgres' ? run.databaseVersion : 'PGlite'}`,
    '',
    `\`npm run faults -- --seed ${run.seed} --faults ${run.faults} --db ${run.kind}\` at ${run.commit}, on ${machine()}.`,
    '',
    '| figure | value |',
    '|---|---|',
    ...rows.map(([name, value]) => `| ${name} | ${value} |`),
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
