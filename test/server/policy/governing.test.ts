/** [F1] [F2] [F4] Enterprises and organisations over GraphQL: what an admin decides holds for what already runs, and says whose rule it is. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { randomText } from '../../../protocol/bytes.ts'
import type { Refusal } from '../../kit/ask.ts'
import { createGoverned, type Governed } from '../../kit/governed.ts'
import type { EnrolledHost, PairedDevice } from '../../kit/people.ts'
import { startServer, type TestServer } from '../../kit/server.ts'
import { type PublishedSession, publishSession } from '../../kit/session.ts'

let server: TestServer
let at: Governed
let host: EnrolledHost
let phone: PairedDevice
let session: PublishedSession
let admin: string
let ownerId: string
let enterprise: string
let blue: string

const gql = <T>(token: string | null, document: string, variables: object = {}) =>
  server.gql<T>(token, document, variables)
const refusalOf = (work: Promise<unknown>): Promise<Refusal | null> =>
  work.then(
    () => null,
    (error: Refusal) => error,
  )
const apply: Governed['apply'] = (...asked) => at.apply(...asked)
const prompt: Governed['prompt'] = (modeId) => at.prompt(modeId)
type Effective = { remoteControl: string; settings: { name: string; value: string; level: string; owner: string }[] }
const effective = async () =>
  (
    await gql<{ effectivePolicy: Effective }>(
      phone.token,
      '{ effectivePolicy { remoteControl settings { name value level owner remedy } } }',
    )
  ).effectivePolicy
const setting = async (name: string) => (await effective()).settings.find((one) => one.name === name)

beforeAll(async () => {
  server = await startServer()
  at = await createGoverned(server)
  ;({ host, phone, session, admin, ownerId, enterpriseId: enterprise, organisationId: blue } = at)
  await session.push({
    sessionConfigured: {
      agent: { id: 'demo', name: 'Demo' },
      capabilities: [],
      modes: [
        { id: 'plan', name: 'Plan', canonical: 'PLAN' },
        { id: 'auto', name: 'Autopilot', canonical: 'AUTOPILOT' },
      ],
    },
  })
})
afterAll(() => server.close())

describe('a personal server', () => {
  test('[F1] has nothing to configure: view and control, and every setting says that nobody has said anything', async () => {
    const { remoteControl, settings } = await effective()
    expect(remoteControl).toBe('VIEW_AND_CONTROL')
    expect(new Set(settings.map(({ level }) => level))).toEqual(new Set(['default']))
    await prompt()
  })

  test('[F6] the first admin token is not made by a phone, whatever its rung', async () => {
    const refusal = await refusalOf(at.makeToken({ name: 'x', scopes: ['READ'], days: 1 }, phone.token))
    expect(refusal?.extensions).toMatchObject({ code: 'RUNG_TOO_LOW', owner: 'whoever runs this server' })
  })
})

describe('[F1] an organisation', () => {
  test('that has said nothing is off, from the moment a person belongs to it, for what already runs', async () => {
    const live = server.subscribe(
      phone.token,
      'subscription($id: ID!) { eventsAppended(sessionId: $id) { lastSeq } }',
      {
        id: session.id,
      },
    )
    await live.next()
    await at.join()
    expect(await live.whyEnded()).toBe('POLICY')
    expect((await refusalOf(prompt()))?.extensions).toMatchObject({
      ...{
        code: 'POLICY',
        rule: 'remoteControl OFF',
        level: 'organisation',
        owner: 'the admins of the organisation Blue',
      },
      remedy: expect.stringContaining('Blue'),
    })
    const push = session.push({ noticeShown: { severity: 'info', title: 'x' } })
    expect((await refusalOf(push))?.code).toBe('POLICY')
  })

  test('a dry run says who and which running sessions would change, and changes nothing', async () => {
    type Tried = { dryRunPolicy: { changes: object[]; sessions: { id: string }[]; sessionCount: number } }
    const { dryRunPolicy } = await gql<Tried>(
      admin,
      `query($s: ID!) { dryRunPolicy(scopeId: $s, document: {remoteControl: VIEW_AND_CONTROL, maxRung: STEER}) {
        changes { ownerId setting before after } sessions { id agentId } sessionCount } }`,
      { s: blue },
    )
    expect(dryRunPolicy.changes).toEqual([
      { ownerId, setting: 'remoteControl', before: 'OFF', after: 'VIEW_AND_CONTROL' },
      { ownerId, setting: 'maxRung', before: 'FULL', after: 'STEER' },
    ])
    expect(dryRunPolicy).toMatchObject({ sessions: [{ id: session.id, agentId: 'demo' }], sessionCount: 1 })
    expect((await effective()).remoteControl).toBe('OFF')
  })

  test('what is applied holds at once; from another version than the one that stands nothing is', async () => {
    expect(await apply(blue, { remoteControl: 'VIEW_AND_CONTROL' }, 0)).toBe(1)
    await prompt()
    expect(await setting('remoteControl')).toMatchObject({ value: 'VIEW_AND_CONTROL', level: 'organisation' })
    const late = await refusalOf(apply(blue, { remoteControl: 'DISABLED' }, 0))
    expect(late?.extensions).toMatchObject({ code: 'VERSION_CONFLICT', currentVersion: 1 })
    await prompt()
  })

  test('[F1] its enterprise enforces a level up and down, and lets it decide again', async () => {
    await apply(enterprise, { remoteControl: 'VIEW' })
    const refusal = await refusalOf(prompt())
    expect(refusal?.extensions).toMatchObject({ rule: 'remoteControl VIEW', level: 'enterprise' })
    await apply(blue, { remoteControl: 'DISABLED' })
    await apply(enterprise, { remoteControl: 'VIEW_AND_CONTROL' })
    await prompt()
    await apply(enterprise, { remoteControl: 'LET_ORGANIZATIONS_DECIDE' })
    expect((await refusalOf(prompt()))?.extensions).toMatchObject({ rule: 'remoteControl OFF', level: 'organisation' })
  })

  test('history keeps every version, and rolling back applies an old one as a new one', async () => {
    type History = { policyHistory: { edges: { node: { version: number; document: { remoteControl: string } } }[] } }
    const { policyHistory } = await gql<History>(
      admin,
      'query($s: ID!) { policyHistory(scopeId: $s) { edges { node { version document { remoteControl } } } } }',
      { s: blue },
    )
    expect(policyHistory.edges.map(({ node }) => [node.version, node.document.remoteControl])).toEqual([
      [2, 'DISABLED'],
      [1, 'VIEW_AND_CONTROL'],
    ])
    await gql(admin, 'mutation($s: ID!) { rollBackPolicy(scopeId: $s, version: 1, expectedVersion: 2) { version } }', {
      s: blue,
    })
    expect(await at.standing(blue)).toBe(3)
    await prompt()
  })

  test('the kill switch is one mutation: what is queued is refused, and the rest of the document stays', async () => {
    await apply(blue, { remoteControl: 'VIEW_AND_CONTROL', maxRung: 'STEER' })
    const asked = await prompt()
    await gql(admin, 'mutation($s: ID!) { disableRemoteControl(scopeId: $s) { version } }', { s: blue })
    expect((await refusalOf(prompt()))?.code).toBe('POLICY')
    expect(await setting('maxRung')).toMatchObject({ value: 'STEER', level: 'organisation' })
    await apply(blue, { remoteControl: 'VIEW_AND_CONTROL' })
    type Shown = { command: { state: string; refusal: { rule: string; owner: string } } }
    const { command } = await gql<Shown>(
      phone.token,
      'query($id: ID!) { command(id: $id) { state refusal { code rule level owner remedy } } }',
      { id: asked.id },
    )
    expect(command).toMatchObject({
      state: 'REFUSED',
      refusal: { rule: 'remoteControl OFF', owner: expect.any(String) },
    })
  })
})

describe('[F2] a setting', () => {
  test('maxRung limits every device, and says whose rule it is', async () => {
    await apply(blue, { remoteControl: 'VIEW_AND_CONTROL', maxRung: 'ANSWER' })
    const refusal = await refusalOf(prompt())
    expect(refusal?.extensions).toMatchObject({ code: 'POLICY', rule: 'maxRung ANSWER', level: 'organisation' })
    type Why = { whyNot: object | null }
    const ask = (rung: string) =>
      gql<Why>(
        phone.token,
        `query($s: ID!) { whyNot(rung: ${rung}, sessionId: $s) { code rule level owner remedy message } }`,
        { s: session.id },
      )
    expect((await ask('STEER')).whyNot).toMatchObject({
      code: 'POLICY',
      rule: 'maxRung ANSWER',
      owner: expect.any(String),
    })
    expect((await ask('ANSWER')).whyNot).toBeNull()
  })

  test('allowedModes refuses a mode by what it means, and one whose meaning nobody knows', async () => {
    await apply(blue, { remoteControl: 'VIEW_AND_CONTROL', allowedModes: ['PLAN', 'INTERACTIVE'] })
    const refusal = await refusalOf(prompt('auto'))
    expect(refusal?.extensions).toMatchObject({ code: 'POLICY', rule: 'allowedModes PLAN, INTERACTIVE' })
    expect((await refusalOf(prompt('what')))?.code).toBe('POLICY')
    await prompt('plan')
  })

  test('neverRemote refuses an approval and lets a deny pass; each answer says to go to the terminal', async () => {
    const classes = [{ name: 'wipe', patterns: ['rm -rf'], matches: ['sudo rm -rf /'], passes: ['rm file'] }]
    await apply(blue, { remoteControl: 'VIEW_AND_CONTROL', neverRemote: classes })
    const answer = (decisionId: string, optionId: string) =>
      gql(phone.token, 'mutation($i: AnswerPermissionInput!) { answerPermission(input: $i) { id } }', {
        i: { sessionId: session.id, key: randomText(16), decisionId, epoch: 1, optionId },
      })
    const wipe = await session.asks('Run a command', '{"command":"rm -rf build"}')
    const list = await session.asks('Run a command', '{"command":"ls"}')
    expect((await refusalOf(answer(wipe, 'yes')))?.extensions).toMatchObject({
      ...{ code: 'POLICY', rule: 'neverRemote wipe', level: 'organisation' },
      remedy: expect.stringContaining('terminal'),
    })
    await answer(wipe, 'no')
    await answer(list, 'yes')
    const broken = [{ ...classes[0], passes: ['rm -rf x'] }]
    const refusal = await refusalOf(apply(blue, { remoteControl: 'VIEW', neverRemote: broken }))
    expect(refusal?.message).toContain('should pass and does not')
  })

  test('[F4] allowedAgents withholds what runs, lets it go on when it is lifted, and lets nothing new start', async () => {
    await apply(blue, { remoteControl: 'VIEW_AND_CONTROL', allowedAgents: ['claude'] })
    const notice = () => session.push({ noticeShown: { severity: 'info', title: 'x' } })
    expect((await refusalOf(notice()))?.extensions).toMatchObject({ code: 'POLICY', rule: 'allowedAgents' })
    expect((await refusalOf(prompt()))?.extensions).toMatchObject({ rule: 'allowedAgents', level: 'organisation' })
    expect((await refusalOf(publishSession(server.gql, host)))?.extensions).toMatchObject({ code: 'POLICY' })
    await apply(blue, { remoteControl: 'VIEW_AND_CONTROL' })
    await notice()
    await prompt()
  })

  test('[F4] allowedDeviceKinds ends what a script holds open, and leaves browsers alone', async () => {
    const { addScript } = await gql<{ addScript: { token: string } }>(
      host.token,
      'mutation($h: ID!) { addScript(input: {hostId: $h, name: "ci", rung: VIEW}) { token } }',
      { h: host.id },
    )
    const live = server.subscribe(
      addScript.token,
      'subscription($id: ID!) { eventsAppended(sessionId: $id) { lastSeq } }',
      { id: session.id },
    )
    await live.next()
    await apply(blue, { remoteControl: 'VIEW_AND_CONTROL', allowedDeviceKinds: ['BROWSER'] })
    expect(await live.whyEnded()).toBe('POLICY')
    await prompt()
  })
})

describe('[F6] an admin token', () => {
  test('does what its scopes say, in its place, until it is revoked', async () => {
    const input = { name: 'blue reader', scopes: ['READ'], days: 1, scopeId: blue }
    const { token, adminToken } = await at.makeToken(input, admin)
    const read = 'query($s: ID!) { policyDocument(scopeId: $s) { version } }'
    await gql(token, read, { s: blue })
    expect((await refusalOf(gql(token, read, { s: enterprise })))?.code).toBe('NOT_FOUND')
    const own = await gql<object>(token, '{ thisAdminToken { id scopes scopeId } }')
    expect(own).toEqual({ thisAdminToken: { id: adminToken.id, scopes: ['READ'], scopeId: blue } })
    const kill = 'mutation($s: ID!) { disableRemoteControl(scopeId: $s) { version } }'
    expect((await refusalOf(gql(token, kill, { s: blue })))?.extensions).toMatchObject({
      ...{ code: 'SCOPE_MISSING', rule: 'this needs the scope POLICY', owner: 'whoever made this token' },
    })
    expect((await refusalOf(at.makeToken({ ...input, scopes: ['READ', 'AUDIT'] }, token)))?.code).toBe('SCOPE_MISSING')
    for (const field of ['sessions { edges { node { id } } }', 'devices { edges { node { id } } }', 'viewer { id }'])
      expect((await refusalOf(gql(token, `{ ${field} }`)))?.code).toBe('UNAUTHENTICATED')
    type Tokens = { adminTokens: { id: string; lastUsedAt: string | null }[] }
    const { adminTokens } = await gql<Tokens>(admin, '{ adminTokens { id name scopes lastUsedAt createdBy } }')
    expect(adminTokens.find(({ id }) => id === adminToken.id)?.lastUsedAt).toEqual(expect.any(String))
    await gql(admin, 'mutation($id: ID!) { revokeAdminToken(id: $id) { revokedAt } }', { id: adminToken.id })
    expect((await refusalOf(gql(token, read, { s: blue })))?.code).toBe('REVOKED')
  })

  test('[T2] no token stands in the database as it was shown', async () => {
    const { rows } = (await server.database.read((tx) =>
      tx.execute('select (select string_agg(t::text, chr(10)) from admin_token t) as kept'),
    )) as { rows: { kept: string }[] }
    expect(rows[0]?.kept).toContain('root')
    expect(rows[0]?.kept).not.toContain(admin)
  })
})
