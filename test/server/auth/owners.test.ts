/** F7, T1: one person's rows are no one else's; field by field, for every root field that takes an id and every list. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { randomText } from '../../../protocol/bytes.ts'
import { exportPublicKey, generateKeys, principalId } from '../../../protocol/keys.ts'
import { buildSchema } from '../../../server/graphql/schema.ts'
import { enrolHost } from '../../../server/store/hosts.ts'
import { createOwner } from '../../../server/store/owners.ts'
import type { Refusal } from '../../kit/ask.ts'
import { hasPasskey } from '../../kit/passkeys.ts'
import { type EnrolledHost, known, type PairedDevice } from '../../kit/people.ts'
import { startServer, type TestServer } from '../../kit/server.ts'
import { type PublishedSession, publishSession } from '../../kit/session.ts'
import { createsInvitation, joins } from '../../kit/sign-in.ts'

type Person = {
  ownerId: string
  host: EnrolledHost
  phone: PairedDevice
  session: PublishedSession
  decisionId: string
  commandId: string
  passkeyId: string
  signInPasskeyId: string
  invitationId: string
}
let server: TestServer
let ann: Person
let ben: Person

async function person(name: string): Promise<Person> {
  const keys = await generateKeys(true)
  const publicKey = await exportPublicKey(keys.publicKey)
  const id = await principalId('hst', publicKey)
  // Straight into the store: a setup code enrols for the first owner alone.
  const ownerId = await server.database.transaction(async (tx) => {
    const { id: ownerId } = await createOwner(tx, name)
    await enrolHost(tx, { id, ownerId, name: `${name}'s desk`, platform: null, publicKey })
    return ownerId
  })
  const host = await known(server.gql, { id, name, keys, publicKey })
  const phone = await server.pairedDevice({ host, rung: 'FULL', name: `${name}'s phone` })
  const session = await publishSession(server.gql, host, { cwd: `/home/${name}/secret` })
  const decisionId = await session.asks('Run?', `echo ${name}`)
  const { sendPrompt } = await server.gql<{ sendPrompt: { id: string } }>(
    phone.token,
    'mutation($i: SendPromptInput!) { sendPrompt(input: $i) { id } }',
    { i: { sessionId: session.id, key: randomText(16), text: 'hi' } },
  )
  const { id: passkeyId } = await hasPasskey(server.gql, phone, host)
  const link = await createsInvitation(server.gql, host.token, { kind: 'PASSKEY', name })
  const { authenticator } = await joins(server.gql, link.code)
  const more = { passkeyId, signInPasskeyId: authenticator.id, invitationId: link.id }
  return { ownerId, host, phone, session, decisionId, commandId: sendPrompt.id, ...more }
}

beforeAll(async () => {
  server = await startServer()
  ann = await person('ann')
  ben = await person('ben')
})
afterAll(() => server.close())

/** Every root field, as Ben would aim it at what is Ann's. Null: it takes nothing that could be Ann's. */
const aimed = (): Record<string, string | null> => {
  const [host, phone, session] = [ann.host.id, ann.phone.id, ann.session.id]
  const steer = `sessionId: "${session}", key: "${randomText(16)}"`
  return {
    command: `{ command(id: "${ann.commandId}") { id } }`,
    decisions: '{ decisions(state: null) { edges { node { id evidence } } } }',
    devices: '{ devices { edges { node { id name } } } }',
    hostCommands: `{ hostCommands(hostId: "${host}") { after } }`,
    hosts: '{ hosts { edges { node { id name } } } }',
    invitations: '{ invitations { id name } }',
    signInOptions: '{ signInOptions { passkeys } }',
    signInPasskeys: '{ signInPasskeys { id name } }',
    acceptInvitation: null,
    addSignInPasskey: null,
    beginConfirmation: null,
    beginSignIn: null,
    beginSignInPasskey: 'mutation { beginSignInPasskey(origin: "http://localhost:4780") { excludeIds } }',
    createInvitation: null,
    openInvitation: null,
    removeSignInPasskey: `mutation { removeSignInPasskey(id: "${ann.signInPasskeyId}") { id name } }`,
    revokeInvitation: `mutation { revokeInvitation(id: "${ann.invitationId}") { id name } }`,
    signIn: null,
    vouchForLooking: null,
    looking: '{ looking { until } }',
    lookingChanged: 'subscription { lookingChanged { until } }',
    stoppable: '{ stoppable { sessionId decisions { id } } }',
    trustDevice: `mutation { trustDevice(id: "${phone}", rung: VIEW) { id name } }`,
    adminTokens: null,
    thisAdminToken: null,
    auditEntries: `{ auditEntries(filter: {ownerId: "${ann.ownerId}"}) { edges { node { target line } } } }`,
    auditExport: null,
    auditWebhooks: null,
    memberDevices: null,
    addAuditWebhook: null,
    removeAuditWebhook: null,
    revokeMemberDevice: null,
    dryRunPolicy: null,
    effectivePolicy: `{ effectivePolicy(ownerId: "${ann.ownerId}") { ownerId remoteControl } }`,
    enterprises: null,
    organisations: null,
    policyDocument: null,
    policyHistory: null,
    validatePolicy: null,
    whyNot: `{ whyNot(rung: FULL, sessionId: "${session}") { message rule } }`,
    oidcConnection: null,
    setOidcConnection: null,
    removeOidcConnection: null,
    beginOidcSignIn: null,
    finishOidcSignIn: null,
    addMember: null,
    applyPolicy: null,
    createAdminToken: `mutation { createAdminToken(input: {name: "x", scopes: [READ]}) { token } }`,
    createEnterprise: null,
    createOrganisation: null,
    disableRemoteControl: null,
    removeMember: null,
    revokeAdminToken: null,
    rollBackPolicy: null,
    setLegalHold: null,
    pairing: null,
    policy: '{ policy { version } }',
    session: `{ session(id: "${session}") { id cwd events { edges { node { id } } } } }`,
    sessions: '{ sessions { edges { node { id cwd } } } }',
    viewer: '{ viewer { id name } }',
    waitingEnrolments: '{ waitingEnrolments { id openerName } }',
    acknowledgeCommands: `mutation { acknowledgeCommands(hostId: "${host}", ids: ["${ann.commandId}"]) { id } }`,
    addScript: `mutation { addScript(input: {hostId: "${host}", name: "x", rung: VIEW}) { token } }`,
    answerPermission: `mutation { answerPermission(input: {${steer}, decisionId: "${ann.decisionId}", epoch: 1, optionId: "yes"}) { id } }`,
    answerQuestion: `mutation { answerQuestion(input: {${steer}, decisionId: "${ann.decisionId}", epoch: 1, answer: {decline: {}}}) { id } }`,
    archiveSession: `mutation { archiveSession(id: "${session}") { id } }`,
    cancelTurn: `mutation { cancelTurn(input: {${steer}}) { id } }`,
    beginPasskey: `mutation { beginPasskey(origin: "http://localhost:4780") { challenge } }`,
    claimPairing: null,
    confirmPairing: null,
    decidePlan: `mutation { decidePlan(input: {${steer}, decisionId: "${ann.decisionId}", epoch: 1, optionId: "yes"}) { id } }`,
    deleteSession: `mutation { deleteSession(id: "${session}") }`,
    editPrompt: `mutation { editPrompt(input: {${steer}, promptId: "p", text: "x"}) { id } }`,
    endSession: `mutation { endSession(input: {sessionId: "${session}", epoch: 1, reason: "x"}) { id } }`,
    endorseDevice: `mutation { endorseDevice(input: {hostId: "${host}", deviceId: "${phone}", signature: "x"}) { id } }`,
    enrolHost: null,
    heartbeat: `mutation { heartbeat(hostId: "${host}") { now } }`,
    joinPairing: null,
    mintCredential: null,
    openPairing: `mutation { openPairing(input: {hostId: "${host}", commitment: "${'0'.repeat(64)}"}) { code } }`,
    pinPasskey: `mutation { pinPasskey(input: {passkeyId: "${ann.passkeyId}", hostId: "${host}", publicKey: "x", signature: "x"}) { id } }`,
    pushEvents: `mutation { pushEvents(sessionId: "${session}", epoch: 1, attachmentId: "x", events: []) { lastSeq } }`,
    putBody: `mutation { putBody(input: {sessionId: "${session}", digest: "${'0'.repeat(64)}", mediaType: "text/plain", size: 1, offset: 0, chunk: "eA=="}) { complete } }`,
    refusePairing: null,
    registerPasskey: `mutation { registerPasskey(input: {name: "x", challenge: "x", id: "x", clientData: "x", attestationObject: "x"}) { id } }`,
    releaseQueue: `mutation { releaseQueue(input: {${steer}}) { id } }`,
    removePasskey: `mutation { removePasskey(id: "${ann.passkeyId}") { id name } }`,
    renameDevice: `mutation { renameDevice(id: "${phone}", name: "mine") { id } }`,
    renameSession: `mutation { renameSession(id: "${session}", name: "mine") { id } }`,
    requestChallenge: null,
    requestEnrolment: null,
    revealPairing: null,
    revokeDevice: `mutation { revokeDevice(id: "${phone}") { id } }`,
    revokeHost: `mutation { revokeHost(id: "${host}") { id } }`,
    sendPrompt: `mutation { sendPrompt(input: {${steer}, text: "x"}) { id } }`,
    setDeviceRung: `mutation { setDeviceRung(id: "${phone}", rung: VIEW) { id } }`,
    setMode: `mutation { setMode(input: {${steer}, modeId: "x"}) { id } }`,
    setRemoteControl: null,
    settleCommand: `mutation { settleCommand(input: {commandId: "${ann.commandId}", state: APPLIED}) { id } }`,
    startSession: `mutation { startSession(input: {id: "${session}", hostId: "${host}", epoch: 9, attachmentId: "x", ceiling: FULL, cwd: "/", createdAt: "2026-01-01T00:00:00.000Z", agent: {id: "x", name: "x"}}) { lastSeq } }`,
    stopSession: `mutation { stopSession(input: {${steer}}) { id } }`,
    subscribePush: null,
    testPush: null,
    unsubscribePush: null,
    withdrawPrompt: `mutation { withdrawPrompt(input: {${steer}, promptId: "p"}) { id } }`,
    eventsAppended: `subscription { eventsAppended(sessionId: "${session}") { lastSeq events { id } } }`,
    commandsChanged: `subscription { commandsChanged(sessionId: "${session}") { commands { id } } }`,
    sessionsChanged: 'subscription { sessionsChanged { isSnapshot sessions { id } } }',
    decisionsChanged: 'subscription { decisionsChanged { isSnapshot decisions { id } } }',
  }
}

test('every root field of the schema is aimed at', () => {
  const schema = buildSchema()
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  expect(Object.keys(aimed()).sort()).toEqual(roots.flatMap((type) => Object.keys(type?.getFields() ?? {})).sort())
})

test("[F7] whatever Ben asks with any credential of his, nothing of Ann's is in the answer and nothing of hers changes", async () => {
  const look =
    '{ sessions { edges { node { id cwd archivedAt name state openDecisions { id state } commands { edges { node { id state } } } } } } devices { edges { node { id name rung revokedAt passkeys { id hostIds } } } } hosts { edges { node { id revokedAt } } } signInPasskeys { id } invitations { id state } }'
  const before = await server.gql(ann.phone.token, look)
  const hers = [
    ann.host.id,
    ann.phone.id,
    ann.session.id,
    ann.decisionId,
    ann.commandId,
    ann.passkeyId,
    ann.signInPasskeyId,
    ann.invitationId,
    '/home/ann',
    "ann's",
    'echo ann',
  ]
  for (const token of [ben.phone.token, ben.host.token, ben.session.token, null]) {
    for (const [field, document] of Object.entries(aimed())) {
      if (document === null) continue
      if (document.startsWith('subscription')) {
        const live = server.subscribe(token, document)
        const first = await live.next().catch(String)
        for (const secret of hers) expect(JSON.stringify(first), field).not.toContain(secret)
        live.close()
        continue
      }
      const answer = await server.ask(token, document)
      for (const secret of hers) expect(JSON.stringify(answer.data ?? null), field).not.toContain(secret)
    }
  }
  expect(await server.gql(ann.phone.token, look)).toEqual(before)
}, 60_000)

test("a session's credential is good for that session alone, a host's for its own sessions", async () => {
  const other = await publishSession(server.gql, ann.host)
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'no refusal',
      (error: Refusal) => error.code,
    )
  const push = 'mutation($s: ID!) { pushEvents(sessionId: $s, epoch: 1, attachmentId: "x", events: []) { lastSeq } }'
  expect(await codeOf(server.gql(ann.session.token, push, { s: other.id }))).toBe('NOT_FOUND')
  expect(await codeOf(ben.host.mint(ann.session.id))).toBe('NOT_FOUND')
  expect(await codeOf(server.gql(ann.session.token, '{ sessions { edges { cursor } } }'))).toBe('UNAUTHENTICATED')
})
