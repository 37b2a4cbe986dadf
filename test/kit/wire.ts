/** A network cable to a server of this machine that a test can pull: bytes pass unread both ways until it is cut. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export type Wire = {
  /** The server's address on this side of the cable. */
  url: string
  /** How often it was dialled, cut or not. */
  readonly dialled: number
  /** Nothing passes any more, and what was open breaks. */
  cut(): void
  mend(): void
  close(): Promise<void>
}

/** `passed` is shown all that goes to the server. */
export async function createWire(port: number, passed?: (bytes: Buffer) => void): Promise<Wire> {
  const open = new Set<Socket>()
  let isCut = false
  let dialled = 0
  const server = createServer((near) => {
    dialled++
    if (isCut) return void near.destroy()
    const far = connect(port, '127.0.0.1')
    if (passed) near.on('data', passed)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const breakAll = () => {
    for (const one of open) one.destroy()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get dialled() {
      return dialled
    },
    cut() {
      isCut = true
      breakAll()
    },
    mend() {
      isCut = false
    },
    close() {
      breakAll()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
