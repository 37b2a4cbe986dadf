/** Counts what happened in a round and what came of it. Judges nothing. */
import type { Evidence, Violation } from './evidence.ts'
import type { Tap } from './phone.ts'
import type { FaultKind } from './schedule.ts'
import type { World } from './world.ts'

/** Nobody is out of reach by these. */
const HARMLESS = new Set<FaultKind>(['server.clock', 'host.clock', 'agent.freeze', 'requests.duplicated'])

/** What a fault touched, from its beginning to its heal, by the clock of this process. */
export type Window = { kind: FaultKind; things: readonly (object | string)[]; from: number; to: number }

/** A loser is told within so long (p99). */
const PROMISED_MS = 1000

export type Figures = {
  faults: Record<string, number>
  events: number
  commands: Record<string, number>
  decisions: number
  /** Decisions that two or more people answered. */
  races: number
  /**
   * Milliseconds until losers were shown it: `all` from the moment the agent had its answer, or from the loser's tap when that came later. `up`: of those
   * whose phone, server, database and workstation were not cut off meanwhile, with the host live all the time. `healed`: of the others, from the last heal in between.
   * `storm`: of those that raced in a storm of races.
   */
  toldMs: { all: number[]; up: number[]; healed: number[]; storm: number[] }
  /** Of those told later than the promise although their line was up: how late, and what was healed on it in the ten seconds before. */
  late: string[]
  /** Commands by their kind. */
  kinds: Record<string, number>
  restored: number
  convergedMs: number
  seconds: number
}

export function figuresOf(
  world: World,
  evidence: Evidence,
  more: Pick<Figures, 'faults' | 'restored' | 'convergedMs' | 'seconds'>,
  windows: readonly Window[],
  /** When races were run with everybody there. */
  storms: readonly { from: number; to: number }[],
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
  const toldMs: Figures['toldMs'] = { all: [], up: [], healed: [], storm: [] }
  const phones = new Map(world.phones.map((phone) => [phone.name, phone]))
  const kinds: Record<string, number> = {}
  for (const { kind } of evidence.commands) kinds[kind] = (kinds[kind] ?? 0) + 1
  const cutting = windows.filter(({ kind }) => !HARMLESS.has(kind))
  const late: string[] = []
  let races = 0
  for (const { marker, sessionId, answers, terminal } of evidence.decisions) {
    const given = answers.flatMap((key) => taps.get(key) ?? []).filter((tap) => tap.refusedWith === null)
    const people = new Set(given.map((tap) => tap.device)).size + (terminal ? 1 : 0)
    if (people < 2) continue
    races++
    const scene = world.scenes.find((one) => one.sessionId === sessionId)
    for (const tap of given) {
      const told = toldOf(tap, askedAt.get(marker) ?? 0)
      if (told === null) continue
      const { from, until } = told
      const road = new Set<unknown>(['database', ...world.servers, scene, scene?.workstation.cable])
      road.add(phones.get(tap.device)?.cable)
      const during = (one: { from: number; to: number }) => one.from < until && one.to > from
      const cuts = cutting.filter((one) => during(one) && one.things.some((thing) => road.has(thing)))
      toldMs.all.push(until - from)
      if (storms.some((storm) => from > storm.from && from < storm.to)) toldMs.storm.push(until - from)
      if (cuts.length === 0 && !scene?.away.some(during)) {
        toldMs.up.push(until - from)
        if (until - from < PROMISED_MS) continue
        const before = windows.filter(
          ({ to, things }) => to <= from && to > from - 10_000 && things.some((one) => road.has(one)),
        )
        const healed = before.map(({ kind, to }) => `${kind} ${Math.round(from - to)} ms before`).join(', ')
        late.push(`${tap.device}, ${scene?.name}: ${Math.round(until - from)} ms after ${healed || 'nothing'}`)
      } else toldMs.healed.push(until - Math.max(from, ...cuts.map(({ to }) => to).filter((to) => to < until)))
    }
  }
  return {
    ...more,
    events: evidence.sessions.reduce((sum, { journal }) => sum + journal.length, 0),
    ...{ commands, kinds, decisions: evidence.decisions.length, races, toldMs, late },
  }
}

function toldOf(tap: Tap, decidedAt: number): { from: number; until: number } | null {
  if (tap.shown !== 'SUPERSEDED' || tap.settledAt === null) return null
  const from = Math.max(decidedAt, tap.sentAt)
  return { from, until: Math.max(from, tap.settledAt) }
}

export function sum(all: readonly Figures[]): Figures {
  const total: Figures = {
    ...{ faults: {}, events: 0, commands: {}, decisions: 0, races: 0 },
    ...{ toldMs: { all: [], up: [], healed: [], storm: [] }, late: [], kinds: {} },
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
    add(total.kinds, one.kinds)
    total.late = total.late.concat(one.late)
    for (const how of ['all', 'up', 'healed', 'storm'] as const)
      total.toldMs[how] = total.toldMs[how].concat(one.toldMs[how] ?? [])
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
