// Repairs defects of postgres.js 3.4.9 in what is bundled. A connection that closes while a write is pending throws where nobody can catch it, which
// ends the process, or never writes again (github.com/porsager/postgres issues 1154, 1208). A BEGIN that fills a connection's pipeline does not reserve
// it: the transaction fails with UNSAFE_TRANSACTION and stays open, and whatever is written over that connection later is answered and never
// committed (issues 823, 1189). What is asked between a connection's error and its close is never answered, nor what opens a connection that ends
// before its first word. Rows that came before a statement failed leave holes in the next result. Plain Node.
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
  // Ended before its first word, as by a proxy whose database is away: again and again without a pause, and nobody is told.
  [
    '    if (initial)\n      return reconnect()\n',
    '    if (initial && target_session_attrs)\n      return reconnect()\n',
  ],
  // An error has refused what was under way then; whoever asked again at once stands here, too.
  [
    "!hadError && (query || sent.length) && error(Errors.connection('CONNECTION_CLOSED', options, socket))\n",
    "if (initial || query || sent.length) error(Errors.connection('CONNECTION_CLOSED', options, socket))\n",
  ],
  // What the closed connection was told last would be the answer to the first query of the next one.
  [
    "error(Errors.connection('CONNECTION_CLOSED', options, socket))\n",
    "error(Errors.connection('CONNECTION_CLOSED', options, socket))\n    query = results = errorResponse = null\n    result = new Result()\n",
  ],
  // Rows of a statement that failed behind them are counted on: the next result would begin with as many holes.
  [
    'query = results = errorResponse = null\n    result = new Result()\n',
    'query = results = errorResponse = null\n    result = new Result()\n    rows = 0\n',
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

const FILE = /[\\/]postgres[\\/]src[\\/]connection\.js$/

function repaired(source, path) {
  let contents = source.replaceAll('\r\n', '\n')
  for (const [from, to] of REPAIRS) {
    if (!contents.includes(from))
      throw new Error(`postgres.js has changed: look whether ${path} still needs its repair.`)
    contents = contents.replaceAll(from, to)
  }
  return contents
}

/** For esbuild. Fails the build when the driver is no longer the one this was written for. */
export const postgresRepair = {
  name: 'postgres-repair',
  setup({ onLoad }) {
    onLoad({ filter: FILE }, async ({ path }) => ({
      contents: repaired(await readFile(path, 'utf8'), path),
      loader: 'js',
    }))
  },
}

/** The same for Vite, which must not leave the driver to Node. */
export const postgresRepairForVite = {
  name: 'postgres-repair',
  transform: (code, id) => (FILE.test(id.split('?', 1)[0]) ? { code: repaired(code, id), map: null } : null),
}
