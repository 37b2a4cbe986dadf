// The demo agent's process: ACP on stdin and stdout, and a clean way out whichever way it ends.
import { Readable, Writable } from 'node:stream'
import { ndJsonStream } from '@agentclientprotocol/sdk'
import { createDemoAgent } from './acp.ts'
import { endAllCommands } from './shell.ts'

const demo = createDemoAgent()
process.on('exit', () => {
  endAllCommands()
  demo.close()
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(0))
// A client that has gone makes every further write fail; there is nobody left to tell.
process.stdout.on('error', () => process.exit(0))

const connection = demo.app.connect(
  ndJsonStream(Writable.toWeb(process.stdout), Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>),
)
connection.closed.then(() => process.exit(0))
