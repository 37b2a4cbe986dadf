/** Figures of the trust tests: `npm run trust` runs the same tests at full count and collects what they say here. Silent otherwise. */
import { appendFileSync } from 'node:fs'

const { OFFDESK_TRUST_FIGURES: file } = process.env

/** Whether figures are collected. */
export const isFull = file !== undefined

/** Counts: small in `npm test`, full where figures are collected. */
export const count = (small: number, full: number): number => (file ? full : small)

/** Notes lines of one figure; several calls under one name are one figure. */
export function figure(name: string, lines: Readonly<Record<string, string | number>>): void {
  if (file) appendFileSync(file, `${JSON.stringify({ name, lines })}\n`)
}

/** `p50 12 ms, p99 40 ms, max 51 ms`. */
export function quantiles(milliseconds: readonly number[]): string {
  const sorted = [...milliseconds].sort((a, b) => a - b)
  const at = (part: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0)
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`
}
