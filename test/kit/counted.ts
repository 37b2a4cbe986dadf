/** A server whose reads of its database are counted: for what is promised not to be read twice. Nothing of it is replaced. */
import { startServer, type TestServer } from './server.ts'

export type CountedServer = TestServer & {
  /** So far. The look at who is trusted reads too, by the clock. */
  reads(): number
}

export async function startCounted(): Promise<CountedServer> {
  const inner = await startServer()
  let reads = 0
  const read: typeof inner.database.read = (work, isLeft) => {
    reads += 1
    return inner.database.read(work, isLeft)
  }
  const server = await startServer({ database: { ...inner.database, read } })
  const close = async () => {
    await server.close()
    await inner.close()
  }
  return { ...server, reads: () => reads, close }
}
