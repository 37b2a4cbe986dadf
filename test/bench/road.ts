/** Drives one road from hosts to viewers, saturated or at a pace, and checks at its end that every viewer has every number once, in order. */
import { type Contestant, publish, type Stop } from './contestant.ts'
import { quantile } from './numbers.ts'

const DEADLINE_MS = 30_000

/** One session under drive. `seen` holds each viewer's last number. */
type Lane = {
  hand(): void
  readonly handed: number
  readonly acked: number
  readonly seen: readonly number[]
  onMove: () => void
  close(): Promise<void>
}

type Marks = { acked?: (seq: number) => void; seen?: (seq: number) => void }

async function openLane(contestant: Contestant, viewers: number, marks: Marks = {}): Promise<Lane> {
  const pair = contestant.pair()
  const seen = Array.from({ length: viewers }, () => 0)
  let acked = 0
  const stops: Stop[] = []
  for (let viewer = 0; viewer < viewers; viewer++) {
    const onEvents = (seqs: readonly number[]) => {
      for (const seq of seqs) {
        const last = seen[viewer] ?? 0
        if (seq !== last + 1) throw new Error(`${contestant.name}: a viewer got ${seq} after ${last}`)
        seen[viewer] = seq
        marks.seen?.(seq)
      }
      lane.onMove()
    }
    stops.push(await contestant.follow(pair, onEvents))
  }
  const publisher = publish(contestant, pair, (seq) => {
    for (; acked < seq; acked++) marks.acked?.(acked + 1)
    lane.onMove()
  })
  stops.push(() => publisher.close())
  const lane: Lane = {
    hand: () => void publisher.log.hand(),
    get handed() {
      return publisher.log.lastSeq
    },
    get acked() {
      return acked
    },
    seen,
    onMove: () => {},
    async close() {
      for (const stop of stops.reverse()) await stop()
    },
  }
  // The first event tells that host and viewers are there.
  lane.hand()
  await arrived(contestant, lane)
  return lane
}

const behind = (lane: Lane): number => Math.min(lane.acked, ...lane.seen)

async function arrived(contestant: Contestant, lane: Lane): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS
  while (behind(lane) < lane.handed) {
    if (performance.now() > deadline)
      throw new Error(`${contestant.name}: ${lane.handed} handed over, ${lane.acked} acknowledged, seen ${lane.seen}`)
    await pause(1)
  }
}

export type Saturated = {
  eventsPerSecond: number
  deliveriesPerSecond: number
  serverCpuMicrosPerEvent: number
  /** Of one core; the driver's too, which must not be what is measured. */
  serverCpuShare: number
  driverCpuShare: number
}

/** Each session always has `window` events on their way: as one arrives at the slowest viewer, the next is handed over. */
export async function saturate(
  contestant: Contestant,
  how: { sessions: number; viewers: number; window: number; seconds: number },
): Promise<Saturated> {
  const lanes: Lane[] = []
  for (let n = 0; n < how.sessions; n++) lanes.push(await openLane(contestant, how.viewers))
  let isOver = false
  for (const lane of lanes) {
    lane.onMove = () => {
      if (isOver) return
      for (let room = how.window - (lane.handed - behind(lane)); room > 0; room--) lane.hand()
    }
    lane.onMove()
  }
  await pause(1000)
  const look = async () => ({
    ...{ at: performance.now(), driver: process.cpuUsage(), server: (await contestant.usage()).cpuMicros },
    seen: lanes.reduce((sum, lane) => sum + lane.seen.reduce((all, one) => all + one, 0), 0),
  })
  const before = await look()
  await pause(how.seconds * 1000)
  const after = await look()
  isOver = true
  for (const lane of lanes) await arrived(contestant, lane)
  for (const lane of lanes) await lane.close()
  const micros = (after.at - before.at) * 1000
  const deliveries = after.seen - before.seen
  const events = deliveries / how.viewers
  const driver = process.cpuUsage(before.driver)
  return {
    eventsPerSecond: (events / micros) * 1e6,
    deliveriesPerSecond: (deliveries / micros) * 1e6,
    serverCpuMicrosPerEvent: (after.server - before.server) / events,
    serverCpuShare: (after.server - before.server) / micros,
    driverCpuShare: (driver.user + driver.system) / (performance.now() - before.at) / 1000,
  }
}

export type Paced = Record<'eventP50' | 'eventP95' | 'eventP99' | 'ackP50' | 'ackP95' | 'ackP99', number>

/** One session, one viewer, events handed over one by one at that rate. Milliseconds from the hand-over. */
export async function pace(contestant: Contestant, how: { perSecond: number; seconds: number }): Promise<Paced> {
  const handed: number[] = []
  const [toViewer, toAck]: [number[], number[]] = [[], []]
  const since = (into: number[]) => (seq: number) => {
    const at = handed[seq]
    if (at !== undefined) into.push(performance.now() - at)
  }
  const lane = await openLane(contestant, 1, { acked: since(toAck), seen: since(toViewer) })
  const begun = performance.now()
  const total = Math.round(how.perSecond * how.seconds)
  for (let given = 0; given < total; ) {
    const due = Math.min(total, 1 + Math.floor(((performance.now() - begun) / 1000) * how.perSecond))
    for (; given < due; given++) {
      handed[lane.handed + 1] = performance.now()
      lane.hand()
    }
    await pause(Math.max(1, Math.min(50, (given / how.perSecond) * 1000 - (performance.now() - begun))))
  }
  await arrived(contestant, lane)
  await lane.close()
  return {
    ...{ eventP50: quantile(toViewer, 0.5), eventP95: quantile(toViewer, 0.95), eventP99: quantile(toViewer, 0.99) },
    ...{ ackP50: quantile(toAck, 0.5), ackP95: quantile(toAck, 0.95), ackP99: quantile(toAck, 0.99) },
  }
}

export const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds))
