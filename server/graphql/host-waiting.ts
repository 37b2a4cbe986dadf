/**
 * Hosts that wait for commands in this process. Each holds one short record; one timer and one statement look after all of them, for when a ring is lost or
 * concerns everyone. Knows no command.
 */
import type { Bell, Watch } from '../live/bell.ts'
import { movedHosts } from '../store/host-commands.ts'
import type { Queued } from '../store/queue-command.ts'
import { hostTopic, trustTopic } from '../store/topic.ts'
import type { Context } from './context.ts'

/** A lost ring delays a command by no more than this. */
const SAFETY_MILLISECONDS = 2000

export type Waiting = {
  /** Forgets the rings so far; call it before the look that the wait is for (L3). */
  mark(): void
  /**
   * Resolves when a look may say something else than when it gave `mark`, and when the time is over; rejects when the operation ends. With the command that was
   * queued here meanwhile, if that is the reason.
   */
  news(mark: string, milliseconds: number): Promise<Queued | null>
  close(): void
}

type Waiter = { hostId: string; mark: string; wake: (queued: Queued | null) => void }
type Room = { waiters: Set<Waiter>; ring: Watch; timer: NodeJS.Timeout; database: Context['database'] }

const rooms = new WeakMap<Bell, Room>()

/** From here on until `close` a ring for the host counts. */
export function waitAsHost(context: Context, hostId: string): Waiting {
  const watch = context.bell.watch(hostTopic(hostId))
  return {
    mark: () => watch.mark(),
    close: () => watch.close(),
    news: (mark, milliseconds) =>
      new Promise((resolve, reject) => {
        const leave = (settle: () => void) => {
          if (!room.waiters.delete(waiter)) return
          if (room.waiters.size === 0) closeRoom(context.bell, room)
          release()
          settle()
        }
        const waiter: Waiter = { hostId, mark, wake: (queued) => leave(() => resolve(queued)) }
        const room = rooms.get(context.bell) ?? openRoom(context)
        room.waiters.add(waiter)
        const release = context.ends((why) => leave(() => reject(why)))
        void watch.rung(milliseconds).then(() => waiter.wake(null))
      }),
  }
}

/** To who waits here for this host: it need not look for what has just been committed. Everyone else is rung for, as ever (L1). */
export function handToHost(bell: Bell, queued: Queued): void {
  for (const waiter of [...(rooms.get(bell)?.waiters ?? [])])
    if (waiter.hostId === queued.row.hostId) waiter.wake(queued)
}

function openRoom({ bell, database }: Context): Room {
  const ring = bell.watch(trustTopic)
  const room: Room = {
    waiters: new Set(),
    ring,
    database,
    timer: setInterval(() => void look(room), SAFETY_MILLISECONDS),
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

// Whoever is revoked or limited, it concerns one of many: those that it concerns are woken, and not everyone who waits.
async function listen(bell: Bell, room: Room): Promise<void> {
  while (rooms.get(bell) === room) {
    room.ring.mark()
    if (await room.ring.rung(SAFETY_MILLISECONDS * 30)) await look(room)
  }
}

/** Those that the store has news for go and read it. A database that does not answer is found out by whoever reads. */
async function look(room: Room): Promise<void> {
  const waiting = [...room.waiters].map(({ hostId, mark }) => ({ id: hostId, mark }))
  if (waiting.length === 0) return
  const moved = new Set(await room.database.read((tx) => movedHosts(tx, waiting)).catch(() => []))
  if (moved.size > 0) for (const waiter of [...room.waiters]) if (moved.has(waiter.hostId)) waiter.wake(null)
}
