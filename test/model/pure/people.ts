// Devices that ask and viewers that read, in the pure machine.
import { type Asked, isSettled, send, violate, type World } from './world.ts'

const page = 3

/** A device asks under a key of its own; it keeps the ask until it knows the end. */
export function deviceAsks(world: World, about: Asked, a: number, b: number): void {
  const device = a % world.sent.length
  const known = [...world.database.decisions]
  const [decision, row] = known[b % known.length] ?? [0, undefined]
  if (about !== 'prompt' && row === undefined) return
  world.count += 1
  const ask = {
    device,
    key: `k${world.count}`,
    about,
    decision: about === 'prompt' ? 0 : decision,
    epoch: row?.epoch ?? 0,
  }
  world.sent[device]?.push({ ask, isMade: false, state: null })
  send(world, { to: 'server', is: 'command', ask })
}

/** The same key again, whether or not it was heard before (C1). */
export function deviceResends(world: World, a: number, b: number): void {
  const mine = world.sent[a % world.sent.length] ?? []
  const sent = mine[b % mine.length]
  if (sent && sent.state === null) send(world, { to: 'server', is: 'command', ask: sent.ask })
}

/** The list of the device's commands as the server shows it: snapshot and changes. */
export function deviceLooks(world: World, device: number): void {
  for (const sent of world.sent[device] ?? []) {
    const row = world.database.commands.find(({ key }) => key === sent.ask.key || key.startsWith(`${sent.ask.key}#`))
    if (row && isSettled(row.state)) sent.state = row.state
  }
}

/** One pull in two halves, so that a ring can fall between them (L3). */
export function views(world: World, a: number): void {
  const viewer = world.viewers[a % world.viewers.length]
  if (!viewer?.isOn || !world.isServerUp) return
  const { rules, database } = world
  if (viewer.page === null) {
    if (!viewer.isRung) return
    if (rules.marksBeforeRead) viewer.isRung = false
    const from = viewer.log.at(-1)?.seq ?? 0
    viewer.page = database.log.filter(({ seq }) => seq > from).slice(0, page)
    return
  }
  const isMore = viewer.page.length === page
  if (viewer.page.length > 0 && database.revoked.has(viewer.device))
    violate(world, 'silence', `device ${viewer.device} is shown events after it was revoked`)
  viewer.log.push(...viewer.page)
  viewer.page = null
  if (!rules.marksBeforeRead) viewer.isRung = false
  // A tail reads until there is nothing, then waits.
  if (isMore) viewer.isRung = true
  deviceLooks(world, viewer.device)
}

/** The page comes back and goes on from its own last number (L6). */
export function cutsViewer(world: World, a: number): void {
  const viewer = world.viewers[a % world.viewers.length]
  if (!viewer?.isOn) return
  viewer.page = null
  viewer.isRung = true
  if (world.rules.resumesFromCursor || viewer.log.length === 0) return
  // Broken: it asks from one earlier and does not drop what it has.
  const last = viewer.log.at(-1)
  if (last) viewer.log.push(last)
}
