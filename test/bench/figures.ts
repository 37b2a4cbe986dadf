/** Figures of a run: what each contestant showed round by round, against the baseline of the same round and the goal. Measures nothing. */
import { median, shown } from './numbers.ts'

/** `ratio`: of the product's figure to the baseline's. `value`: of the product's figure itself. */
export type Goal = { of: 'ratio' | 'value'; atMost?: number; atLeast?: number }

export type Figure = {
  scenario: string
  name: string
  unit: string
  goal: Goal | null
  /** The contestant that ratios are to. */
  baseline: string
  /** By contestant, one value per round. */
  rounds: Record<string, number[]>
}

export type Verdict = { ours: number; theirs: number; ratio: number; isMet: boolean | null }

/** Medians; the ratio is the median of the rounds' own ratios, each to the baseline of its minute. */
export function verdict({ rounds, baseline, goal }: Figure, product: string): Verdict {
  const [our, their] = [rounds[product] ?? [], rounds[baseline] ?? []]
  const ratio = median(our.map((value, round) => value / (their[round] ?? Number.NaN)))
  const ours = median(our)
  if (!goal) return { ours, theirs: median(their), ratio, isMet: null }
  const judged = goal.of === 'ratio' ? ratio : ours
  const isMet =
    judged <= (goal.atMost ?? Number.POSITIVE_INFINITY) && judged >= (goal.atLeast ?? Number.NEGATIVE_INFINITY)
  return { ours, theirs: median(their), ratio, isMet }
}

const goalText = (goal: Goal | null): string => {
  if (!goal) return ''
  const limit = goal.atMost === undefined ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`
  return goal.of === 'ratio' ? `${limit} ×` : limit
}

/** Lines of equal columns, for a terminal and for a Markdown page. */
export function table(figures: readonly Figure[], product: (figure: Figure) => string): string {
  const head = ['scenario', 'figure', 'offdesk', 'baseline', 'ratio', 'goal', 'met', 'bare']
  const rows = figures.map((figure) => {
    const { ours, theirs, ratio, isMet } = verdict(figure, product(figure))
    const bare = figure.rounds.bare
    return [
      ...[figure.scenario, `${figure.name}, ${figure.unit}`, shown(ours)],
      ...(Number.isNaN(theirs) ? ['', ''] : [`${shown(theirs)} (${figure.baseline})`, `${ratio.toFixed(2)} ×`]),
      ...[goalText(figure.goal), isMet === null ? '' : isMet ? 'yes' : 'NO'],
      bare && figure.baseline !== 'bare' ? shown(median(bare)) : '',
    ]
  })
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  const line = (row: string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n')
}
