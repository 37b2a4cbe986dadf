/** A network between two processes of this machine that can go wrong in every way we know. Reads requests only to send them again. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createRecorder } from './recorder.ts'

export type Cable = {
  readonly url: string
  /** Open connections break, new ones too, until `mend`. */
  cut(): void
  /** Open connections break by RST; new ones pass. */
  reset(): void
  /** One end of each open connection is gone and the other is not told: `near` keeps the dialling end, `far` the server's. */
  halfOpen(keeps: 'near' | 'far'): void
  /** Nothing passes and nothing breaks until `mend`. What was on its way arrives late, or never when `isLost`. */
  blackHole(isLost: boolean): void
  /** Everything takes so much longer from now on; `jitterMs` differs from connection to connection, so that requests overtake each other. */
  delay(delayMs: number, jitterMs: number): void
  mend(): void
  /** Sends requests of before again, each on a connection of its own; their answers reach nobody. Returns how many. */
  repeat(newest: number, skip: number): number
  close(): Promise<void>
}

/** One direction of one connection. Chunks keep their order whatever the delay. */
type Way = { to: Socket; waiting: { dueAt: number; chunk: Buffer }[]; timer: NodeJS.Timeout | undefined }
type Line = { ways: [Way, Way]; extraMs: number; isDead: boolean }

const isOver = (line: Line) => line.ways.every(({ to }) => to.destroyed)

/** `port` is the server's on this machine; `random` gives numbers from 0 to 1. */
export async function createCable(port: number, random: () => number): Promise<Cable> {
  const lines = new Set<Line>()
  const recorder = createRecorder()
  let state: 'open' | 'cut' | 'late' | 'lost' = 'open'
  let delayMs = 0
  let jitterMs = 0

  const server = createServer((near) => {
    near.on('error', () => undefined)
    if (state === 'cut') return void near.destroy()
    const far = connect(port, '127.0.0.1')
    far.on('error', () => undefined)
    const [up, down] = [wayTo(far), wayTo(near)]
    const line: Line = { ways: [up, down], extraMs: random() * jitterMs, isDead: state === 'lost' }
    lines.add(line)
    const hear = recorder.listen()
    near.on('data', (chunk: Buffer) => {
      hear(chunk)
      pass(line, up, chunk)
    })
    far.on('data', (chunk: Buffer) => pass(line, down, chunk))
    for (const socket of [near, far]) {
      socket.on('close', () => {
        // Of a dead line the other end hears nothing.
        if (!line.isDead) for (const { to } of line.ways) to.destroy()
        if (isOver(line)) lines.delete(line)
      })
    }
  })
  const wayTo = (to: Socket): Way => ({ to, waiting: [], timer: undefined })

  function pass(line: Line, way: Way, chunk: Buffer): void {
    if (line.isDead) return
    way.waiting.push({ dueAt: performance.now() + (delayMs > 0 ? delayMs + line.extraMs : line.extraMs), chunk })
    pump(way)
  }

  function pump(way: Way): void {
    clearTimeout(way.timer)
    if (state === 'late' || state === 'lost') return
    for (let first = way.waiting[0]; first !== undefined; first = way.waiting[0]) {
      const waitMs = first.dueAt - performance.now()
      if (waitMs > 0.5) {
        way.timer = setTimeout(() => pump(way), waitMs)
        return
      }
      way.waiting.shift()
      if (!way.to.destroyed) way.to.write(first.chunk)
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const breakAll = (how: (socket: Socket) => void) => {
    for (const line of [...lines]) for (const { to } of line.ways) how(to)
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      state = 'cut'
      breakAll((socket) => socket.destroy())
    },
    reset: () => breakAll((socket) => socket.resetAndDestroy()),
    halfOpen(keeps) {
      for (const line of lines) {
        line.isDead = true
        const [toServer, toDialler] = line.ways
        ;(keeps === 'near' ? toServer : toDialler).to.destroy()
      }
    },
    blackHole(isLost) {
      state = isLost ? 'lost' : 'late'
      if (isLost) for (const line of lines) line.isDead = true
    },
    delay(wait, jitter) {
      delayMs = wait
      jitterMs = jitter
      for (const line of lines) line.extraMs = random() * jitter
    },
    mend() {
      state = 'open'
      delayMs = 0
      jitterMs = 0
      for (const line of lines) {
        line.extraMs = 0
        for (const way of line.ways) pump(way)
      }
    },
    repeat(newest, skip) {
      const requests = recorder.last(newest, skip)
      for (const request of requests) {
        const again = connect(port, '127.0.0.1', () => again.write(request))
        again.on('error', () => undefined)
        again.on('data', () => again.destroy())
        again.setTimeout(10_000, () => again.destroy())
      }
      return requests.length
    },
    close() {
      breakAll((socket) => socket.destroy())
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
