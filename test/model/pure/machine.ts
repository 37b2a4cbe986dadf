// One step of the pure machine, and the healing after which everything must agree. Deterministic: no clock, no chance, no outside.
import type { Step } from '../steps.ts'
import * as host from './host.ts'
import { cutsViewer, deviceAsks, deviceLooks, deviceResends, views } from './people.ts'
import { arrives, commits, revokes, settle } from './server.ts'
import { copyOf, devices, type Host, type Message, send, violate, type World } from './world.ts'

/** True when the step did something; false when there was nothing for it to happen to. */
export function apply(world: World, { kind, a, b }: Step): boolean {
  const at = world.host
  switch (kind) {
    case 'says':
    case 'saysPoison':
      return on(at, (here) => host.says(world, here, kind === 'saysPoison'))
    case 'asks':
      return on(at, (here) => host.asks(world, here))
    case 'syncs':
      return at !== null && world.synced < world.journal.length ? done(() => host.syncs(world)) : false
    case 'pushes':
      return on(at, (here) => host.pushes(world, here, (b & 3) === 0))
    case 'polls':
      return on(at, (here) => host.polls(world, here, (b & 3) === 0))
    case 'intends':
      return on(at?.intake.length ? at : null, (here) => host.intends(world, here))
    case 'acts':
      return on(at?.acting.length ? at : null, (here) => host.acts(world, here))
    case 'results':
      return on(at?.done.length ? at : null, (here) => host.results(world, here))
    case 'tells':
      return on(at, (here) => host.tells(world, here, a))
    case 'tellsAgent':
      return on(at?.answers.length ? at : null, (here) => host.tellsAgent(world, here))
    case 'delivers':
      // Mostly in order: a network that only shuffles lets nothing come through.
      return travels(world, a, b)
    case 'commits':
      return world.pending.length > 0 ? done(() => commits(world)) : false
    case 'views':
      return done(() => views(world, a))
    case 'terminalAnswers':
      return on(at, (here) => host.terminalAnswers(world, here, a))
    case 'terminalPrompts':
      return on(at, (here) => host.says(world, here, false))
    case 'deviceAllows':
      return done(() => deviceAsks(world, 'allow', a, b))
    case 'deviceDenies':
      return done(() => deviceAsks(world, 'deny', a, b))
    case 'devicePrompts':
      return done(() => deviceAsks(world, 'prompt', a, b))
    case 'deviceErrs':
      return done(() => deviceAsks(world, 'wrong', a, b))
    case 'deviceResends':
      return done(() => deviceResends(world, a, b))
    case 'losesMessage':
    case 'losesReply':
      return take(world, a, kind === 'losesReply') !== undefined
    case 'repeatsMessage': {
      const message = world.network[a % world.network.length]
      return message ? done(() => world.network.push(message)) : false
    }
    case 'delaysMessage': {
      const message = take(world, a)
      return message ? done(() => world.network.push(message)) : false
    }
    default:
      return fault(world, kind, a)
  }
}

function fault(world: World, kind: Step['kind'], a: number): boolean {
  const at = world.host
  switch (kind) {
    case 'cutsNetwork':
      if (world.isCut) return false
      world.isCut = true
      world.network = []
      return true
    case 'mendsNetwork':
      if (!world.isCut) return false
      world.isCut = false
      return true
    case 'cutsViewer':
      return done(() => cutsViewer(world, a))
    case 'killsHost':
      return on(at, () => host.killsHost(world))
    case 'startsHost':
      return at === null ? done(() => host.startsHost(world)) : false
    case 'killsAgent':
      return on(world.isAgentUp ? at : null, (here) => host.killsAgent(world, here))
    case 'killsServer':
      if (!world.isServerUp) return false
      world.isServerUp = false
      world.pending = []
      return true
    case 'startsServer':
      return startsServer(world)
    case 'failsCommit':
      world.isCommitFailing = world.pending.length > 0
      return world.isCommitFailing
    case 'losesBell':
      world.isBellLost = true
      return true
    case 'backsUp':
      world.backup = copyOf(world.database)
      return true
    case 'restores':
      return restores(world)
    case 'revokes':
      // Seldom the first: somebody must be left to look.
      return a % 2 === 0 ? done(() => revokes(world, 1 + (a % (devices - 1)))) : false
    case 'zombieSpeaks':
      return zombieSpeaks(world, a)
    default:
      return false
  }
}

const on = (at: Host | null, act: (host: Host) => void): boolean => (at === null ? false : done(() => act(at)))

/** Up to four messages, the later ones with the commit of what they ask: else a round trip takes most of a history. */
function travels(world: World, a: number, b: number): boolean {
  if (!deliver(world, take(world, b & 3 ? 0 : a))) return false
  for (let more = (b >> 2) & 3; more > 0; more -= 1) {
    commits(world)
    deliver(world, take(world, 0))
  }
  return true
}

function done(act: () => unknown): true {
  act()
  return true
}

function take(world: World, a: number, isReply?: boolean): Message | undefined {
  const { network } = world
  if (network.length === 0) return undefined
  const from = a % network.length
  const found = isReply === undefined ? from : network.findIndex(({ to }) => (to === 'server') !== isReply)
  return found < 0 ? undefined : network.splice(found, 1)[0]
}

function deliver(world: World, message: Message | undefined): boolean {
  if (message === undefined) return false
  if (message.to === 'server') arrives(world, message)
  else if (message.to === 'host') {
    const isAcknowledgement = message.is === 'pushed' && world.host?.attachment === message.attachment
    if (isAcknowledgement && message.lastSeq > world.database.log.length)
      violate(world, 'acknowledged', `${message.lastSeq} is acknowledged, ${world.database.log.length} are stored`)
    host.hears(world, message)
  } else for (const sent of world.sent[message.device] ?? []) if (sent.ask.key === message.key) sent.isMade = true
  return true
}

function startsServer(world: World): boolean {
  if (world.isServerUp) return false
  world.isServerUp = true
  // Every page is connected anew, and reads.
  for (const viewer of world.viewers) Object.assign(viewer, { page: null, isRung: true })
  return true
}

/** An older dump takes the database's place; revocations are asserted again by the hosts before anyone is served. */
function restores(world: World): boolean {
  if (world.backup === null) return false
  const { revoked } = world.database
  world.count += 1
  world.database = { ...copyOf(world.backup), revoked, incarnation: world.count }
  world.pending = []
  // What fenced a zombie is forgotten as well: nothing can tell its words from the true ones then, so it does not speak.
  world.network = world.network.filter(
    (message) => message.to === 'server' && !('attachment' in message && message.attachment < 0),
  )
  world.wasRestored = true
  if (world.rules.doubtsQueued)
    for (const command of world.database.commands) if (command.state === 'QUEUED') command.state = 'DELIVERED'
  if (world.rules.revocationEndsCommands)
    for (const { id, device, state } of [...world.database.commands])
      if (revoked.has(device) && state === 'QUEUED') settle(world.database, id, 'REFUSED', world.rules.reopens)
  for (const viewer of world.viewers) Object.assign(viewer, { page: null, isRung: true })
  if (world.host && world.host.link !== 'ended') Object.assign(world.host, { link: 'off', isPushing: false })
  return true
}

/** A process of an older epoch that was taken for dead, with events that only it has. */
function zombieSpeaks(world: World, a: number): boolean {
  const { epoch } = world.database
  if (epoch < 2) return false
  world.count += 1
  const seq = world.database.log.length + 1
  const event = { seq, id: world.count, epoch: epoch - 1, about: 'text', decision: 0, winner: '' } as const
  if (a % 2) send(world, { to: 'server', is: 'start', attachment: -1, epoch: epoch - 1 })
  send(world, { to: 'server', is: 'push', attachment: -1, epoch: epoch - 1, events: [event] })
  return true
}

/** Everything works again, and everybody does what they would do by themselves until nothing moves. */
export function heal(world: World): void {
  Object.assign(world, { isCut: false, isCommitFailing: false, isBellLost: false })
  startsServer(world)
  host.startsHost(world)
  const at = world.host as Host
  Object.assign(at, { isPushing: false, isPolling: false })
  if (at.link !== 'ended') at.link = 'off'
  // A ring that was lost on the way is made up for by the safety poll.
  if (world.wasBellLost) for (const viewer of world.viewers) viewer.isRung = true
  for (let device = 0; device < devices; device += 1) {
    if (world.database.revoked.has(device)) continue
    for (const sent of world.sent[device] ?? [])
      if (sent.state === null) send(world, { to: 'server', is: 'command', ask: sent.ask })
  }
  for (let round = 0, quiet = 0; round < 400 && quiet < 3; round += 1) quiet = turn(world, at) ? 0 : quiet + 1
  for (let device = 0; device < devices; device += 1)
    if (!world.database.revoked.has(device)) deviceLooks(world, device)
}

function turn(world: World, at: Host): boolean {
  let moved = false
  const did = (is: boolean) => {
    moved ||= is
  }
  if (world.synced < world.journal.length) did(done(() => host.syncs(world)))
  if (!at.isPushing && (at.link === 'off' || at.acked < world.synced)) did(done(() => host.pushes(world, at, false)))
  if (!at.isPolling) host.polls(world, at, false)
  for (; world.network.length > 0; ) {
    const [next] = world.network
    // A poll that finds nothing moves nothing.
    const isIdle = next?.is === 'poll' || (next?.is === 'commands' && next.commands.length === 0)
    deliver(world, world.network.shift())
    did(!isIdle)
  }
  for (; world.pending.length > 0; ) commits(world)
  for (; at.intake.length > 0; ) host.intends(world, at)
  for (; at.acting.length > 0; ) host.acts(world, at)
  if (at.answers.length > 0 || at.done.length > 0) moved = true
  host.syncs(world)
  for (; at.answers.length > 0; ) host.tellsAgent(world, at)
  for (; at.done.length > 0; ) host.results(world, at)
  for (const entry of world.ledger.values())
    if (entry.state !== null && !entry.sent) {
      host.tells(world, at, 0)
      did(true)
      break
    }
  for (let each = 0; each < world.viewers.length; each += 1)
    for (let at = world.viewers[each]; at?.isOn && (at.isRung || at.page); ) views(world, each)
  return moved
}
