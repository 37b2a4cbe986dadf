/**
 * [T1] [F7] [D5] Every mutation of the schema, aimed at what is Ann's, by everyone who must not change it: nothing of hers is shown or changed. The same
 * mutations, by whoever may, do what they say: the aim was good. One that nobody has aimed fails here.
 */
import { getTableName, is } from 'drizzle-orm'
import { PgTable } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { randomText, sha256Hex } from '../../protocol/bytes.ts'
import { exportPublicKey, generateKeys } from '../../protocol/keys.ts'
import { commitment } from '../../protocol/pairing.ts'
import * as tables from '../../server/db/schema.ts'
import { buildSchema } from '../../server/graphql/schema.ts'
import { writeOidcConnection } from '../../server/store/oidc.ts'
import { createGoverned, type Governed } from '../kit/governed.ts'
import { hasPasskey } from '../kit/passkeys.ts'
import { type PairedDevice, steps } from '../kit/people.ts'
import { startServer, type TestServer } from '../kit/server.ts'
import { createsInvitation, joins, PAGE } from '../kit/sign-in.ts'
import { aimed, type Hers } from './aims.ts'
import { figure } from './figure.ts'
import { createStrangers, type Stranger } from './strangers.ts'

const schema = buildSchema()
const SAID = ['/home/ann/vault', '/home/dev/shop', 'sesame', 'go on']

let server: TestServer
let ann: Governed
let hers: Hers
let strangers: Record<string, Stranger>
let viewer: PairedDevice
/** Of a pairing that waits for its device. */
let joiner: string
const fresh = { code: '' }

beforeAll(async () => {
  server = await startServer()
  ann = await createGoverned(server)
  await ann.apply(ann.organisationId, { remoteControl: 'VIEW_AND_CONTROL' })
  await ann.join()
  hers = await createHers()
  viewer = await server.pairedDevice({ host: ann.host, rung: 'VIEW', name: 'looks only' })
  strangers = await createStrangers(server, ann)
}, 120_000)
afterAll(() => server?.close())

async function opens(kind: string, title: string, options: object[], more: object = {}): Promise<string> {
  const decisionId = `dec_${randomText(17).slice(0, 22)}`
  const evidence = `sesame ${title}`
  const opened = { decisionId, kind, title, evidence, evidenceDigest: await sha256Hex(evidence), options }
  await ann.session.push({ decisionOpened: { ...opened, wordsGo: 'NEXT_PROMPT', ...more } })
  return decisionId
}

async function createHers(): Promise<Hers> {
  const { session, host, phone, organisationId, enterpriseId, ownerId } = ann
  const yes = { id: 'yes', kind: 'allow_once', name: 'Allow', rung: 'ANSWER' }
  const permission = await session.asks('Open sesame?', 'sesame /home/ann/vault')
  const question = await opens('QUESTION', 'why', [], { questions: [{ name: 'why', title: 'Why?', type: 'string' }] })
  const plan = await opens('PLAN', 'plan', [{ ...yes, thenMode: 'INTERACTIVE' }], { plan: 'sesame' })
  const mode = { id: 'plan', name: 'Plan', canonical: 'PLAN' }
  const agent = { id: 'demo', name: 'Demo' }
  await session.push({ sessionConfigured: { agent, capabilities: [], modes: [mode] } })
  const command = await ann.prompt()
  const step = steps(server.gql)
  const keys = await generateKeys(false)
  const publicKey = await exportPublicKey(keys.publicKey)
  const joined = async () => {
    const opened = await step.open(host)
    const { token, pairing } = await step.claim(opened.code)
    const key = await exportPublicKey((await generateKeys(false)).publicKey)
    await step.join(token, { pairingId: pairing.id, publicKey: key, nonce: randomText(32), name: 'new' })
    return { ...opened, ...pairing }
  }
  const [revealing, confirming, refusing] = [await joined(), await joined(), await joined()]
  await step.reveal(host.token, confirming.id, confirming.nonce)
  fresh.code = (await step.open(host)).code
  const claimed = await step.claim((await step.open(host)).code)
  joiner = claimed.token
  const other = await server.pairedDevice({ host, rung: 'STEER', name: 'another of hers' })
  const passkey = await hasPasskey(server.gql, phone, host)
  const link = await createsInvitation(server.gql, host.token, { kind: 'PASSKEY', name: 'hers' })
  const another = await createsInvitation(server.gql, host.token, { kind: 'PASSKEY', name: 'hers too' })
  const { authenticator } = await joins(server.gql, link.code)
  const webhook = await server.gql<{ addAuditWebhook: { webhook: { id: string } } }>(
    ann.admin,
    'mutation($s: ID) { addAuditWebhook(scopeId: $s, url: "https://siem.example.com/a") { webhook { id } } }',
    { s: organisationId },
  )
  // A name inside somebody's network: it is called by nobody, whoever asks.
  const single = { handle: 'acme', issuer: 'https://idp.internal', clientId: 'offdesk' }
  await server.database.transaction((tx) =>
    writeOidcConnection(tx, {
      ...{ ...single, organisationId, createPersons: true, externalIdClaim: 'SUB', requiredClaims: [], updatedBy: 'x' },
    }),
  )
  const token = await ann.makeToken({ name: 'spare', scopes: ['READ'], days: 1 }, ann.admin)
  const freshKey = await exportPublicKey((await generateKeys(true)).publicKey)
  const body = { body: { noticeShown: { severity: 'info', title: 'x' } }, digest: 'c'.repeat(64) }
  const joining = { pairingId: claimed.pairing.id, publicKey, nonce: randomText(32), name: 'new' }
  const p256dh = (await generateKeys(true)).publicKey
  return {
    ids: {
      ...{
        sessionId: session.id,
        hostId: host.id,
        commandId: command.id,
        promptId: `prm_${randomText(17).slice(0, 22)}`,
      },
      ...{ ownerId, organisationId, scopeId: organisationId, enterpriseId, deviceId: other.id, epoch: 1 },
      ...{ decisionId: permission },
    },
    of: {
      acknowledgeCommands: { ids: [command.id], epochs: [{ sessionId: session.id, epoch: 1 }] },
      ...{ answerQuestion: { decisionId: question, accept: { values: [{ name: 'why', value: { text: 'x' } }] } } },
      decidePlan: { decisionId: plan },
      ...{ renameSession: { id: session.id }, archiveSession: { id: session.id }, deleteSession: { id: session.id } },
      ...{
        renameDevice: { id: phone.id },
        setDeviceRung: { id: other.id, rung: 'VIEW' },
        revokeDevice: { id: other.id },
      },
      beginPasskey: { origin: passkey.origin },
      registerPasskey: { challenge: 'x', id: 'of-no-authenticator', clientData: 'x', attestationObject: 'x' },
      pinPasskey: { passkeyId: passkey.id, publicKey: passkey.publicKey },
      removePasskey: { id: passkey.id },
      ...{ beginSignIn: { origin: PAGE }, beginConfirmation: { origin: PAGE }, beginSignInPasskey: { origin: PAGE } },
      signIn: { id: authenticator.id, authenticatorData: 'x', clientData: 'x', publicKey },
      openInvitation: { code: another.code, origin: PAGE },
      acceptInvitation: {
        code: another.code,
        passkeyName: 'x',
        id: 'of-nobody',
        clientData: 'x',
        attestationObject: 'x',
      },
      vouchForLooking: { id: authenticator.id, authenticatorData: 'x', clientData: 'x' },
      addSignInPasskey: { id: authenticator.id, authenticatorData: 'x', clientData: 'x', attestationObject: 'x' },
      ...{ removeSignInPasskey: { id: authenticator.id }, revokeInvitation: { id: another.id } },
      createInvitation: { hours: 1 },
      trustDevice: { id: other.id, rung: 'VIEW' },
      ...{ revokeHost: { id: host.id }, revokeMemberDevice: { id: phone.id } },
      ...{
        removeAuditWebhook: { id: webhook.addAuditWebhook.webhook.id },
        revokeAdminToken: { id: token.adminToken.id },
      },
      ...{ claimPairing: { code: claimed.pairing.id }, joinPairing: joining, confirmPairing: { id: confirming.id } },
      ...{ refusePairing: { id: refusing.id }, revealPairing: { id: revealing.id, nonce: revealing.nonce } },
      openPairing: { commitment: await commitment('PAIR_DEVICE', host.publicKey, randomText(32)) },
      pushEvents: {
        attachmentId: session.attachmentId,
        events: [{ ...body, seq: 5, at: '2026-01-01T00:00:00.000Z' }],
      },
      putBody: { digest: await sha256Hex('x') },
      startSession: { id: session.id, epoch: 2, ceiling: 'FULL', agent },
      createAdminToken: { scopes: ['READ'] },
      ...{
        applyPolicy: { expectedVersion: 1, remoteControl: 'VIEW_AND_CONTROL' },
        rollBackPolicy: { expectedVersion: 2 },
        enrolHost: { publicKey: freshKey },
      },
      ...{ editPrompt: { text: 'y' }, endSession: { epoch: 2 } },
      requestEnrolment: { publicKey },
      setOidcConnection: single,
      beginOidcSignIn: { handle: 'acme', bindingHash: 'a'.repeat(64), origin: 'http://localhost:4780' },
      finishOidcSignIn: { returned: 'http://localhost:4780/?state=x', secret: 'A'.repeat(43) },
      ...{ setRemoteControl: { level: 'VIEW' }, settleCommand: { state: 'APPLIED' } },
      subscribePush: { p256dh: await exportPublicKey(p256dh) },
    },
  }
}

/** Of these a row says no more than who asked, and when. */
const NOTES = ['audit_entry', 'audit_chain', 'attempt', 'challenge', 'passkey_challenge']
/** What changes by itself. */
const MOVING = ['lastSeenAt', 'leasedUntil', 'failures', 'lastError']

/** Everything that names something of hers, word for word. */
async function rowsOfHers(but: readonly string[] = []): Promise<string[]> {
  const { organisationId, scopeId, enterpriseId, ...own } = hers.ids
  const places = [organisationId, scopeId, enterpriseId].map(String)
  const all = [...Object.values(own), ann.phone.id, ...Object.values(hers.of).map((of) => 'id' in of && of.id)]
  const names = [...new Set(all.filter((id) => typeof id === 'string'))]
  const found: string[] = []
  for (const table of Object.values(tables)) {
    if (!is(table, PgTable) || NOTES.includes(getTableName(table))) continue
    for (const row of (await server.database.read((tx) => tx.select().from(table))) as Record<string, unknown>[]) {
      const kept = Object.entries(row).filter(([column]) => !MOVING.includes(column))
      const text = `${getTableName(table)} ${JSON.stringify(Object.fromEntries(kept))}`
      // A colleague's row may name the organisation of both.
      const isColleagues = typeof row.ownerId === 'string' && row.ownerId !== ann.ownerId
      const isHers = (isColleagues ? names : [...names, ...places]).some((id) => text.includes(id))
      if (isHers && !but.some((id) => text.includes(id))) found.push(text)
    }
  }
  return found.sort()
}

/** Kinds of principal that may ask at all; null is everyone. */
function kindsOf(field: string): readonly string[] | null {
  const options = schema.getMutationType()?.getFields()[field]?.extensions.pothosOptions
  return (options as { authScopes?: { is?: string[] } })?.authScopes?.is ?? null
}

/** What ends something for good, in this order, after everything else. */
const LAST = [
  ...['removePasskey', 'removeOidcConnection', 'removeSignInPasskey', 'revokeInvitation'],
  ...['settleCommand', 'endSession', 'deleteSession', 'disableRemoteControl', 'setRemoteControl'],
  ...['setDeviceRung', 'revokeDevice', 'revokeMemberDevice', 'removeMember', 'revokeHost'],
]
/** Whose last step needs a key that a walk does not have: they come as far as this. */
const COMES_TO: Readonly<Record<string, RegExp>> = {
  endorseDevice: /The signature is not this device's/,
  enrolHost: /This is not the setup code/,
  mintCredential: /not signed by this host/,
  registerPasskey: /This is no passkey that was made just now/,
  pinPasskey: /The signature is not this device’s/,
  setOidcConnection: /it was not reached/,
  beginOidcSignIn: /it was not reached/,
  finishOidcSignIn: /The public key is not a P-256 point/,
  signIn: /No passkey that is known here/,
  acceptInvitation: /This is no passkey that was made just now/,
  addSignInPasskey: /No passkey that is known here/,
  vouchForLooking: /No passkey that is known here/,
}

describe('[T1] [F7] the walk over mutations', () => {
  test('a mutation that nobody has aimed is named', () => {
    const fields = Object.keys(schema.getMutationType()?.getFields() ?? {})
    expect(aimed(schema, hers).map(({ field }) => field)).toEqual(fields)
    const { sessionId: _, ...fewer } = hers.ids
    expect(() => aimed(schema, { ...hers, ids: fewer })).toThrow(/nobody has aimed sessionId/)
  })

  test('nobody else sees or changes anything of hers', async () => {
    const before = await rowsOfHers()
    expect(before.length).toBeGreaterThan(20)
    const ids = [ann.session.id, ann.phone.id, ann.host.id, String(hers.ids.decisionId), String(hers.ids.commandId)]
    let requests = 0
    for (const [who, { token, mayKnowIds }] of Object.entries(strangers))
      for (const { field, text, variables } of aimed(schema, hers)) {
        const kinds = kindsOf(field)
        // What admins are there for: below, by an admin.
        if (mayKnowIds && kinds?.includes('admin')) continue
        requests += 1
        const answer = await server.ask(token, text, variables)
        const shown = JSON.stringify(answer.data ?? null)
        const secrets = [...SAID, ...(mayKnowIds ? [] : ids)]
        for (const secret of secrets) expect(shown, `${who}: ${field}`).not.toContain(secret)
        const codes = answer.errors.map(({ extensions }) => extensions?.code)
        expect(codes, `${who}: ${field}`).not.toContain('INTERNAL')
        if (who.includes('revoked')) expect(codes, field).toEqual(['REVOKED'])
        else if (kinds && (mayKnowIds || (token === null && !kinds.includes('anonymous'))))
          expect(codes, field).toEqual(['UNAUTHENTICATED'])
      }
    expect(await rowsOfHers()).toEqual(before)
    const askers = Object.keys(strangers).join('; ')
    figure('schema walk, mutations', { mutations: aimed(schema, hers).length, askers, requests, 'leaks or changes': 0 })
  }, 120_000)

  test('[D5] a device that may only look changes nothing but what is its own', async () => {
    const before = await rowsOfHers([viewer.id])
    const done: string[] = []
    for (const { field, text, variables } of aimed(schema, hers)) {
      const { errors } = await server.ask(viewer.token, text, variables)
      const codes = errors.map(({ extensions }) => String(extensions?.code))
      expect(codes, field).not.toContain('INTERNAL')
      if (errors.length === 0) done.push(field)
    }
    // A challenge and a request to be enrolled are anyone's; the first is good for nothing without the key, the second without a person.
    const anyones = ['requestChallenge', 'requestEnrolment']
    const begun = ['beginConfirmation', 'beginPasskey', 'beginSignIn', 'beginSignInPasskey', 'openInvitation']
    expect(done).toEqual([...begun, ...anyones, 'subscribePush', 'testPush', 'unsubscribePush'])
    expect(await rowsOfHers([viewer.id])).toEqual(before)
    figure('schema walk, mutations', { 'by a view-only device, done': done.join(', ') })
  }, 60_000)

  test('whoever may does just that with the same documents, so refusal elsewhere means something', async () => {
    const own = { ...hers, of: { ...hers.of, claimPairing: fresh } }
    const credentials: Record<string, string | null> = {
      ...{ device: ann.phone.token, host: ann.host.token, session: ann.session.token, admin: ann.admin },
      ...{ pairing: joiner, anonymous: null },
    }
    const all = aimed(schema, own)
    const ordered = [...all].sort((a, b) => LAST.indexOf(a.field) - LAST.indexOf(b.field))
    for (const { field, text, variables } of ordered) {
      const refusals: string[] = []
      for (const kind of kindsOf(field) ?? ['anonymous']) {
        const { data, errors } = await server.ask(credentials[kind] ?? null, text, variables)
        // An admin sees that people, devices and sessions are there, and nothing that is said.
        if (kind === 'admin') for (const said of SAID) expect(JSON.stringify(data), field).not.toContain(said)
        if (errors.length === 0) break
        refusals.push(`${kind}: ${errors[0]?.message}`)
      }
      const isDone = refusals.length < (kindsOf(field) ?? ['anonymous']).length
      if (!isDone) expect(refusals.join('; '), field).toMatch(COMES_TO[field] ?? /^$/)
    }
    figure('schema walk, mutations', { 'by whoever may, done': all.length - Object.keys(COMES_TO).length })
  }, 60_000)
})
