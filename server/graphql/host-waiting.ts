/**
 * Hosts that wait for commands in this process, and those that have just gone to ask again. Each holds one short record; one timer and one statement look after
 * all of them, for when a ring is lost or concerns everyone. Knows no command.
 */
import type { Bell, Watch } from '../live/bell.ts'
import { type HostLook, movedHosts } from '../store/host-commands.ts'
import type { Queued } from '../store/queue-command.ts'
import { hostTopic, trustTopic } from '../store/topic.ts'
import type { Context } from './context.ts'

/** A lost ring delays a command by no more than this. */
const SAFETY_MILLISECONDS = 2000
/** So long what a host was told is kept for its next poll, and rings for it are heard. */
const REST_MILLISECONDS = 10_000

export type Waiting = {
  /** Forgets the rings so far; call it before the look that the wait is for (L3). */
  mark(): void
  /**
   * Resolves with `some` when a look may say something else than when it gave `mark`, with the command that was queued here if that is why, and with `none` when
   * the time is over; rejects when the operation ends.
   */
  news(mark: string, milliseconds: number): Promise<Queued | 'some' | 'none'>
  /** What the host was told when its last wait was in vain, if it reads on from there; rings since then count. */
  rested(after: string | null): HostLook | null
  /** Its wait was in vain: keeps what it is told for when it asks again. */
  rest(seen: HostLook): void
  close(): void
}

type Waiter = { hostId: string; mark: string; wake: (news: Queued | 'some') => void }
type Rested = { seen: HostLook; watch: Watch; until: number }
type Room = {
  waiters: Set<Waiter>
  rested: Map<string, Rested>
  ring: Watch
  timer: NodeJS.Timeout
  database: Context['database']
}

const rooms = new WeakMap<Bell, Room>()

/** From here on until `close` a ring for the host counts. */
export function waitAsHost(context: Context, hostId: string): Waiting {
  const { bell } = context
  let watch: Watch | null = bell.watch(hostTopic(hostId))
  return {
    mark: () => watch?.mark(),
    close: () => watch?.close(),
    rested: (after) => {
      const room = rooms.get(bell)
      const kept = room?.rested.get(hostId)
      if (!room || !kept) return null
      room.rested.delete(hostId)
      const isSame = kept.seen.after === after
      const unused = isSame ? watch : kept.watch
      if (isSame) watch = kept.watch
      unused?.close()
      return isSame ? kept.seen : null
    },
    rest: (seen) => {
      const room = rooms.get(bell) ?? openRoom(context)
      room.rested.get(hostId)?.watch.close()
      if (watch) room.rested.set(hostId, { seen, watch, until: performance.now() + REST_MILLISECONDS })
      watch = null
    },
    news: (mark, milliseconds) =>
      new Promise((resolve, reject) => {
        const leave = (settle: () => void) => {
          if (!room.waiters.delete(waiter)) return
          release()
          settle()
        }
        const waiter: Waiter = { hostId, mark, wake: (news) => leave(() => resolve(news)) }
        const room = rooms.get(bell) ?? openRoom(context)
        room.waiters.add(waiter)
        const release = context.ends((why) => leave(() => reject(why)))
        void watch?.rung(milliseconds).then((isRung) => leave(() => resolve(isRung ? 'some' : 'none')))
      }),
  }
}

/** To who waits here for this host: it need not look for what has just been committed. Everyone else is rung for, as ever (L1). */
export function handToHost(bell: Bell, queued: Queued): void {
  for (const waiter of [...(rooms.get(bell)?.waiters ?? [])])
    if (waiter.hostId === queued.row.hostId) waiter.wake(queued)
}

// It outlives the poll that opens it, and looks for all.
function openRoom({ bell, shared: database }: Context): Room {
  const room: Room = {
    ...{ waiters: new Set(), rested: new Map(), ring: bell.watch(trustTopic), database },
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
    rested.watch.close()
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
  const waiting = [...room.waiters].map(({ hostId, mark }) => ({ id: hostId, mark }))
  if (waiting.length === 0) {
    if (room.rested.size === 0) closeRoom(bell, room)
    return
  }
  const moved = new Set(await room.database.read((tx) => movedHosts(tx, waiting)).catch(() => []))
  if (moved.size > 0) for (const waiter of [...room.waiters]) if (moved.has(waiter.hostId)) waiter.wake('some')
}
