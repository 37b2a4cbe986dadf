/** [T4] [D3] Sight that is lost and comes back where policy asks who looks: what lists, pushes and a pinning say meanwhile. */
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { randomText } from '../../../protocol/bytes.ts'
import { proofFor } from '../../../protocol/command-input.ts'
import { sign } from '../../../protocol/keys.ts'
import { device } from '../../../server/db/schema.ts'
import { moveTrustMark } from '../../../server/db/trust-mark.ts'
import type { Notice } from '../../../server/push/notice.ts'
import { createNotifier } from '../../../server/push/notifier.ts'
import { findDecision } from '../../../server/store/decisions.ts'
import { savePush } from '../../../server/store/pushes.ts'
import { createGoverned, type Governed } from '../../kit/governed.ts'
import { asksToPin, makesPasskey, saysPinned } from '../../kit/passkeys.ts'
import { startServer, type TestServer } from '../../kit/server.ts'

let server: TestServer
let at: Governed

const ASKS = { remoteControl: 'VIEW_AND_CONTROL', stepUp: { from: 'VIEW', viewMinutes: 60 } }
const ask = (document: string) => server.ask<Record<string, unknown>>(at.phone.token, document)
const whyNot = async () => {
  const { data } = await ask('{ looking { whyNot { code } } }')
  return (data?.looking as { whyNot: { code: string } | null } | undefined)?.whyNot?.code ?? null
}
/** Its person was verified so long ago. Resolves when that has come round. */
async function verifiedAgo(seconds: number): Promise<void> {
  await server.database.transaction(async (tx) => {
    const then = sql`clock_timestamp() - make_interval(secs => ${seconds}::float8)`
    await tx
      .update(device)
      .set({ verifiedAt: then as never })
      .where(sql`${device.id} = ${at.phone.id}`)
    await moveTrustMark(tx)
  })
  await expect.poll(whyNot).toBe(seconds < 3600 ? null : 'PASSKEY_REQUIRED')
}

beforeAll(async () => {
  server = await startServer()
  at = await createGoverned(server)
  await at.join()
  await at.apply(at.organisationId, ASKS)
})
afterAll(() => server?.close())

test('[T4] who may not look yet follows the pinning of the passkey with which they will, and no command of a session', async () => {
  await verifiedAgo(3601)
  const finger = await makesPasskey(server.gql, at.phone)
  const { commandId } = await asksToPin(server.gql, at.phone, finger, at.host.id)
  await saysPinned(server.gql, at.host, commandId)
  expect(await ask(`{ command(id: "${commandId}") { state } }`)).toMatchObject({
    errors: [],
    data: { command: { state: 'APPLIED' } },
  })
  const { errors } = await ask('{ command(id: "cmd_none") { state } }')
  expect(errors[0]?.extensions).toMatchObject({ code: 'PASSKEY_REQUIRED' })
})

test('[D3] what was settled while nobody might look is open nowhere when they may again', async () => {
  await verifiedAgo(0)
  const open = await at.session.asks('Stays open', 'sesame')
  const meanwhile = await at.session.asks('Answered unseen', 'sesame')
  type Change = { decisionsChanged: { isSnapshot: boolean; decisions: { id: string }[] } }
  const followed = server.subscribe(at.phone.token, 'subscription { decisionsChanged { isSnapshot decisions { id } } }')
  const snapshot = (...ids: string[]) =>
    followed.next<Change>(({ data }) => {
      const change = data?.decisionsChanged
      return change?.isSnapshot === true && change.decisions.map(({ id }) => id).join() === ids.join()
    })
  await snapshot(open, meanwhile)
  await verifiedAgo(3601)
  await snapshot()
  await at.session.settles(meanwhile)
  await verifiedAgo(0)
  await snapshot(open)
  followed.close()
})

test('[E10] a push with content says until when it is shown; to who may not look it goes without', async () => {
  const sent: Notice[] = []
  const notifier = createNotifier({
    ...{ database: server.database, allowLoopback: true, contentOf: () => 'FULL' as const },
    send: async (_to, notice) => {
      sent.push(notice)
      return { delivered: true, statusCode: 201, detail: '', isGone: false }
    },
    log: (error) => expect.unreachable(String(error)),
  })
  const address = { endpoint: 'https://push.example/1', p256dh: '', auth: '' }
  await server.database.read((tx) => savePush(tx, { deviceId: at.phone.id, ...address }))
  const { viewer } = await server.gql<{ viewer: { id: string } }>(at.phone.token, '{ viewer { id } }')
  const told = async (title: string) => {
    const id = await at.session.asks(title, 'sesame')
    const opened = await server.database.read((tx) => findDecision(tx, at.session.id, id))
    const seq = opened?.openedSeq ?? 0
    notifier.committed({ ownerId: viewer.id, sessionId: at.session.id, firstSeq: seq, lastSeq: seq })
    await notifier.idle()
    return sent.pop()
  }
  await verifiedAgo(3600 - 300)
  const seen = await told('Seen?')
  expect(seen).toMatchObject({ title: 'Allow: Seen?', later: { title: 'Something waits for you' } })
  const left = Date.parse(seen?.later?.until ?? '') - Date.now()
  expect(left).toBeGreaterThan(120_000)
  expect(left).toBeLessThan(360_000)
  await verifiedAgo(3601)
  const unseen = await told('Unseen?')
  // And what such a device shows already is over as well.
  expect(unseen).toMatchObject({
    title: 'Something waits for you',
    body: '',
    later: { until: new Date(0).toISOString() },
  })
  expect(JSON.stringify(unseen)).not.toContain('sesame')
  await notifier.close()
})

test('[T4] to who may not look policy does not say into which class falls what is asked', async () => {
  const classes = [{ name: 'secret', patterns: ['sesame'], matches: ['sesame'], passes: ['ls'] }]
  await at.apply(at.organisationId, { ...ASKS, neverRemote: classes })
  await verifiedAgo(3601)
  const decisionId = await at.session.asks('Run a command', 'sesame')
  const { id: deviceId, keys, token } = at.phone
  const asked = { decisionId, epoch: 1, evidenceDigest: null, optionId: 'yes' }
  const input = { key: randomText(16), sessionId: at.session.id, ...asked }
  const madeAtMs = Date.now()
  const said = { mutation: 'answerPermission' as const, input, seen: { optionName: 'Allow' }, hostId: at.host.id }
  const by = { deviceId, sign: (bytes: Parameters<typeof sign>[1]) => sign(keys.privateKey, bytes) }
  const proof = await proofFor(by, { ...said, counter: madeAtMs, madeAtMs, voucher: null })
  const document = 'mutation($i: AnswerPermissionInput!) { answerPermission(input: $i) { state } }'
  const { errors } = await server.ask(token, document, { i: { ...input, proof } })
  expect(errors[0]?.extensions).toMatchObject({ code: 'PASSKEY_REQUIRED' })
})

test('[F4] with remote control off on top, what a device has kept is still for its person alone', async () => {
  await verifiedAgo(3601)
  await at.apply(at.organisationId, { ...ASKS, remoteControl: 'DISABLED' })
  const { errors } = await ask(`{ session(id: "${at.session.id}") { title } }`)
  expect(errors[0]?.extensions).toMatchObject({ code: 'POLICY' })
  expect(await whyNot()).toBe('PASSKEY_REQUIRED')
})
