/** A network between two processes of this machine that can go wrong in every way we know. Reads requests only to send them again. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createRecorder, type Recorder } from './recorder.ts'

export type Cable = {
  readonly url: string
  readonly port: number
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

type Line = { near: Socket; far: Socket; extraMs: number; isDead: boolean; kept: { to: Socket; chunk: Buffer }[] }

export async function createCable(port: number, random: () => number): Promise<Cable> {
  const lines = new Set<Line>()
  const recorder: Recorder = createRecorder()
  let state: 'open' | 'cut' | 'late' | 'lost' = 'open'
  let delayMs = 0
  let jitterMs = 0

  const server = createServer((near) => {
    near.on('error', () => undefined)
    if (state === 'cut') return void near.destroy()
    const far = connect(port, '127.0.0.1')
    const line: Line = { near, far, extraMs: random() * jitterMs, isDead: state === 'lost', kept: [] }
    lines.add(line)
    const hear = recorder.listen()
    const end = (other: Socket) => {
      lines.delete(line)
      if (!line.isDead) other.destroy()
    }
    far.on('error', () => undefined)
    near.on('data', (chunk: Buffer) => {
      hear(chunk)
      pass(line, far, chunk)
    })
    far.on('data', (chunk: Buffer) => pass(line, near, chunk))
    near.on('close', () => end(far))
    far.on('close', () => end(near))
  })

  function pass(line: Line, to: Socket, chunk: Buffer): void {
    if (line.isDead) return
    if (state === 'late' || state === 'lost' || line.kept.length > 0) return void line.kept.push({ to, chunk })
    const waitMs = delayMs + (jitterMs > 0 ? line.extraMs : 0)
    if (waitMs === 0) return void write(to, chunk)
    // One after another and all by the same wait: order within a connection is TCP's promise.
    line.extraMs = jitterMs > 0 ? Math.max(line.extraMs, 1) : 0
    setTimeout(() => write(to, chunk), waitMs)
  }

  const write = (to: Socket, chunk: Buffer): void => {
    if (!to.destroyed) to.write(chunk)
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const own = (server.address() as AddressInfo).port
  const breakAll = (how: (socket: Socket) => void) => {
    for (const { near, far } of lines) for (const socket of [near, far]) how(socket)
  }

  return {
    url: `http://127.0.0.1:${own}`,
    port: own,
    cut() {
      state = 'cut'
      breakAll((socket) => socket.destroy())
    },
    reset: () => breakAll((socket) => socket.resetAndDestroy()),
    halfOpen(keeps) {
      for (const line of lines) {
        line.isDead = true
        ;(keeps === 'near' ? line.far : line.near).destroy()
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
      // What was delayed is still on its way: what follows on the same line must not overtake it.
      const settleMs = delayMs + jitterMs
      setTimeout(() => {
        delayMs = 0
        jitterMs = 0
      }, settleMs)
      for (const line of lines) for (const { to, chunk } of line.kept.splice(0)) write(to, chunk)
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
