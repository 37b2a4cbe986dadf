/** Counts what happened in a round and what came of it. Judges nothing. */
import type { Evidence, Violation } from './evidence.ts'
import type { Tap } from './phone.ts'
import type { World } from './world.ts'

/** From a fault's beginning to its heal, by the clock of this process. */
export type Window = { from: number; to: number }

export type Figures = {
  faults: Record<string, number>
  events: number
  commands: Record<string, number>
  decisions: number
  /** Decisions that two or more people answered. */
  races: number
  /** Milliseconds from the decision, or the loser's tap when that came later, until the loser was shown it: all, and those with no fault under way. */
  toldMs: number[]
  toldInPeaceMs: number[]
  restored: number
  convergedMs: number
  seconds: number
}

export function figuresOf(
  world: World,
  evidence: Evidence,
  more: Pick<Figures, 'faults' | 'restored' | 'convergedMs' | 'seconds'>,
  windows: readonly Window[],
): Figures {
  const commands: Record<string, number> = {}
  for (const { kind, shown, refusedWith, isForgotten } of evidence.commands) {
    const state =
      refusedWith !== null
        ? `${kind} refused: ${refusedWith}`
        : isForgotten
          ? 'settled, then put back'
          : (shown ?? 'nothing')
    commands[state] = (commands[state] ?? 0) + 1
  }
  const taps = new Map(world.phones.flatMap((phone) => phone.taps).map((tap) => [tap.key, tap]))
  const askedAt = new Map(world.scenes.flatMap(({ side }) => side.asks).map((ask) => [ask.marker, ask.gotAt]))
  const toldMs: number[] = []
  const toldInPeaceMs: number[] = []
  let races = 0
  for (const { marker, answers, terminal } of evidence.decisions) {
    const given = answers.flatMap((key) => taps.get(key) ?? []).filter((tap) => tap.refusedWith === null)
    const people = new Set(given.map((tap) => tap.device)).size + (terminal ? 1 : 0)
    if (people < 2) continue
    races++
    for (const tap of given) {
      const told = toldOf(tap, askedAt.get(marker) ?? 0)
      if (told === null) continue
      toldMs.push(told.ms)
      if (!windows.some(({ from, to }) => from < told.until && to > told.from)) toldInPeaceMs.push(told.ms)
    }
  }
  return {
    ...more,
    events: evidence.sessions.reduce((sum, { journal }) => sum + journal.length, 0),
    ...{ commands, decisions: evidence.decisions.length, races, toldMs, toldInPeaceMs },
  }
}

function toldOf(tap: Tap, decidedAt: number): { ms: number; from: number; until: number } | null {
  if (tap.shown !== 'SUPERSEDED' || tap.settledAt === null) return null
  const from = Math.max(decidedAt, tap.sentAt)
  return { ms: Math.max(0, tap.settledAt - from), from, until: tap.settledAt }
}

export function sum(all: readonly Figures[]): Figures {
  const total: Figures = {
    ...{ faults: {}, events: 0, commands: {}, decisions: 0, races: 0, toldMs: [], toldInPeaceMs: [] },
    ...{ restored: 0, convergedMs: 0, seconds: 0 },
  }
  const add = (into: Record<string, number>, from: Record<string, number>) => {
    for (const [name, count] of Object.entries(from)) into[name] = (into[name] ?? 0) + count
  }
  for (const one of all) {
    add(total.faults, one.faults)
    add(total.commands, one.commands)
    total.events += one.events
    total.decisions += one.decisions
    total.races += one.races
    total.restored += one.restored
    total.seconds += one.seconds
    total.convergedMs = Math.max(total.convergedMs, one.convergedMs)
    total.toldMs = total.toldMs.concat(one.toldMs)
    total.toldInPeaceMs = total.toldInPeaceMs.concat(one.toldInPeaceMs)
  }
  return total
}

/** The value that this share of them does not exceed; null for none. */
export function quantile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? null
}

export const countByRule = (violations: readonly Violation[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { rule } of violations) counts[rule] = (counts[rule] ?? 0) + 1
  return counts
}
