// The workstation of the pure machine: journal, ledger, decisions, pusher, poller and settlements, in the order the real ones keep.
import { type Command, type Event, type Host, type Message, type State, send, type World } from './world.ts'

const batch = 4

/** Appends an event, not yet on disk; returns its number. */
function append(world: World, about: Event['about'], epoch: number, decision = 0, winner = ''): number {
  world.count += 1
  const seq = world.journal.length + 1
  world.journal.push({ seq, id: world.count, epoch, about, decision, winner })
  return seq
}

export const says = (world: World, host: Host, isPoison: boolean): void =>
  void (world.isAgentUp && append(world, isPoison ? 'poison' : 'text', host.epoch))

export function asks(world: World, host: Host): void {
  if (!world.isAgentUp) return
  world.count += 1
  const decision = world.count
  host.open.add(decision)
  append(world, 'opened', host.epoch, decision)
}

export function syncs(world: World): void {
  world.synced = world.journal.length
}

/** The winner, and the number of the event that says so; null when nothing is open under this id. */
export function decides(
  world: World,
  host: Host,
  decision: number,
  winner: string,
): { winner: string; seq: number } | null {
  const earlier = host.settled.get(decision)
  if (earlier !== undefined && world.rules.settlesOnce) return { winner: earlier, seq: 0 }
  if (!host.open.has(decision)) return null
  if (world.rules.settlesOnce) host.open.delete(decision)
  host.settled.set(decision, winner)
  const seq = append(world, 'settled', host.epoch, decision, winner)
  host.answers.push({ decision, winner, seq })
  if (!world.rules.settledBeforeEffect) tellsAgent(world, host)
  return { winner, seq }
}

export function tellsAgent(world: World, host: Host): void {
  const [answer] = host.answers
  if (answer === undefined || (world.rules.settledBeforeEffect && answer.seq > world.synced)) return
  host.answers.shift()
  const effects = world.effects.get(answer.decision) ?? []
  world.effects.set(answer.decision, [...effects, world.rules.agentHearsWinner ? answer.winner : 'another'])
}

export function terminalAnswers(world: World, host: Host, a: number): void {
  const all = [...host.open, ...host.settled.keys()]
  const decision = all[a % all.length]
  if (decision === undefined) return
  const decided = decides(world, host, decision, 'terminal')
  world.terminal.push({ decision, told: world.rules.tellsTerminal ? (decided?.winner ?? null) : null })
}

export function pushes(world: World, host: Host, hasGivenUp: boolean): void {
  const { attachment, epoch } = host
  if (host.link === 'ended') return
  if (host.isPushing) {
    if (!hasGivenUp) return
    host.isPushing = false
    host.link = 'off'
  }
  if (host.link === 'off') {
    host.link = 'starting'
    host.isPushing = true
    return void send(world, { to: 'server', is: 'start', attachment, epoch })
  }
  const end = world.rules.syncedBeforePush ? world.synced : world.journal.length
  if (host.acked >= end) return
  const events = world.journal.slice(host.acked, Math.min(end, host.acked + batch))
  host.isPushing = true
  const clean = world.rules.buries
    ? events.map((event) =>
        event.about === 'poison' && host.refused.has(event.seq) ? { ...event, about: 'text' as const } : event,
      )
    : events
  send(world, { to: 'server', is: 'push', attachment, epoch, events: clean })
}

export function polls(world: World, host: Host, hasGivenUp: boolean): void {
  if (host.isPolling && !hasGivenUp) return
  host.isPolling = true
  send(world, { to: 'server', is: 'poll', attachment: host.attachment, after: host.after })
}

export function intends(world: World, host: Host): void {
  const command = host.intake.shift()
  if (command === undefined) return
  const key = keyOf(world, command)
  const before = world.ledger.get(key)
  if (before !== undefined && world.rules.asksLedger) {
    before.id = command.id
    if (before.state !== null && world.rules.tellsAgain) before.sent = false
    return
  }
  world.ledger.set(key, { id: command.id, state: null, sent: false })
  host.acting.push(command)
}

const keyOf = ({ rules }: World, { id, key }: Command): string => (rules.knowsByKey ? key : id)

export function acts(world: World, host: Host): void {
  const command = host.acting.shift()
  if (command === undefined) return
  const { key, about } = command
  const [state, seq] = outcome(world, host, command)
  if (about === 'prompt' && state === 'APPLIED') {
    // A second row of the same ask is the same ask.
    const asked = key.split('#')[0] ?? key
    world.ran.set(asked, (world.ran.get(asked) ?? 0) + 1)
  }
  host.done.push({ key: keyOf(world, command), state, seq })
}

function outcome(world: World, host: Host, command: Command): [State, number] {
  if (command.about === 'prompt') return [world.isAgentUp ? 'APPLIED' : 'REFUSED', 0]
  if (command.about === 'wrong') return ['REFUSED', 0]
  if (command.epoch !== host.epoch) return ['SUPERSEDED', 0]
  const decided = decides(world, host, command.decision, command.key)
  return [decided?.winner === command.key ? 'APPLIED' : 'SUPERSEDED', decided?.seq ?? 0]
}

/** A result is noted when what it says is on disk. */
export function results(world: World, host: Host): void {
  const [done] = host.done
  if (done === undefined || (world.rules.settledBeforeEffect && done.seq > world.synced)) return
  host.done.shift()
  const entry = world.ledger.get(done.key)
  if (entry && entry.state === null) entry.state = done.state
}

export function tells(world: World, host: Host, a: number): void {
  const untold = [...world.ledger.values()].filter((entry) => entry.state !== null && !entry.sent)
  const entry = untold[a % untold.length]
  if (entry === undefined) return
  if (!world.rules.tellsUntilHeard) entry.sent = true
  send(world, { to: 'server', is: 'settle', attachment: host.attachment, id: entry.id, state: entry.state as State })
}

export function killsHost(world: World): void {
  world.journal.length = world.synced
  world.host = null
  world.isAgentUp = false
  if (!world.rules.keepsLedger) world.ledger.clear()
}

/** A new attachment: what the dead one left open is closed, what it did not finish is UNKNOWN. */
export function startsHost(world: World): void {
  if (world.host !== null) return
  const before = world.epochs
  if (before > 0) {
    if (world.rules.closesLeftOpen) withdrawOpen(world, before)
    append(world, 'ended', before)
    if (world.rules.saysUnknown) for (const entry of world.ledger.values()) entry.state ??= 'UNKNOWN'
    syncs(world)
  }
  if (world.rules.mintsEpoch || before === 0) world.epochs += 1
  world.count += 1
  world.isAgentUp = true
  world.host = {
    ...{ attachment: world.count, epoch: world.epochs, link: 'off', acked: 0, isPushing: false, isPolling: false },
    ...{ after: { number: 0, incarnation: 0 }, fetched: null, refused: new Set(), open: new Set(), settled: new Map() },
    ...{ answers: [], intake: [], acting: [], done: [] },
  }
}

function withdrawOpen(world: World, epoch: number): void {
  const open = new Set<number>()
  for (const { about, decision } of world.journal) {
    if (about === 'opened') open.add(decision)
    if (about === 'settled') open.delete(decision)
  }
  for (const decision of open) append(world, 'settled', epoch, decision, 'host')
}

/** The host lives on and says so; what the agent had asked has nobody to hear the answer. */
export function killsAgent(world: World, host: Host): void {
  if (!world.isAgentUp) return
  world.isAgentUp = false
  host.answers = []
  for (const decision of host.open) {
    host.settled.set(decision, 'host')
    append(world, 'settled', host.epoch, decision, 'host')
  }
  host.open.clear()
  append(world, 'ended', host.epoch)
}

/** Answers to an attachment that is gone reach nobody. */
export function hears(world: World, message: Extract<Message, { to: 'host' }>): void {
  const { host } = world
  if (host === null || host.attachment !== message.attachment) return
  switch (message.is) {
    case 'started':
      host.link = 'live'
      host.isPushing = false
      if (world.rules.startsWhereServerStands) host.acked = message.lastSeq
      return
    case 'pushed':
      host.isPushing = false
      host.acked = message.lastSeq
      return
    case 'gap':
      host.isPushing = false
      host.link = 'off'
      return
    case 'gone':
      host.isPolling = false
      host.fetched = null
      return
    case 'refused':
      host.isPushing = false
      host.refused.add(message.seq)
      return
    case 'fenced':
      host.isPushing = false
      host.link = message.currentEpoch < host.epoch && world.rules.comesBackAfterRestore ? 'off' : 'ended'
      return
    case 'commands':
      if (message.commands.length === 0) {
        host.isPolling = false
        host.after = message.after
        return
      }
      host.fetched = { commands: message.commands, ids: message.commands.map(({ id }) => id), after: message.after }
      return void send(world, { to: 'server', is: 'took', attachment: host.attachment, ids: host.fetched.ids })
    case 'given': {
      // Of an earlier reading: what it named is read again.
      if (host.fetched?.ids !== message.asked) return
      host.isPolling = false
      const { commands, after } = host.fetched
      host.after = after
      host.fetched = null
      host.intake.push(...commands.filter(({ id }) => !world.rules.runsWhatIsGiven || message.ids.includes(id)))
      return
    }
    case 'heard': {
      for (const entry of world.ledger.values()) if (entry.id === message.id && entry.state) entry.sent = true
    }
  }
}
