/** [T4] [F4] Where policy asks who looks: nothing of a session goes to a device whose person was not verified lately, over any road; deny and cancel always go (D5). */
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { randomText } from '../../../protocol/bytes.ts'
import { proofFor, type SteeringMutation } from '../../../protocol/command-input.ts'
import { sign } from '../../../protocol/keys.ts'
import { evidenceDigest } from '../../../protocol/pairing.ts'
import { command, device } from '../../../server/db/schema.ts'
import { moveTrustMark } from '../../../server/db/trust-mark.ts'
import type { Authenticator } from '../../kit/authenticator.ts'
import { createGoverned, type Governed } from '../../kit/governed.ts'
import { asksToPin, makesPasskey, saysPinned } from '../../kit/passkeys.ts'
import type { PairedDevice } from '../../kit/people.ts'
import { startServer, type TestServer } from '../../kit/server.ts'
import { confirms } from '../../kit/sign-in.ts'
import { opensSocket, opensStream } from '../../trust/channel.ts'

let server: TestServer
let at: Governed
let phone: PairedDevice
let finger: Authenticator
let decisionId: string
let commandId: string

const ASKS = { remoteControl: 'VIEW_AND_CONTROL', stepUp: { from: 'VIEW', viewMinutes: 60 } }
const REFUSED = {
  code: 'PASSKEY_REQUIRED',
  rule: 'stepUp at VIEW',
  level: 'organisation',
  owner: expect.stringContaining('Blue'),
}
const SAID = ['sesame', '/home/dev/shop', 'go on']
const DEADLINE = { timeout: 20_000 }

const reads = (): [string, string][] => [
  ['session', `query { session(id: "${at.session.id}") { cwd events(first: 5) { edges { node { __typename } } } } }`],
  ['session, as pages ask it', `query { session(id: "${at.session.id}") { title } }`],
  ['sessions', 'query { sessions(first: 5) { edges { node { title } } } }'],
  ['decisions', 'query { decisions(first: 5) { edges { node { title evidence } } } }'],
  ['command', `query { command(id: "${commandId}") { __typename ... on SendPrompt { text } } }`],
  ['search', `query { session(id: "${at.session.id}") { search(words: "sesame") { __typename } } }`],
  ['renaming', `mutation { renameSession(id: "${at.session.id}", name: "x") { title } }`],
]
const events = () => `subscription { eventsAppended(sessionId: "${at.session.id}") { lastSeq } }`
const commands = () => `subscription { commandsChanged(sessionId: "${at.session.id}") { isSnapshot } }`

type Looking = { everyMinutes: number | null; until: string | null; whyNot: { code: string } | null }
const LOOKING = '{ everyMinutes until whyNot { code rule level owner remedy } }'
const looking = async (token = phone.token) =>
  (await server.gql<{ looking: Looking }>(token, `{ looking ${LOOKING} }`)).looking
const VOUCH = `mutation($c: ConfirmationInput!) { vouchForLooking(confirmation: $c) ${LOOKING} }`
const vouches = async (by = phone, authenticator = finger, act = 'look', as = {}) => {
  const c = await confirms(server.gql, { token: by.token, deviceId: by.id }, authenticator, act, as)
  return (await server.gql<{ vouchForLooking: Looking }>(by.token, VOUCH, { c })).vouchForLooking
}
const refusalOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: { code?: string }) => error.code ?? String(error),
  )
/** Its person was verified so long ago; everybody is told at once, as by any change of trust. */
const verifiedAgo = (seconds: number | null, id = phone.id) =>
  server.database.transaction(async (tx) => {
    const at = seconds === null ? null : sql`clock_timestamp() - make_interval(secs => ${seconds}::float8)`
    await tx
      .update(device)
      .set({ verifiedAt: at as never })
      .where(sql`${device.id} = ${id}`)
    await moveTrustMark(tx)
  })
const becomesDue = () => expect.poll(async () => (await looking()).whyNot?.code, DEADLINE).toBe('PASSKEY_REQUIRED')
const apply = (document: object) => at.apply(at.organisationId, document)

beforeAll(async () => {
  server = await startServer()
  at = await createGoverned(server)
  phone = at.phone
  decisionId = await at.session.asks('Open sesame?', 'sesame /home/dev/shop')
  commandId = (await at.prompt()).id
  finger = await makesPasskey(server.gql, phone)
  await at.join()
})
afterAll(() => server?.close())

describe('where nobody asks who looks', () => {
  test('nothing is asked, and nothing is kept that requests would have to look at', async () => {
    await apply({ remoteControl: 'VIEW_AND_CONTROL', stepUp: { from: 'ANSWER', viewMinutes: 1 } })
    expect(await looking()).toEqual({ everyMinutes: null, until: null, whyNot: null })
    for (const [what, document] of reads().slice(0, 6))
      expect((await server.ask(phone.token, document)).errors, what).toEqual([])
    const { bounds } = await server.database.read(async (tx) => {
      const [row] = await tx.query.policy.findMany()
      return row ?? { bounds: null }
    })
    expect(JSON.parse(bounds ?? '{}')).not.toHaveProperty('looking')
  })
})

describe('where policy asks', () => {
  test('[F4] what is open ends with the reason, by socket and by stream; lists go empty and stay open', async () => {
    const socket = await opensSocket(server.port, phone.token, at.session.id)
    const stream = await opensStream(server.url, phone.token, at.session.id)
    const followed = server.subscribe(phone.token, commands())
    const sessions = server.subscribe(
      phone.token,
      'subscription { sessionsChanged { isSnapshot sessions { id } removedIds } }',
    )
    const told = server.subscribe(phone.token, `subscription { lookingChanged ${LOOKING} }`)
    for (const one of [followed, sessions, told]) await one.next()
    await apply(ASKS)
    await expect.poll(() => [socket.word, stream.word], DEADLINE).toEqual(['PASSKEY_REQUIRED', 'PASSKEY_REQUIRED'])
    expect(await followed.whyEnded()).toBe('PASSKEY_REQUIRED')
    await sessions.next<{ sessionsChanged: { removedIds: string[] } }>(({ data }) =>
      Boolean(data?.sessionsChanged.removedIds.includes(at.session.id)),
    )
    await told.next<{ lookingChanged: Looking }>(({ data }) => data?.lookingChanged.whyNot?.code === 'PASSKEY_REQUIRED')
    for (const one of [sessions, told]) one.close()
  })

  test('[T7] every read is refused with code, rule, level, owner and what lifts it, and shows nothing', async () => {
    for (const [what, document] of reads()) {
      const { data, errors } = await server.ask(phone.token, document)
      expect(errors[0]?.extensions, what).toMatchObject({
        ...REFUSED,
        remedy: expect.stringContaining('offdesk devices pin'),
      })
      for (const word of SAID) expect(JSON.stringify(data ?? null), what).not.toContain(word)
    }
    for (const document of [events(), commands()])
      expect(await server.subscribe(phone.token, document).whyEnded()).toBe('PASSKEY_REQUIRED')
    const decisions = server.subscribe(phone.token, 'subscription { decisionsChanged { isSnapshot decisions { id } } }')
    expect((await decisions.next()).data).toEqual({ decisionsChanged: { isSnapshot: true, decisions: [] } })
    decisions.close()
    expect(await looking()).toMatchObject({ everyMinutes: 60, until: null, whyNot: REFUSED })
    const { whyNot } = await server.gql<{ whyNot: object }>(
      phone.token,
      '{ whyNot(rung: VIEW) { code rule level owner } }',
    )
    expect(whyNot).toMatchObject(REFUSED)
  })

  test('machines and scripts look as before', async () => {
    expect((await server.ask(at.session.token, reads()[1]?.[1] ?? '')).errors).toEqual([])
    const add = 'mutation($h: ID!) { addScript(input: {hostId: $h, name: "ci", rung: VIEW}) { token } }'
    const { addScript } = await server.gql<{ addScript: { token: string } }>(at.host.token, add, { h: at.host.id })
    expect((await server.ask(addScript.token, reads()[1]?.[1] ?? '')).errors).toEqual([])
    expect(await looking(addScript.token)).toMatchObject({ everyMinutes: null, whyNot: null })
  })

  test('[T4] a passkey that nobody has pinned opens nothing: whoever holds the phone can make one', async () => {
    expect(await refusalOf(vouches())).toBe('PASSKEY_REQUIRED')
    expect((await looking()).whyNot).not.toBeNull()
  })

  test('[T4] neither does another act’s, another device’s, one without its person, nor the same answer twice', async () => {
    await saysPinned(server.gql, at.host, (await asksToPin(server.gql, phone, finger, at.host.id)).commandId)
    const tablet = await server.pairedDevice({ host: at.host, rung: 'FULL', name: 'tablet' })
    expect(await refusalOf(vouches(phone, finger, 'invite'))).toBe('PASSKEY_WRONG')
    expect(await refusalOf(vouches(tablet, finger))).toBe('PASSKEY_WRONG')
    expect(await refusalOf(vouches(phone, finger, 'look', { verifies: false }))).toBe('PASSKEY_WRONG')
    const c = await confirms(server.gql, { token: phone.token, deviceId: phone.id }, finger, 'look')
    expect(await refusalOf(server.gql(tablet.token, VOUCH, { c }))).toBe('PASSKEY_WRONG')
    await server.gql(phone.token, VOUCH, { c })
    await verifiedAgo(null)
    await becomesDue()
    expect(await refusalOf(server.gql(phone.token, VOUCH, { c }))).toBe('PASSKEY_WRONG')
    expect((await looking()).whyNot).not.toBeNull()
  })

  test('a pinned one opens everything for as long as policy says, lists fill again, and the audit has it', async () => {
    const sessions = server.subscribe(phone.token, 'subscription { sessionsChanged { isSnapshot sessions { id } } }')
    await sessions.next()
    const given = await vouches()
    expect(given).toMatchObject({ everyMinutes: 60, whyNot: null })
    const left = Date.parse(given.until ?? '') - Date.now()
    expect(left).toBeGreaterThan(50 * 60_000)
    expect(left).toBeLessThan(70 * 60_000)
    await sessions.next<{ sessionsChanged: { sessions: { id: string }[] } }>(({ data }) =>
      Boolean(data?.sessionsChanged.sessions.some(({ id }) => id === at.session.id)),
    )
    sessions.close()
    for (const [what, document] of reads()) expect((await server.ask(phone.token, document)).errors, what).toEqual([])
    type Entries = { auditEntries: { edges: { node: { action: string; proof: string } }[] } }
    const { auditEntries } = await server.gql<Entries>(
      phone.token,
      '{ auditEntries(first: 5) { edges { node { action proof } } } }',
    )
    expect(auditEntries.edges.map(({ node }) => node)).toContainEqual({ action: 'device.verify', proof: 'passkey' })
  })

  test('[L7] one who may look and one who may not share no page of a list', async () => {
    const tablet = await server.pairedDevice({ host: at.host, rung: 'FULL', name: 'beside' })
    for (const [field, selection] of [
      ['sessionsChanged', '{ sessions { id title } }'],
      ['decisionsChanged', '{ decisions { id title } }'],
    ]) {
      const document = `subscription { ${field} ${selection} }`
      const [seeing, blind] = [server.subscribe(phone.token, document), server.subscribe(tablet.token, document)]
      const fits = (what: string) => (frame: object) => JSON.stringify(frame).includes(what)
      await blind.next()
      await seeing.next(fits(field === 'sessionsChanged' ? at.session.id : decisionId))
      const news = await at.session.asks(`News of ${field}`, 'sesame')
      await seeing.next(fits(field === 'sessionsChanged' ? at.session.id : news))
      await at.session.settles(news)
      for (const one of [seeing, blind]) one.close()
      for (const secret of ['sesame', at.session.id, news]) expect(JSON.stringify(blind.frames)).not.toContain(secret)
    }
  })

  test('[E10] the time alone ends what is open', async () => {
    await verifiedAgo(0)
    const socket = await opensSocket(server.port, phone.token, at.session.id)
    const stream = await opensStream(server.url, phone.token, at.session.id)
    const sessions = server.subscribe(phone.token, 'subscription { sessionsChanged { isSnapshot removedIds } }')
    const told = server.subscribe(phone.token, `subscription { lookingChanged ${LOOKING} }`)
    for (const one of [sessions, told]) await one.next()
    // A second and a half before the hour is over; from here on nobody rings and nothing is written.
    await verifiedAgo(3600 - 1.5)
    await expect.poll(() => [socket.word, stream.word], DEADLINE).toEqual(['PASSKEY_REQUIRED', 'PASSKEY_REQUIRED'])
    await sessions.next<{ sessionsChanged: { removedIds: string[] } }>(({ data }) =>
      Boolean(data?.sessionsChanged.removedIds.length),
    )
    await told.next<{ lookingChanged: Looking }>(({ data }) => data?.lookingChanged.whyNot?.code === 'PASSKEY_REQUIRED')
    for (const one of [sessions, told]) one.close()
  })

  test('[F4] a policy that asks more often ends a time that was longer', async () => {
    await verifiedAgo(120)
    await expect.poll(async () => (await looking()).whyNot, DEADLINE).toBeNull()
    const followed = server.subscribe(phone.token, events())
    await followed.next()
    await apply({ ...ASKS, stepUp: { from: 'VIEW', viewMinutes: 1 } })
    expect(await followed.whyEnded()).toBe('PASSKEY_REQUIRED')
    await apply(ASKS)
  })

  test('a device that pairs anew begins unverified', async () => {
    const fresh = await server.pairedDevice({ host: at.host, rung: 'VIEW', name: 'fresh' })
    expect((await looking(fresh.token)).whyNot?.code).toBe('PASSKEY_REQUIRED')
  })
})

describe('[D5] a stolen phone that may not look', () => {
  let counter = Date.now()
  const says = async (mutation: SteeringMutation, document: string, input: object, seen: object = {}) => {
    const made = { key: randomText(16), sessionId: at.session.id, ...input }
    const by = { deviceId: phone.id, sign: (bytes: Parameters<typeof sign>[1]) => sign(phone.keys.privateKey, bytes) }
    const said = { mutation, seen, hostId: at.host.id, counter: ++counter, madeAtMs: Date.now(), voucher: null }
    const proof = await proofFor(by, { ...said, input: made })
    return server.ask<Record<string, { state: string; winner: object | null }>>(phone.token, document, {
      i: { ...made, proof },
    })
  }
  const deny = 'mutation($i: AnswerPermissionInput!) { answerPermission(input: $i) { state winner { optionName } } }'

  beforeAll(() => verifiedAgo(null))

  test('is told what it may end and no word of what is said; denies it; cancels', async () => {
    await becomesDue()
    type Told = { stoppable: { sessionId: string; hostName: string; decisions: Record<string, unknown>[] }[] }
    const document = `{ stoppable { sessionId hostId hostName isWorking decisions { id kind epoch openedAt optionId optionName said { key state } } } }`
    const { stoppable } = await server.gql<Told>(phone.token, document)
    const digest = await evidenceDigest('sesame /home/dev/shop')
    for (const word of [...SAID, digest]) expect(JSON.stringify(stoppable)).not.toContain(word)
    const [decision] = stoppable[0]?.decisions ?? []
    expect(stoppable).toMatchObject([
      { sessionId: at.session.id, hostName: 'desk', decisions: [{ id: decisionId, optionName: 'Deny' }] },
    ])
    const { epoch, optionId, optionName } = decision ?? {}
    const input = { decisionId, epoch, evidenceDigest: null, optionId }
    const denied = await says('answerPermission', deny, input, { optionName })
    expect(denied.data?.answerPermission).toMatchObject({ state: 'QUEUED' })
    const ownAnswer = async (by = phone) =>
      (await server.gql<Told>(by.token, document)).stoppable[0]?.decisions.find(({ id }) => id === decisionId)?.said
    expect(await ownAnswer()).toMatchObject({ state: 'QUEUED' })
    // Its host refuses it: it is open again, and this device is told that it can say it once more (D2, C5). Another one is not told of it.
    await server.database.transaction((tx) =>
      tx.update(command).set({ state: 'REFUSED' }).where(sql`${command.decisionId} = ${decisionId}`),
    )
    expect(await ownAnswer()).toMatchObject({ state: 'REFUSED' })
    expect(await ownAnswer(await server.pairedDevice({ host: at.host, rung: 'FULL', name: 'second' }))).toBeNull()
    const cancel = 'mutation($i: CancelTurnInput!) { cancelTurn(input: $i) { state } }'
    expect((await says('cancelTurn', cancel, { turnId: null })).data?.cancelTurn).toMatchObject({ state: 'QUEUED' })
  })

  test('allows nothing, and hears no words of whoever came first', async () => {
    const other = await at.session.asks('Second', 'sesame again')
    const of = { decisionId: other, epoch: 1, evidenceDigest: null }
    const allowed = await says('answerPermission', deny, { ...of, optionId: 'yes' }, { optionName: 'Allow' })
    expect(allowed.errors[0]?.extensions).toMatchObject({ code: 'PASSKEY_REQUIRED' })
    await at.session.settles(other)
    const late = await says('answerPermission', deny, { ...of, optionId: 'no' }, { optionName: 'Deny' })
    expect(late.data?.answerPermission).toEqual({ state: 'SUPERSEDED', winner: null })
  })

  test('is told of nothing where it may not even deny', async () => {
    const fresh = await server.pairedDevice({ host: at.host, rung: 'VIEW', name: 'viewer' })
    expect(await server.gql(fresh.token, '{ stoppable { sessionId } }')).toEqual({ stoppable: [] })
  })
})
