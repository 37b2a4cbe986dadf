/**
 * Hosts that wait for commands in this process, and those that have just gone to ask again. Each holds one short record; one timer and one statement look after
 * all of them, for when a ring is lost or concerns everyone. Knows no command.
 */
import type { Bell, Watch } from '../live/bell.ts'
import { type HostLook, movedHosts } from '../store/host-commands.ts'
import type { Queued } from '../store/queue-command.ts'
import { hostTopic, trustTopic } from '../store/topic.ts'
import type { Context, Parts } from './context.ts'
import type { Parked } from './parking.ts'

/** A lost ring delays a command by no more than this. */
const SAFETY_MILLISECONDS = 2000
/** So long what a host was told is kept for its next poll, and rings for it are heard. */
const REST_MILLISECONDS = 10_000

export type Waiting = {
  /** When a wait that began before the operation is over; null when none did. */
  readonly deadline: number | null
  /** Forgets the rings so far; call it before the look that the wait is for (L3). */
  mark(): void
  /**
   * Resolves with `some` when a look may say something else than when it gave `seen`, with the command that was queued here if that is why, and with `none` when
   * the time is over; rejects when the operation ends.
   */
  news(seen: HostLook, milliseconds: number): Promise<Queued | 'some' | 'none'>
  /** What the host was told when it was last told of nothing, if it reads on from there; rings since then count. */
  rested(after: string | null): HostLook | null
  /** It was told of nothing: keeps that for when it asks again. */
  rest(seen: HostLook): void
  close(): void
}

/** Where a host stands. It waits while it can be woken, and rests until `until` while it has gone to ask again. */
class Place {
  readonly bell: Bell
  readonly hostId: string
  seen: HostLook | null = null
  /** What came since the mark. */
  rung: Queued | 'some' | null = null
  wake: (() => void) | null = null
  until = 0
  timer: NodeJS.Timeout | null = null
  private deaf: (() => void) | null = null

  constructor(bell: Bell, hostId: string) {
    this.bell = bell
    this.hostId = hostId
    this.listen()
  }

  private listen(): void {
    this.deaf ??= this.bell.listen(hostTopic(this.hostId), () => this.ring('some'))
  }

  /** Forgets what was rung, and hears what is rung from here on. */
  mark(): void {
    this.rung = null
    this.listen()
  }

  ring(news: Queued | 'some'): void {
    this.rung = this.rung === null ? news : 'some'
    // What was handed over stands: its own ring, which comes behind it, says nothing more.
    if (news !== 'some') this.close()
    this.wake?.()
  }

  close(): void {
    this.deaf?.()
    this.deaf = null
  }
}

type Room = {
  waiting: Set<Place>
  rested: Map<string, Place>
  ring: Watch
  timer: NodeJS.Timeout
  database: Context['database']
}

const rooms = new WeakMap<Bell, Room>()
/** The places of those who have waited before their operation, for the operation. */
const resumed = new WeakMap<Context, Place>()

/** From here on until `close` a ring for the host counts. */
export function waitAsHost(context: Context, hostId: string): Waiting {
  const { bell } = context
  const before = resumed.get(context)
  resumed.delete(context)
  let place: Place | null = before ?? new Place(bell, hostId)
  return {
    deadline: before?.until ?? null,
    mark: () => place?.mark(),
    close: () => place?.close(),
    rested: (after) => {
      const kept = before ?? take(bell, hostId, after)
      if (!kept) return null
      if (kept !== place) place?.close()
      place = kept
      return kept.seen
    },
    rest: (seen) => {
      if (place) keep(rooms.get(bell) ?? openRoom(context, context.shared), place, seen)
      place = null
    },
    news: (seen, milliseconds) =>
      new Promise((resolve, reject) => {
        const mine = place
        if (!mine) return resolve('none')
        mine.seen = seen
        const room = rooms.get(bell) ?? openRoom(context, context.shared)
        const leave = (settle: () => void) => {
          if (!room.waiting.has(mine)) return
          stand(room, mine)
          release()
          settle()
        }
        const release = context.ends((why) => leave(() => reject(why)))
        wait(room, mine, milliseconds, () => leave(() => resolve(mine.rung ?? 'none')))
      }),
  }
}

/**
 * The same wait before its operation, for a host that reads on from where it was told of nothing. Null for any other, and when something was rung since: then
 * the operation has something to look for.
 */
export function parkAsHost(
  { bell, database }: Parts,
  asked: { hostId: string; after: string | null; milliseconds: number },
  go: () => void,
): Parked | null {
  if (rooms.get(bell)?.rested.get(asked.hostId)?.rung) return null
  const place = take(bell, asked.hostId, asked.after)
  if (!place) return null
  const room = rooms.get(bell) ?? openRoom({ bell }, database)
  place.until = performance.now() + asked.milliseconds
  wait(room, place, asked.milliseconds, () => {
    stand(room, place)
    go()
  })
  let taken: Context | null = null
  return {
    resume: (context) => {
      taken = context
      resumed.set(context, place)
    },
    leave: () => {
      // The operation has it.
      if (taken && !resumed.delete(taken)) return
      stand(room, place)
      place.close()
    },
  }
}

/** To who waits here for this host: it need not look for what has just been committed. Everyone else is rung for, as ever (L1). */
export function handToHost(bell: Bell, queued: Queued): void {
  for (const place of rooms.get(bell)?.waiting ?? []) if (place.hostId === queued.row.hostId) place.ring(queued)
}

/** How many polls of this host wait in this process. */
export const waitsOf = (bell: Bell, hostId: string): number =>
  [...(rooms.get(bell)?.waiting ?? [])].filter((place) => place.hostId === hostId).length

/** `over`: once, when something is rung or the time is over. What was rung already is heard at once. */
function wait(room: Room, place: Place, milliseconds: number, over: () => void): void {
  room.waiting.add(place)
  place.wake = over
  place.timer = setTimeout(over, milliseconds)
  if (place.rung) over()
}

function stand(room: Room, place: Place): void {
  room.waiting.delete(place)
  place.wake = null
  if (place.timer) clearTimeout(place.timer)
  place.timer = null
}

/** Whoever comes back from another place than the one that is kept begins anew. */
function take(bell: Bell, hostId: string, after: string | null): Place | null {
  const rested = rooms.get(bell)?.rested
  const kept = rested?.get(hostId)
  if (!rested || !kept) return null
  rested.delete(hostId)
  if (kept.seen?.after === after) return kept
  kept.close()
  return null
}

function keep(room: Room, place: Place, seen: HostLook): void {
  room.rested.get(place.hostId)?.close()
  place.seen = seen
  place.until = performance.now() + REST_MILLISECONDS
  room.rested.set(place.hostId, place)
}

// It outlives the poll that opens it, and looks for all.
function openRoom({ bell }: { bell: Bell }, database: Context['database']): Room {
  const room: Room = {
    ...{ waiting: new Set(), rested: new Map(), ring: bell.watch(trustTopic), database },
    timer: setInterval(() => void look(bell, room), SAFETY_MILLISECONDS),
  }
  room.timer.unref()
  rooms.set(bell, room)
  void listen(bell, room)
  return room
}

function closeRoom(bell: Bell, room: Room): void {
  clearInterval(room.timer)
  rooms.delete(bell)
  room.ring.close()
}

/** Those that have not come back by now; all of them where anything may have changed for anyone. */
function forget(room: Room, until: number): void {
  for (const [hostId, rested] of room.rested) {
    if (rested.until > until) continue
    rested.close()
    room.rested.delete(hostId)
  }
}

// Whoever is revoked or limited, it concerns one of many: those that it concerns are woken, and not everyone who waits.
async function listen(bell: Bell, room: Room): Promise<void> {
  while (rooms.get(bell) === room) {
    room.ring.mark()
    if (!(await room.ring.rung(SAFETY_MILLISECONDS * 30))) continue
    forget(room, Number.POSITIVE_INFINITY)
    await look(bell, room)
  }
}

/** Those that the store has news for go and read it. A database that does not answer is found out by whoever reads. */
async function look(bell: Bell, room: Room): Promise<void> {
  forget(room, performance.now())
  const waiting = [...room.waiting].map(({ hostId, seen }) => ({ id: hostId, mark: seen?.mark ?? '' }))
  if (waiting.length === 0) {
    if (room.rested.size === 0) closeRoom(bell, room)
    return
  }
  const moved = new Set(await room.database.read((tx) => movedHosts(tx, waiting)).catch(() => []))
  if (moved.size > 0) for (const place of [...room.waiting]) if (moved.has(place.hostId)) place.ring('some')
}
