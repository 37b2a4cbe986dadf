/** The scenarios with their goals, and how long each is in a full and in a short run. Knows no process. */
import type { Contestant } from './contestant.ts'
import type { Goal } from './figures.ts'
import { longSession } from './reading.ts'
import { pace, saturate } from './road.ts'
import { commands, idle } from './waiting.ts'

export type Length = 'full' | 'quick'

/** A field of what a round gives, and how it is shown. */
export type Column = { field: string; name: string; unit: string; goal: Goal | null }

export type Scenario = {
  name: string
  /** What its contestants store in. Each scenario has servers of its own. */
  place: 'postgres' | 'pglite'
  /** Also driven against the relay without a store. */
  bare: boolean
  rounds: Record<Length, number>
  columns: readonly Column[]
  /** Called once; what it returns is one round with one contestant. */
  open(all: readonly Contestant[], length: Length): Promise<(one: Contestant) => Promise<Record<string, number>>>
}

const most = (atMost: number): Goal => ({ of: 'ratio', atMost })
const least = (atLeast: number): Goal => ({ of: 'ratio', atLeast })
const column = (field: string, name: string, unit: string, goal: Goal | null = null): Column => ({
  field,
  name,
  unit,
  goal,
})

const latencies = (event: Goal | null, ack: Goal | null): Column[] => [
  column('eventP50', 'event p50', 'ms', event),
  column('eventP95', 'event p95', 'ms'),
  column('eventP99', 'event p99', 'ms'),
  column('ackP50', 'durable acknowledgement p50', 'ms', ack),
  column('ackP95', 'durable acknowledgement p95', 'ms'),
  column('ackP99', 'durable acknowledgement p99', 'ms'),
]

const saturated = (rate: Column, cpu: Goal | null): Column[] => [
  rate,
  column('serverCpuMicrosPerEvent', 'server CPU per event', 'µs', cpu),
  column('serverCpuShare', 'server, of one core', ''),
  column('driverCpuShare', 'driver, of one core', ''),
]
const rate = (goal: Goal | null) => column('eventsPerSecond', 'events delivered', '1/s', goal)

type Crowd = { sessions: number; viewers: number; window: number }
const crowd =
  (how: Crowd): Scenario['open'] =>
  async (_all, length) =>
  (one) =>
    saturate(one, { ...how, seconds: length === 'full' ? 6 : 2 })

const usual = { place: 'postgres', rounds: { full: 5, quick: 1 } } as const
const one = { sessions: 1, viewers: 1, window: 1000 }

export const scenarios: readonly Scenario[] = [
  {
    ...{ name: '20 events/s', ...usual, bare: true, columns: latencies(most(1.3), most(1.3)) },
    open: async (_all, length) => (each) => pace(each, { perSecond: 20, seconds: length === 'full' ? 10 : 3 }),
  },
  {
    ...{ name: 'half load', ...usual, bare: true, columns: latencies(null, null) },
    // Half of what the product carries, for all: at another rate batches would be of another size.
    open: async (all, length) => {
      const product = all.find(({ name }) => name === 'offdesk')
      if (!product) throw new Error('half of whose load?')
      await saturate(product, { ...one, seconds: 2 })
      const { eventsPerSecond } = await saturate(product, { ...one, seconds: length === 'full' ? 5 : 2 })
      return (each) => pace(each, { perSecond: eventsPerSecond / 2, seconds: length === 'full' ? 5 : 2 })
    },
  },
  { name: '1 × 1 saturated', ...usual, bare: true, columns: saturated(rate(null), null), open: crowd(one) },
  {
    ...{ name: '50 × 1 saturated', ...usual, bare: true, columns: saturated(rate(least(0.7)), most(1.4)) },
    open: crowd({ sessions: 50, viewers: 1, window: 100 }),
  },
  {
    ...{ name: '1 × 8 saturated', ...usual, bare: true },
    columns: saturated(column('deliveriesPerSecond', 'deliveries', '1/s', least(0.9)), null),
    open: crowd({ sessions: 1, viewers: 8, window: 1000 }),
  },
  {
    ...{ name: 'command', ...usual, bare: true },
    columns: [
      column('commandP50', 'viewer to idle host p50', 'ms', most(1.3)),
      column('commandP95', 'viewer to idle host p95', 'ms'),
    ],
    open: async (_all, length) => (each) => commands(each, length === 'full' ? 60 : 20),
  },
  {
    ...{ name: 'idle', place: 'postgres', bare: true, rounds: { full: 1, quick: 1 } },
    columns: [
      column('kilobytesPerPair', 'a pair among 1,000', 'KB', { of: 'value', atMost: 32 }),
      column('cpuMicrosPerPairAndSecond', 'CPU per pair and second', 'µs', { of: 'value', atMost: 10 }),
    ],
    open: async (_all, length) => (each) =>
      // It begins when each host has had the wait that is tried (55 s at most). The ends of the long ones are spread from then on as they are always, so a minute has as many polls as any other.
      idle(each, { pairs: length === 'full' ? 990 : 200, settleSeconds: 60, seconds: 60 }),
  },
  {
    ...{ name: 'history', place: 'postgres', bare: false, rounds: { full: 3, quick: 1 } },
    columns: [
      column('lastHundredMs', 'last 100 of 100,000', 'ms', most(1.5)),
      column('allSeconds', 'all of 100,000', 's', most(1.5)),
    ],
    open: async (all, length) => {
      const readers = new Map<Contestant, () => Promise<Record<string, number>>>()
      for (const each of all) readers.set(each, await longSession(each, length === 'full' ? 100_000 : 20_000))
      return (each) => readers.get(each)?.() ?? Promise.reject(new Error('a contestant that came late'))
    },
  },
  {
    ...{ name: 'PGlite 1 × 1 saturated', place: 'pglite', bare: false, rounds: { full: 5, quick: 1 } },
    columns: saturated(rate(least(0.5)), null),
    open: crowd(one),
  },
]
