// Repairs defects of postgres.js 3.4.9 in what is bundled. A connection that closes while a write is pending throws where nobody can catch it, which
// ends the process, or never writes again (github.com/porsager/postgres issues 1154, 1208). A BEGIN that fills a connection's pipeline does not reserve
// it: the transaction fails with UNSAFE_TRANSACTION and stays open, and whatever is written over that connection later is answered and never
// committed (issues 823, 1189). Plain Node.
import { readFile } from 'node:fs/promises'

const REPAIRS = [
  [
    'function nextWrite(fn) {\n',
    `function nextWrite(fn) {
    if (!socket) {
      chunk = nextWriteTimer = null
      const gone = Errors.connection('CONNECTION_CLOSED', options)
      query && queryError(query, gone)
      query = null
      while (sent.length) queryError(sent.shift(), gone)
      return false
    }
`,
  ],
  // What the closed connection was told last would be the answer to the first query of the next one.
  [
    "error(Errors.connection('CONNECTION_CLOSED', options, socket))\n",
    "error(Errors.connection('CONNECTION_CLOSED', options, socket))\n    query = results = errorResponse = null\n    result = new Result()\n",
  ],
  // A timer that is cleared and still noted keeps every later write of this connection from being sent.
  [
    '\n    clearImmediate(nextWriteTimer)\n',
    '\n    clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n',
  ],
  // Whatever was written, its connection is taken: also when it is the last that has room, or has none any more.
  [
    `      return write(toBuffer(q))
        && !q.describeFirst
        && !q.cursorFn
        && sent.length < max_pipeline
        && (!q.options.onexecute || q.options.onexecute(connection))
`,
    `      const hasRoom = write(toBuffer(q))
      const isFree = !q.options.onexecute || (socket ? q.options.onexecute(connection) : false)
      return hasRoom
        && !q.describeFirst
        && !q.cursorFn
        && sent.length < max_pipeline
        && isFree
`,
  ],
  // A transaction's connection is nobody else's between two of its statements.
  ['!query && onopen(connection)', '!query && !connection.reserved && onopen(connection)'],
]

/** For esbuild. Fails the build when the driver is no longer the one this was written for. */
export const postgresRepair = {
  name: 'postgres-repair',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]postgres[\\/]src[\\/]connection\.js$/ }, async ({ path }) => {
      let contents = (await readFile(path, 'utf8')).replaceAll('\r\n', '\n')
      for (const [from, to] of REPAIRS) {
        if (!contents.includes(from))
          throw new Error(`postgres.js has changed: look whether ${path} still needs its repair.`)
        contents = contents.replaceAll(from, to)
      }
      return { contents, loader: 'js' }
    })
  },
}
