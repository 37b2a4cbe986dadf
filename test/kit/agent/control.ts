// The server that scripted agent processes call when they are launched, and the line to each of them. Knows no ACP.
import { randomUUID } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { createArrivals, patienceMs, within } from './arrivals.ts'
import type { Order, Report } from './wire.ts'

/** One running agent process. */
export interface Launch {
  readonly pid: number
  readonly cwd: string
  readonly args: readonly string[]
  readonly signals: readonly NodeJS.Signals[]
  /** Resolves when the process has gone or at least let go of its control line. */
  readonly gone: Promise<void>
  readonly stdinClosed: Promise<void>
  /** Resolves once the process has stopped reading and answering. */
  readonly hanging: Promise<void>
  order(order: Order): void
  /** Starts a process below the agent; returns its pid. */
  spawn(options: { seconds: number; detached: boolean }): Promise<number>
}

export interface Control {
  readonly port: number
  readonly token: string
  close(): Promise<void>
}

/** `onLaunch` gets each new process, and returns who hears the lines of its stdin. */
export async function createControl(onLaunch: (launch: Launch) => (line: string) => void): Promise<Control> {
  const token = randomUUID()
  const sockets = new Set<Socket>()
  const pids = new Set<number>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    const signals: NodeJS.Signals[] = []
    const spawned = createArrivals<number>('the pid of a spawned process')
    let hang = () => {}
    const hanging = new Promise<void>((resolve) => {
      hang = resolve
    })
    let closeStdin = () => {}
    const stdinClosed = new Promise<void>((resolve) => {
      closeStdin = resolve
    })
    const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    socket.once('close', () => sockets.delete(socket))
    let hear: ((line: string) => void) | null = null
    const order = (order: Order) => void socket.write(`${JSON.stringify(order)}\n`)
    const lines = createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY })
    // It hears the socket's errors a second time: a process that was killed while it was written to.
    lines.on('error', () => socket.destroy())
    lines.on('line', (line) => {
      const report: Report = JSON.parse(line)
      if (report.kind === 'hello') {
        if (report.token !== token) return void socket.destroy()
        pids.add(report.pid)
        // The line closes when the process ends; its number may then belong to somebody else.
        socket.once('close', () => pids.delete(report.pid))
        const { pid, cwd, args } = report
        hear = onLaunch({
          pid,
          cwd,
          args,
          signals,
          gone,
          stdinClosed,
          hanging,
          order,
          async spawn(options) {
            order({ order: 'spawn', id: spawned.all.length, ...options })
            const child = await spawned.next()
            pids.add(child)
            return child
          },
        })
      }
      if (report.kind === 'line') hear?.(report.text)
      if (report.kind === 'stdinClosed') closeStdin()
      if (report.kind === 'hanging') hang()
      if (report.kind === 'signal') signals.push(report.signal)
      if (report.kind === 'spawned') spawned.push(report.pid)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the control server has no port')
  return {
    port: address.port,
    token,
    async close() {
      const ended = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const pid of pids) kill(pid)
      pids.clear()
      for (const socket of sockets) socket.destroy()
      await within(ended, patienceMs, 'the control server to close')
    },
  }
}

/** Only processes this control has started are ever named here. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has left already.
  }
}
