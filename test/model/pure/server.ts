// The server of the pure machine: a request arrives, then commits or is lost with its process. Reads and writes one database.
import {
  type Ask,
  type Command,
  type Database,
  type Event,
  isSettled,
  type Message,
  type Request,
  ring,
  type State,
  send,
  violate,
  type World,
} from './world.ts'

const page = 3

/** The request is read; nothing is stored yet. */
export function arrives(world: World, request: Request): void {
  if (!world.isServerUp) return
  const { rules, database } = world
  if (request.is === 'push' && !rules.acknowledgesAfterCommit && problem(world, request) === null)
    send(world, { to: 'host', is: 'pushed', attachment: request.attachment, lastSeq: lastOf(request.events) })
  if (request.is === 'push' && !rules.ringsAfterCommit) ring(world)
  const isRaced = request.is === 'command' && !rules.locksDecision
  world.pending.push(isRaced ? { ...request, verdict: isFree(database, request.ask) } : request)
}

/** The oldest transaction ends, in one step: all of it or nothing. */
export function commits(world: World): void {
  const request = world.pending.shift()
  if (request === undefined || !world.isServerUp) return
  if (world.isCommitFailing) {
    world.isCommitFailing = false
    return
  }
  switch (request.is) {
    case 'start':
      return void start(world, request)
    case 'push':
      return void push(world, request)
    case 'poll':
      return void poll(world, request)
    case 'took':
      for (const { id, state } of [...world.database.commands])
        if (state === 'QUEUED' && request.ids.includes(id)) change(world.database, id, 'DELIVERED')
      return void given(world, request)
    case 'settle':
      settle(world.database, request.id, request.state, world.rules.reopens)
      return void send(world, { to: 'host', is: 'heard', attachment: request.attachment, id: request.id })
    case 'command':
      return void command(world, request.ask, request.verdict)
  }
}

/** What it may carry out: what was refused or lost between the reading and the taking is not among them. */
function given(world: World, { attachment, ids }: Extract<Message, { is: 'took' }>): void {
  // A name that is not there: the host reads again, and nothing of this reading is carried out.
  if (!ids.every((id) => world.database.commands.some((each) => each.id === id)))
    return void send(world, { to: 'host', is: 'gone', attachment })
  const delivered = world.database.commands.filter(({ id, state }) => state === 'DELIVERED' && ids.includes(id))
  send(world, { to: 'host', is: 'given', attachment, asked: ids, ids: delivered.map(({ id }) => id) })
}

function start(world: World, { attachment, epoch }: Extract<Message, { is: 'start' }>): void {
  const { database, rules } = world
  const isTaken = epoch === database.epoch && attachment !== database.attachment
  if (rules.fences && (epoch < database.epoch || isTaken))
    return void send(world, { to: 'host', is: 'fenced', attachment, currentEpoch: database.epoch })
  if (epoch > database.epoch) {
    for (const [id, { isOpen }] of database.decisions) if (isOpen) close(world, id, 'host')
  }
  database.epoch = epoch
  database.attachment = attachment
  send(world, { to: 'host', is: 'started', attachment, lastSeq: lastOf(database.log) })
}

const lastOf = (events: Event[]): number => events.at(-1)?.seq ?? 0

function problem(world: World, push: Extract<Message, { is: 'push' }>): 'fenced' | 'gap' | number | null {
  const { database, rules } = world
  if (rules.fences && (push.epoch !== database.epoch || push.attachment !== database.attachment)) return 'fenced'
  const last = lastOf(database.log)
  const fresh = push.events.filter(({ seq }) => seq > last)
  if (rules.refusesGap && fresh[0] !== undefined && fresh[0].seq !== last + 1) return 'gap'
  return fresh.find(({ about }) => about === 'poison')?.seq ?? null
}

function push(world: World, request: Extract<Message, { is: 'push' }>): void {
  const { database, rules } = world
  const { attachment } = request
  const wrong = problem(world, request)
  if (typeof wrong === 'number') return void send(world, { to: 'host', is: 'refused', attachment, seq: wrong })
  if (wrong === 'gap') return void send(world, { to: 'host', is: wrong, attachment })
  if (wrong === 'fenced') return void send(world, { to: 'host', is: wrong, attachment, currentEpoch: database.epoch })
  const last = lastOf(database.log)
  const fresh = rules.dedupes ? request.events.filter(({ seq }) => seq > last) : request.events
  for (const event of fresh) {
    database.log.push(event)
    if (event.about === 'opened')
      database.decisions.set(event.decision, { epoch: event.epoch, isOpen: true, proposal: null, winner: null })
    if (event.about === 'settled') close(world, event.decision, event.winner)
  }
  if (rules.ringsAfterCommit && fresh.length > 0) ring(world)
  if (rules.acknowledgesAfterCommit)
    send(world, { to: 'host', is: 'pushed', attachment, lastSeq: lastOf(database.log) })
}

function close({ database }: World, id: number, winner: string): void {
  const decision = database.decisions.get(id)
  if (!decision?.isOpen) return
  Object.assign(decision, { isOpen: false, winner, proposal: null })
  for (const { id: other, key, decision: of, state } of database.commands)
    if (of === id && key !== winner && !isSettled(state)) change(database, other, 'SUPERSEDED')
}

const change = (database: Database, id: string, state: State): void => {
  for (const command of database.commands) if (command.id === id) command.state = state
}

export function settle(database: Database, id: string, state: State, reopens: boolean): void {
  const command = database.commands.find((each) => each.id === id)
  if (command === undefined || isSettled(command.state)) return
  change(database, id, state)
  const decision = database.decisions.get(command.decision)
  if (reopens && decision?.isOpen && decision.proposal === id && (state === 'REFUSED' || state === 'UNKNOWN'))
    decision.proposal = null
}

function poll(world: World, { attachment, after }: Extract<Message, { is: 'poll' }>): void {
  const { commands, revoked, incarnation } = world.database
  const isFitting = !world.rules.placeMustFit || after.incarnation === incarnation
  const from = isFitting ? after.number : 0
  const found = commands.filter(({ number, state }) => number > from && !isSettled(state)).slice(0, page)
  const taken = found.find(({ device, state }) => revoked.has(device) && state === 'QUEUED')
  if (taken) violate(world, 'silence', `${taken.id} goes to the host after its device was revoked`)
  const last = found.at(-1)
  const place = { number: last?.number ?? from, incarnation }
  send(world, { to: 'host', is: 'commands', attachment, commands: found.map((each) => ({ ...each })), after: place })
}

const standing = (database: Database, decision: number): Command | undefined => {
  const id = database.decisions.get(decision)?.proposal
  return id ? database.commands.find((each) => each.id === id) : undefined
}

/** Nobody has answered yet, or a deny comes before the approve is applied (D2). */
function isFree(database: Database, { decision, epoch, about }: Ask): boolean {
  const row = database.decisions.get(decision)
  if (!row?.isOpen || row.epoch !== epoch) return false
  const first = standing(database, decision)
  return first === undefined || (about === 'deny' && first.about !== 'deny' && first.state !== 'APPLIED')
}

function command(world: World, ask: Ask, verdict: boolean | undefined): void {
  const { database, rules } = world
  const { device, key, about, decision, epoch } = ask
  if (database.revoked.has(device)) {
    if (rules.revocationEndsCommands) return
    violate(world, 'silence', `a command of device ${device} is taken after it was revoked`)
  }
  const before = rules.keysAreOne ? database.commands.find((each) => each.key === key) : undefined
  if (before === undefined) {
    const number = database.commands.length + 1
    world.count += 1
    const id = `c${world.count}`
    const isAnswer = about !== 'prompt'
    const wins = !isAnswer || (verdict ?? isFree(database, ask))
    const row = database.decisions.get(decision)
    if (isAnswer && wins && row) {
      const first = standing(database, decision)
      if (first && !isSettled(first.state) && verdict === undefined) first.state = 'SUPERSEDED'
      if (first && verdict && !isSettled(first.state) && about !== 'deny')
        violate(world, 'oneEffect', `${first.id} and ${id} are both what decision ${decision} proposes`)
      row.proposal = id
    }
    database.commands.push({
      id,
      key: rules.keysAreOne ? key : `${key}#${number}`,
      number,
      device,
      about,
      decision,
      epoch,
      state: wins ? 'QUEUED' : 'SUPERSEDED',
    })
  }
  send(world, { to: 'device', is: 'made', device, key })
}

/** What the device may no longer see ends, and what it asked for and nobody fetched is refused (T3). */
export function revokes(world: World, device: number): void {
  const { database, rules } = world
  if (!world.isServerUp || database.revoked.has(device)) return
  database.revoked.add(device)
  if (rules.revocationEndsStreams) for (const viewer of world.viewers) if (viewer.device === device) viewer.isOn = false
  if (!rules.revocationEndsCommands) return
  for (const { id, device: from, state } of [...database.commands])
    if (from === device && state === 'QUEUED') settle(database, id, 'REFUSED', rules.reopens)
}
