// The state of the pure machine: agent, journal, host, network, server, devices and viewers, as plain values. Knows no step.
import type { Invariant } from './invariants.ts'
import { rules as allRules, type Rules } from './rules.ts'

/** `winner`: a command's id, `terminal`, or `host` where nobody answered. */
export type Event = {
  seq: number
  id: number
  epoch: number
  about: 'text' | 'poison' | 'opened' | 'settled' | 'ended'
  decision: number
  winner: string
}

export type State = 'QUEUED' | 'DELIVERED' | 'APPLIED' | 'REFUSED' | 'SUPERSEDED' | 'UNKNOWN'
export type Asked = 'prompt' | 'allow' | 'deny' | 'wrong'
export type Command = {
  /** Of the row; the key is the device's and outlives the row. */
  id: string
  key: string
  number: number
  device: number
  about: Asked
  decision: number
  epoch: number
  state: State
}
export type Decision = { epoch: number; isOpen: boolean; proposal: string | null; winner: string | null }

export type Database = {
  /** Another after every restore: what was read from the lost one counts no more. */
  incarnation: number
  log: Event[]
  epoch: number
  attachment: number
  decisions: Map<number, Decision>
  /** By number, from 1. */
  commands: Command[]
  revoked: Set<number>
}

export type Ask = { device: number; key: string; about: Asked; decision: number; epoch: number }
export type Message =
  | { to: 'server'; is: 'start'; attachment: number; epoch: number }
  | { to: 'server'; is: 'push'; attachment: number; epoch: number; events: Event[] }
  | { to: 'server'; is: 'poll'; attachment: number; after: Place }
  | { to: 'server'; is: 'took'; attachment: number; ids: string[] }
  | { to: 'server'; is: 'settle'; attachment: number; id: string; state: State }
  | { to: 'server'; is: 'command'; ask: Ask; verdict?: boolean }
  | { to: 'host'; is: 'started' | 'pushed'; attachment: number; lastSeq: number }
  | { to: 'host'; is: 'gap' | 'gone'; attachment: number }
  | { to: 'host'; is: 'fenced'; attachment: number; currentEpoch: number }
  | { to: 'host'; is: 'refused'; attachment: number; seq: number }
  | { to: 'host'; is: 'commands'; attachment: number; commands: Command[]; after: Place }
  | { to: 'host'; is: 'given'; attachment: number; asked: string[]; ids: string[] }
  | { to: 'host'; is: 'heard'; attachment: number; id: string }
  | { to: 'device'; is: 'made'; device: number; key: string }
export type Request = Extract<Message, { to: 'server' }>
/** How far a host has read, in which life of the database. */
export type Place = { number: number; incarnation: number }

/** `id` is the row under which the command came last. */
export type Entry = { id: string; state: State | null; sent: boolean }
export type Host = {
  attachment: number
  epoch: number
  link: 'off' | 'starting' | 'live' | 'ended'
  acked: number
  isPushing: boolean
  isPolling: boolean
  after: Place
  /** Read, and not yet acknowledged. */
  fetched: { commands: Command[]; ids: string[]; after: Place } | null
  refused: Set<number>
  open: Set<number>
  settled: Map<number, string>
  /** Settled, and not yet said to the agent. */
  answers: { decision: number; winner: string; seq: number }[]
  intake: Command[]
  acting: Command[]
  /** Done, and not yet noted; `seq` is the event that must be on disk before. */
  done: { key: string; state: State; seq: number }[]
}

export type Viewer = { device: number; log: Event[]; isOn: boolean; isRung: boolean; page: Event[] | null }
/** What a device sent, until it knows the end. */
export type Sent = { ask: Ask; isMade: boolean; state: State | null }

export type World = {
  rules: Rules
  violated: { invariant: Invariant; detail: string } | null
  count: number
  journal: Event[]
  /** So many of them are on disk. */
  synced: number
  epochs: number
  ledger: Map<string, Entry>
  host: Host | null
  isAgentUp: boolean
  /** Who the agent was told has answered, in order. */
  effects: Map<number, string[]>
  /** How often a prompt ran. */
  ran: Map<string, number>
  terminal: { decision: number; told: string | null }[]
  network: Message[]
  isCut: boolean
  isServerUp: boolean
  isCommitFailing: boolean
  isBellLost: boolean
  wasBellLost: boolean
  wasRestored: boolean
  pending: Request[]
  database: Database
  backup: Database | null
  viewers: Viewer[]
  sent: Sent[][]
}

export const devices = 3

export function createWorld(rules: Rules = allRules): World {
  const database: Database = {
    ...{
      incarnation: 0,
      log: [],
      epoch: 0,
      attachment: 0,
      decisions: new Map(),
      commands: [],
      revoked: new Set<number>(),
    },
  }
  const world: World = {
    ...{ rules, violated: null, count: 0, journal: [], synced: 0, epochs: 0, ledger: new Map(), host: null },
    ...{ isAgentUp: false, effects: new Map(), ran: new Map(), terminal: [], network: [], isCut: false },
    ...{ isServerUp: true, isCommitFailing: false, isBellLost: false, wasBellLost: false, wasRestored: false },
    ...{ pending: [], database, backup: null, sent: Array.from({ length: devices }, () => []) },
    viewers: Array.from({ length: devices }, (_, device) => ({
      ...{ device, log: [], isOn: true, isRung: true, page: null },
    })),
  }
  return world
}

export function violate(world: World, invariant: Invariant, detail: string): void {
  world.violated ??= { invariant, detail }
}

export const copyOf = (database: Database): Database => ({
  ...database,
  log: [...database.log],
  decisions: new Map([...database.decisions].map(([id, decision]) => [id, { ...decision }])),
  commands: database.commands.map((command) => ({ ...command })),
  revoked: new Set(database.revoked),
})

export const isSettled = (state: State): boolean => state !== 'QUEUED' && state !== 'DELIVERED'

/** What is cut is lost. */
export function send(world: World, message: Message): void {
  if (!world.isCut) world.network.push(message)
}

/** Wakes every viewer; a lost ring wakes none. */
export function ring(world: World): void {
  if (!world.rules.rings) return
  if (world.isBellLost) {
    world.isBellLost = false
    world.wasBellLost = true
    return
  }
  for (const viewer of world.viewers) viewer.isRung = true
}
