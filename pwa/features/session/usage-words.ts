// How much of the context is used, and what it cost: `41k tokens, $0.38`. Pure.

export type Usage = { used: number; size: number; costAmount: number | null; costCurrency: string | null }

const thousands = (count: number) =>
  count < 1000
    ? String(count)
    : count < 1_000_000
      ? `${Math.round(count / 1000)}k`
      : `${(count / 1_000_000).toFixed(1)}M`

export function usageWords(usage: Usage): string {
  const tokens = `${thousands(usage.used)} tokens`
  if (usage.costAmount === null) return tokens
  const sign = { USD: '$', EUR: '€', GBP: '£' }[usage.costCurrency ?? 'USD']
  const amount = usage.costAmount.toFixed(2)
  return `${tokens}, ${sign === undefined ? `${amount} ${usage.costCurrency}` : `${sign}${amount}`}`
}
