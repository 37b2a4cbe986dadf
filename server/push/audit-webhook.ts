/** Sends the audit to webhooks: in order, signed, at least once, to public addresses only (F5, G4). Knows not what an entry says. */
import { createHmac, randomBytes } from 'node:crypto'
import type { Database } from '../db/database.ts'
import { auditFields, readChain } from '../store/audit.ts'
import { leaseSink, noteSent, noteUnsent, type SinkRow } from '../store/audit-sinks.ts'
import { factOr, readFact } from '../store/facts.ts'
import { refuse } from '../store/refused.ts'
import { type EndpointRule, isEndpoint } from './endpoint.ts'
import { callOut } from './outbound.ts'

const BATCH = 100
const SEND_MILLISECONDS = 10_000
const LEASE_SECONDS = 30
const FACT = 'audit-webhooks'

/** Throws BAD_INPUT for an address that this server would not call. */
export function parseWebhookUrl(text: string, rule: EndpointRule): string {
  const url = URL.canParse(text) && text.length <= 2048 ? new URL(text) : null
  if (!url || !isEndpoint(url, rule))
    throw refuse('BAD_INPUT', 'A webhook is an https address of a public server.', {
      rule: 'webhooks go to public addresses only',
      level: 'server',
    })
  return url.href
}

/** What a webhook's requests are signed with: made from one key of this database, so that no secret stands beside each address. */
export async function webhookSecret(database: Database, sinkId: string): Promise<string> {
  const key = await database.read(
    async (tx) => (await readFact(tx, FACT)) ?? factOr(tx, FACT, randomBytes(32).toString('base64url')),
  )
  return createHmac('sha256', key).update(sinkId).digest('base64url')
}

/** `t=<seconds>,v1=<hex>`: HMAC-SHA256 with the secret over `<seconds>.<body>`. */
export const signatureOf = (secret: string, seconds: number, body: string): string =>
  `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`

/** Sends what is due until nothing is; one that fails waits longer each time, and holds up no other. Returns when there is nothing to do now. */
export async function sendAudit(database: Database, rule: EndpointRule, signal: AbortSignal): Promise<void> {
  for (;;) {
    if (signal.aborted) return
    const sink = await database.transaction((tx) => leaseSink(tx, LEASE_SECONDS))
    if (!sink) return
    const entries = await database.read((tx) => readChain(tx, sink.chain, sink.sentNumber, BATCH))
    const last = entries.at(-1)
    if (!last) return
    const lines = entries.map((row) => ({ ...auditFields(row), previous: row.previous, hash: row.hash }))
    const body = `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`
    const problem = await send(sink, await webhookSecret(database, sink.id), body, rule, signal)
    await database.transaction((tx) =>
      problem === null ? noteSent(tx, sink.id, last.number) : noteUnsent(tx, sink.id, problem),
    )
  }
}

/** Null when it was taken. */
async function send(
  sink: SinkRow,
  secret: string,
  body: string,
  rule: EndpointRule,
  signal: AbortSignal,
): Promise<string | null> {
  const seconds = Math.floor(Date.now() / 1000)
  const headers = {
    'content-type': 'application/x-ndjson',
    'content-length': Buffer.byteLength(body),
    'offdesk-webhook': sink.id,
    'offdesk-signature': signatureOf(secret, seconds, body),
  }
  try {
    const { status } = await callOut({ ...rule, url: sink.url, headers, body, milliseconds: SEND_MILLISECONDS, signal })
    return status >= 200 && status < 300 ? null : `it answered ${status}`
  } catch (error) {
    return `it was not reached: ${error instanceof Error ? error.message : String(error)}`
  }
}
