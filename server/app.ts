/** Puts the rooms together: one server process as a function from Request to Response, its sockets, and an end that really ends. */
import type { Server } from 'node:http'
import { createDeadTokens } from './auth/dead-tokens.ts'
import { createRelyingParty, type RelyingOptions } from './auth/sign-in/oidc-relying.ts'
import { createTrust } from './auth/trust.ts'
import type { Database } from './db/database.ts'
import { createAppend } from './graphql/appending.ts'
import { createDocuments } from './graphql/compiled/documents.ts'
import { createFeeds } from './graphql/feeds.ts'
import { buildSchema } from './graphql/schema.ts'
import { createTrustedDocuments } from './graphql/trusted-documents.ts'
import type { BucketRule } from './http/buckets.ts'
import { createDirect } from './http/direct.ts'
import { tellError } from './http/errors.ts'
import { MAX_TOKENS } from './http/limits.ts'
import { withEnds } from './http/pipelined.ts'
import { createRates, withRates } from './http/rates.ts'
import { createHttp } from './http/yoga.ts'
import { type Bell, createBell } from './live/bell.ts'
import { createRounds } from './live/rounds.ts'
import { write } from './live/write.ts'
import { effectiveOf } from './policy/effective.ts'
import { RETENTION_SECONDS, retainAll } from './policy/retaining.ts'
import { sendAudit } from './push/audit-webhook.ts'
import { createNotifier } from './push/notifier.ts'
import { createSend } from './push/sender.ts'
import { vapidKeys } from './push/vapid.ts'
import { createSockets } from './sockets/sockets.ts'
import { sealAudit } from './store/audit.ts'
import { expireNext } from './store/delivery.ts'
import { doubtQueued } from './store/put-back.ts'
import { createRecentEvents } from './store/recent-events.ts'
import { storedSearch } from './store/search.ts'

export type AppOptions = {
  /** Open and migrated; the caller closes it after the app. */
  database: Database
  publicUrl: string | null
  version: string
  /** Folder of the built page. */
  pages: string
  log: (error: unknown) => void
  /** Hashes of the operations of our own page and command (`hashOfText`); null takes any operation of anyone (development). */
  documents: readonly string[] | null
  /** After a setup code was used up and the enrolment is committed. */
  onSetupCodeUsed?: () => void
  /** Single sign-on: the operator's file of providers (a path), and proxies by this environment; without it neither. */
  oidc?: Partial<Omit<RelyingOptions, 'signal' | 'log'>>
  /** Tests: a push service of their own, a bell that is lost, a database that is gone. */
  push?: { allowLoopback?: boolean; ca?: string }
  bell?: Bell
  rates?: { credential?: BucketRule; stranger?: BucketRule }
  trust?: { ignoreBell?: boolean; pollMilliseconds?: number; cutOffMilliseconds?: number }
}

export type App = {
  /** All but WebSockets. */
  fetch(request: Request): Promise<Response>
  /** Serves requests and sockets of this server; it is the caller's to listen and to close. */
  handle(server: Server): void
  /** Ends sockets (1001), streams, polls and pushes; returns when none is left. The database is still the caller's. Again is harmless. */
  stop(): Promise<void>
}

const EXPIRY_SECONDS = 5
const SEAL_SECONDS = 1
const CONTACT = 'https://github.com/offdesk/offdesk'

export async function buildApp(options: AppOptions): Promise<App> {
  const { database, publicUrl, log } = options
  await database.transaction(doubtQueued)
  const stopping = new AbortController()
  const bell = options.bell ?? (await createBell(database.signals, log))
  const { ignoreBell, ...trusting } = options.trust ?? {}
  const trust = createTrust({ database, bell: ignoreBell ? null : bell, log, ...trusting })
  const keys = await vapidKeys(database)
  const allowLoopback = options.push?.allowLoopback ?? false
  const subject = publicUrl?.startsWith('https:') ? new URL(publicUrl).origin : CONTACT
  const send = createSend({ keys, subject, allowLoopback, ...(options.push?.ca && { ca: options.push.ca }) })
  const push = createNotifier({
    ...{ database, send, log, allowLoopback },
    contentOf: (policy) => effectiveOf(policy).notificationContent.value,
  })
  // States change before people's eyes, not when someone looks (C5). Every process does it; each command ends once.
  const endOverdue = async () => {
    while (await write({ database, bell }, expireNext));
  }
  const seal = async () => {
    while (await database.transaction(sealAudit));
    await sendAudit(database, { allowLoopback }, stopping.signal)
  }
  const rounds = [
    createRounds({ everySeconds: EXPIRY_SECONDS, round: endOverdue, log }),
    createRounds({ everySeconds: SEAL_SECONDS, round: seal, log }),
    createRounds({
      everySeconds: RETENTION_SECONDS,
      round: () => retainAll({ database, bell }, stopping.signal),
      log,
    }),
  ]
  const parts = {
    ...{ database, bell, trust, push, publicUrl, version: options.version, pushPublicKey: keys.publicKey },
    search: storedSearch(database),
    append: createAppend(database),
    oidc: createRelyingParty({
      ...{ providersFile: null, environment: {}, ...options.oidc },
      ...{ signal: stopping.signal, log },
    }),
    recent: createRecentEvents(),
    onSetupCodeUsed: options.onSetupCodeUsed ?? (() => {}),
  }
  const schema = buildSchema()
  const rates = createRates({ trust, onRefused: createDeadTokens({ database, log }), ...options.rates })
  const trusted = createTrustedDocuments(options.documents)
  const documents = createDocuments(schema, { maxTokens: MAX_TOKENS })
  const feeds = createFeeds({ schema, parts, mask: (error) => tellError(error, log), log })
  const at = { pages: options.pages, stopping: stopping.signal }
  const yoga = createHttp({ ...{ parts, schema, trusted, rates, documents, feeds, log }, ...at })
  const direct = createDirect({ parts, documents, trusted, rates, log, stopping: stopping.signal, rest: yoga })
  const sockets: { close(): Promise<void> }[] = []
  let stopped: Promise<void> | null = null
  async function end(): Promise<void> {
    stopping.abort()
    await Promise.all(sockets.map((one) => one.close()))
    await feeds.close()
    trust.close()
    await push.close()
    await Promise.all(rounds.map((one) => one.close()))
    await bell.close()
  }
  return {
    fetch: async (request) => yoga.fetch(request),
    handle: (server) => {
      server.on('request', withEnds(withRates(rates, publicUrl, direct)))
      sockets.push(createSockets(server, { yoga, parts, documents, trusted, rates, feeds, log }))
    },
    stop: () => {
      stopped ??= end()
      return stopped
    },
  }
}
