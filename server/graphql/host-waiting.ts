/**
 * Hosts that wait for commands in this process, and those that have just gone to ask again. Each holds one short record; one timer and one statement look after
 * all of them, for when a ring is lost or concerns everyone. Knows no command.
 */
import type { Bell } from '../live/bell.ts'
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
  /** Another poll of the same host that waits. */
  beside: Place | null = null
  /** What it was told is known to stand up to this one of the room's rings for everyone. */
  room: Room | null = null
  heard = 0
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
  mark(room: Room): void {
    this.rung = null
    this.room = room
    this.heard = room.rings
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
  /** By host, for nearly all have one: the others stand beside it. */
  waiting: Map<string, Place>
  rested: Map<string, Place>
  /** So many concerned everyone. */
  rings: number
  /** A ring came since the look that is under way began. */
  isDue: boolean
  isLooking: boolean
  deaf: () => void
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
    mark: () => place?.mark(roomOf(bell, context.shared)),
    close: () => place?.close(),
    rested: (after) => {
      const kept = before ?? take(bell, hostId, after)
      if (!kept) return null
      if (kept !== place) place?.close()
      place = kept
      return kept.seen
    },
    rest: (seen) => {
      if (place) keep(roomOf(bell, context.shared), place, seen)
      place = null
    },
    news: (seen, milliseconds) =>
      new Promise((resolve, reject) => {
        const mine = place
        if (!mine) return resolve('none')
        mine.seen = seen
        const room = roomOf(bell, context.shared)
        const leave = (settle: () => void) => {
          if (!mine.wake) return
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
  const room = roomOf(bell, database)
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
  for (const place of of(rooms.get(bell), queued.row.hostId)) place.ring(queued)
}

/** How many polls of this host wait in this process. */
export const waitsOf = (bell: Bell, hostId: string): number => of(rooms.get(bell), hostId).length

/** Whoever is rung meanwhile leaves. */
function of(room: Room | undefined, hostId: string): Place[] {
  const found: Place[] = []
  for (let place = room?.waiting.get(hostId) ?? null; place; place = place.beside) found.push(place)
  return found
}

/** `over`: once, when something is rung or the time is over. What was rung already is heard at once. */
function wait(room: Room, place: Place, milliseconds: number, over: () => void): void {
  place.beside = room.waiting.get(place.hostId) ?? null
  room.waiting.set(place.hostId, place)
  place.wake = over
  place.timer = setTimeout(over, milliseconds)
  if (place.rung) over()
  else if (!isCurrent(room, place)) void lookAgain(place.bell, room)
}

function stand(room: Room, place: Place): void {
  if (!place.wake) return
  const { hostId, beside } = place
  const before = of(room, hostId).find((one) => one.beside === place)
  if (before) before.beside = beside
  else if (beside) room.waiting.set(hostId, beside)
  else room.waiting.delete(hostId)
  place.beside = null
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
  // Rung for everyone while it was looked for: its next poll looks.
  if (!isCurrent(room, place)) {
    place.close()
    return
  }
  room.rested.get(place.hostId)?.close()
  place.seen = seen
  place.until = performance.now() + REST_MILLISECONDS
  room.rested.set(place.hostId, place)
}

const isCurrent = (room: Room, place: Place): boolean => place.room === room && place.heard === room.rings

const roomOf = (bell: Bell, database: Context['database']): Room => rooms.get(bell) ?? openRoom(bell, database)

// It outlives the poll that opens it, and looks for all.
function openRoom(bell: Bell, database: Context['database']): Room {
  const room: Room = {
    ...{ waiting: new Map(), rested: new Map(), rings: 0, isDue: false, isLooking: false, database },
    // Whoever is revoked or limited, it concerns one of many: those that it concerns are woken, and not everyone who waits.
    deaf: bell.listen(trustTopic, () => {
      room.rings += 1
      forget(room, Number.POSITIVE_INFINITY)
      void lookAgain(bell, room)
    }),
    timer: setInterval(() => void look(bell, room), SAFETY_MILLISECONDS),
  }
  room.timer.unref()
  rooms.set(bell, room)
  return room
}

function closeRoom(bell: Bell, room: Room): void {
  clearInterval(room.timer)
  rooms.delete(bell)
  room.deaf()
}

/** Those that have not come back by now; all of them where anything may have changed for anyone. */
function forget(room: Room, until: number): void {
  for (const [hostId, rested] of room.rested) {
    if (rested.until > until) continue
    rested.close()
    room.rested.delete(hostId)
  }
}

// What a look has read may be from before a ring that came meanwhile: one more follows it, for all of those (L3).
async function lookAgain(bell: Bell, room: Room): Promise<void> {
  room.isDue = true
  if (room.isLooking) return
  room.isLooking = true
  while (room.isDue && rooms.get(bell) === room) {
    room.isDue = false
    await look(bell, room)
  }
  room.isLooking = false
}

/** Those that the store has news for go and read it. A database that does not answer is found out by whoever reads. */
async function look(bell: Bell, room: Room): Promise<void> {
  forget(room, performance.now())
  const { rings } = room
  const places = [...room.waiting.keys()].flatMap((hostId) => of(room, hostId))
  if (places.length === 0) {
    if (room.rested.size === 0) closeRoom(bell, room)
    return
  }
  const waiting = places.map(({ hostId, seen }) => ({ id: hostId, mark: seen?.mark ?? '' }))
  const found = await room.database.read((tx) => movedHosts(tx, waiting)).catch(() => null)
  if (!found) return
  const moved = new Set(found)
  for (const place of places) {
    if (moved.has(place.hostId)) {
      if (place.wake) place.ring('some')
    } else if (place.room === room && place.heard < rings) place.heard = rings
  }
}
