/** A baseline under measurement, asked in its own words over one WebSocket per host and per viewer. */
import { once } from 'node:events'
import postgres from 'postgres'
import { WebSocket } from 'ws'
import type { Caller } from '../../agent-cli/remote/credentials.ts'
import { PushEvents, StartSession } from '../../agent-cli/remote/session-operations.ts'
import type { Asked, Event, Told } from './baselines/words.ts'
import type { Contestant, Stop } from './contestant.ts'
import { makeEvent } from './desk-log.ts'
import { makePairs } from './pairs.ts'
import { PROMPT } from './product.ts'
import { serve } from './served.ts'

export type BaselineOptions = {
  name: string
  script: string
  gauge: string
  env: Readonly<Record<string, string>>
}

type Question = Asked extends infer One ? (One extends Asked ? Omit<One, 'id'> : never) : never
type Socket = { ask(question: Question): Promise<Told>; close: Stop }

export async function startBaseline(options: BaselineOptions): Promise<Contestant> {
  const served = await serve(options)
  const url = served.url.replace('http', 'ws')
  // Both ends of a pair have a socket; what is asked now and then shares one.
  const now = await dial(url)
  const hosts = new Map<string, Promise<Socket>>()
  return {
    name: options.name,
    pair: () => makePairs(1)[0] ?? raise('a pair was made'),
    caller: (pair) => callerOver(() => hosts.get(pair.hostId) ?? kept(hosts, pair.hostId, dial(url))),
    async follow({ sessionId }, onEvents) {
      const socket = await dial(url, (told) => {
        if (told.tell === 'events') onEvents(told.events.map(({ seq }) => seq))
      })
      await socket.ask({ ask: 'follow', sessionId })
      return socket.close
    },
    async serve({ hostId }, onCommand) {
      const socket = await dial(url, (told) => {
        if (told.tell === 'command') onCommand()
      })
      await socket.ask({ ask: 'serve', hostId })
      return socket.close
    },
    async command({ sessionId, hostId }) {
      await now.ask({ ask: 'command', command: { id: crypto.randomUUID(), hostId, sessionId, text: PROMPT } })
    },
    async page({ sessionId }, last, before) {
      const told = await now.ask({ ask: 'page', sessionId, last, before })
      return told.tell === 'page' ? told.events.map(({ seq }) => seq) : []
    },
    async fill({ sessionId }, count) {
      const sql = postgres(options.env.DATABASE_URL ?? '', { max: 1, onnotice: () => {} })
      const { at, digest, body } = makeEvent(1)
      await sql`insert into relay_event select ${sessionId}, n, ${at}, ${digest}, ${sql.json(body as never)}
        from generate_series(1, ${count}::int) n`
      await sql`vacuum analyze relay_event`
      await sql.end()
    },
    usage: served.usage,
    async close() {
      for (const socket of hosts.values()) await (await socket).close()
      await now.close()
      await served.close()
    },
  }
}

/** What the pusher asks, in the relay's words. */
function callerOver(socketOf: () => Promise<Socket>): Caller {
  const limits = { maxEventBytes: 262_144, maxBatchEvents: 500, maxBatchBytes: 1_048_576, maxChunkBytes: 1_048_576 }
  const started = {
    ...{ lastSeq: 0, session: { events: { edges: [] } }, knownEventKinds: ['AgentText'] },
    ...{ policy: { remoteControl: 'FULL', version: 1 }, limits },
  }
  return async (document, variables) => {
    // Parse edge: the pusher asks these two and no other.
    if ((document as unknown) === StartSession) return { startSession: started } as never
    if ((document as unknown) !== PushEvents) throw new Error('a baseline is asked what only the product knows')
    const { sessionId, events } = variables as { sessionId: string; events: Event[] }
    const told = await (await socketOf()).ask({ ask: 'push', sessionId, events })
    return { pushEvents: { lastSeq: told.tell === 'done' ? told.lastSeq : 0 } } as never
  }
}

async function dial(url: string, onTold: (told: Told) => void = () => {}): Promise<Socket> {
  const socket = new WebSocket(url)
  await once(socket, 'open')
  const waiting = new Map<number, (told: Told) => void>()
  let last = 0
  socket.on('message', (data) => {
    const told = JSON.parse(String(data)) as Told
    if ('id' in told) waiting.get(told.id)?.(told)
    if ('id' in told) waiting.delete(told.id)
    else onTold(told)
  })
  return {
    ask: (question) =>
      new Promise((resolve) => {
        last += 1
        waiting.set(last, resolve)
        socket.send(JSON.stringify({ ...question, id: last } satisfies Asked))
      }),
    async close() {
      socket.close()
      if (socket.readyState !== WebSocket.CLOSED) await once(socket, 'close')
    },
  }
}

function kept<K, V>(map: Map<K, V>, key: K, value: V): V {
  map.set(key, value)
  return value
}

function raise(what: string): never {
  throw new Error(`not so: ${what}`)
}
