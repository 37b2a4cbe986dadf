/** The product under measurement: its server's bundle, asked over HTTP as the workstation asks and over graphql-ws as the page follows. */
import { randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { print } from 'graphql'
import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { SERVER_FLAGS } from '../../agent-cli/commands/programs.ts'
import type { Caller } from '../../agent-cli/remote/credentials.ts'
import { graphql } from '../../agent-cli/remote/graphql.ts'
import { ask, type Endpoint } from '../../agent-cli/remote/graphql-http.ts'
import { SettleCommand } from '../../agent-cli/remote/host-operations.ts'
import { createPoller } from '../../agent-cli/remote/poller.ts'
import { proofFor } from '../../protocol/command-input.ts'
import { sign } from '../../protocol/keys.ts'
import { EventFields } from '../../pwa/features/transcript/event-fields.ts'
import { graphql as pageGraphql } from '../../pwa/graphql/graphql.ts'
import { createDatabase, type Database } from '../../server/db/database.ts'
import { readEvent } from '../../server/store/event-kinds.ts'
import type { Contestant, Stop } from './contestant.ts'
import { makeEvent } from './desk-log.ts'
import { deviceKeys, makePairs, type Pair, storePairs } from './pairs.ts'
import { serve } from './served.ts'

// As the page asks (pwa/features/transcript/event-source.ts): all that it reads of an event.
const Follow = pageGraphql(
  `subscription EventsAppended($sessionId: ID!, $after: Int!) {
    eventsAppended(sessionId: $sessionId, after: $after) { lastSeq events { ...TranscriptEvent } }
  }`,
  [EventFields],
)
const Page = pageGraphql(
  `query EventsPage($sessionId: ID!, $last: Int!, $before: String) {
    session(id: $sessionId) {
      id
      events(last: $last, before: $before) { edges { node { ...TranscriptEvent } } pageInfo { hasPreviousPage } }
    }
  }`,
  [EventFields],
)
const SendPrompt = graphql(`
  mutation SendPrompt($input: SendPromptInput!) { sendPrompt(input: $input) { id state } }
`)
const followText = print(Follow)

export type ProductOptions = {
  /** The server's bundle, and the gauge that is loaded into it. */
  script: string
  gauge: string
  /** Where its data directory goes. */
  folder: string
  /** PostgreSQL, or with null its own embedded database. */
  databaseUrl: string | null
  pairs: number
  profileDir?: string
}

export async function startProduct(options: ProductOptions): Promise<Contestant> {
  const { databaseUrl, folder } = options
  const place = databaseUrl === null ? { dataDir: `${folder}/server/db` } : { url: databaseUrl }
  const pairs = makePairs(options.pairs)
  const made = await createDatabase({ ...place })
  await storePairs(made, pairs)
  // The embedded one is its server's alone.
  const database = databaseUrl === null ? null : made
  if (database === null) await made.close()
  const env = {
    OFFDESK_DATA_DIR: folder,
    OFFDESK_PORT: '0',
    OFFDESK_READY: 'json',
    OFFDESK_DEVELOPMENT: '1',
    OFFDESK_LOG: `${folder}/server.log`,
  }
  const served = await serve({
    ...options,
    nodeFlags: SERVER_FLAGS,
    env: { ...env, ...(databaseUrl !== null && { DATABASE_URL: databaseUrl }) },
  })
  const endpoint: Endpoint = { url: served.url }
  const socketUrl = `${served.url.replace('http', 'ws')}/graphql`
  const callAs =
    (token: string): Caller =>
    (document, variables, asked) =>
      ask(endpoint, document, variables, { ...asked, token })
  return {
    name: databaseUrl === null ? 'offdesk on PGlite' : 'offdesk',
    pair: () => taken(pairs),
    caller: (pair) => callAs(pair.sessionToken),
    follow: async ({ sessionId, deviceToken }, onEvents) => follow(socketUrl, deviceToken, sessionId, onEvents),
    serve: (pair, onCommand) => waitForCommands(callAs(pair.hostToken), pair.hostId, onCommand),
    async command({ sessionId, hostId, deviceId, deviceToken }) {
      const input = { key: randomBytes(18).toString('base64url'), sessionId, text: PROMPT }
      const { privateKey } = await deviceKeys
      const madeAtMs = Date.now()
      counter += 1
      const said = { mutation: 'sendPrompt', input, seen: {}, hostId, counter, madeAtMs } as const
      const proof = await proofFor({ deviceId, sign: (bytes) => sign(privateKey, bytes) }, said)
      await callAs(deviceToken)(SendPrompt, { input: { ...input, proof } })
    },
    async page({ sessionId, deviceToken }, last, before) {
      const variables = { sessionId, last, before: before === null ? null : String(before) }
      const { session } = await ask(endpoint, Page, variables, { token: deviceToken })
      return session?.events.edges.map(({ node }) => node.seq) ?? []
    },
    fill: (pair, count) => fill(database, pair, count),
    usage: served.usage,
    async close() {
      await served.close()
      await database?.close()
    },
  }
}

let counter = 0

export const PROMPT = 'Please look at it again. '.repeat(40)

function taken(pairs: Pair[]): Pair {
  const pair = pairs.pop()
  if (!pair) throw new Error('all pairs of this run are used')
  return pair
}

/** As the page follows: a cut is resumed from the last number (L6). */
function follow(url: string, token: string, sessionId: string, onEvents: (seqs: readonly number[]) => void): Stop {
  const client = createClient({
    ...{ url, webSocketImpl: WebSocket, retryAttempts: 0, lazy: false, onNonLazyError: () => {} },
    connectionParams: { authorization: `Bearer ${token}` },
  })
  type Batch = { eventsAppended: { events: { seq: number }[] } }
  let isOver = false
  let after = 0
  const again = (why: unknown) => {
    if (isOver) return
    const { code, reason } = why as { code?: unknown; reason?: unknown }
    process.stderr.write(`a viewer was cut (${code ?? why} ${reason ?? ''}) and comes back\n`)
    setTimeout(start, 100)
  }
  function start(): void {
    client.subscribe<Batch>(
      { query: followText, variables: { sessionId, after } },
      {
        next: ({ data, errors }) => {
          if (errors || !data) throw new Error(`a viewer was refused: ${JSON.stringify(errors)}`)
          const seqs = data.eventsAppended.events.map(({ seq }) => seq)
          after = seqs.at(-1) ?? after
          onEvents(seqs)
        },
        complete: () => {},
        error: again,
      },
    )
  }
  start()
  return async () => {
    isOver = true
    await client.dispose()
  }
}

/** The workstation's own poller. What comes is settled as it would be, when nobody waits for it. */
function waitForCommands(call: Caller, hostId: string, onCommand: () => void): Promise<Stop> {
  return new Promise((resolve, reject) => {
    const poller = createPoller({
      ...{ call, hostId },
      takes: () => {
        onCommand()
        return true
      },
      onCommand: ({ id: commandId }) =>
        void call(SettleCommand, { input: { commandId, state: 'APPLIED' } }).catch(reject),
      news: { onFacts: () => {}, onReached: () => resolve(() => poller.close()), onLost: reject },
    })
  })
}

async function fill(database: Database | null, { sessionId }: Pair, count: number): Promise<void> {
  if (database === null) throw new Error('an embedded database is filled by its server alone')
  const { at, body, digest } = makeEvent(1)
  // As the server stores what is pushed to it.
  const read = readEvent('AgentText', (body as { agentText: unknown }).agentText)
  const payload = JSON.stringify('value' in read ? read.value.value : null)
  await database.transaction(async (tx) => {
    await tx.execute(sql`
      insert into event (session_id, seq, epoch, at, kind, digest, format, payload)
      select ${sessionId}, n, 1, ${at}::timestamptz, 'AgentText', decode(${digest}, 'hex'), 'json', convert_to(${payload}, 'UTF8')
      from generate_series(1, ${count}::int) n`)
    await tx.execute(sql`update session set last_seq = ${count} where id = ${sessionId}`)
  })
  await database.read((tx) => tx.execute(sql`vacuum analyze event`))
}
