/** The owner's remote control, obeyed on every path, running sessions included (T3, T4, T7). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { randomText } from '../../../protocol/bytes.ts'
import { allowance } from '../../../server/policy/allowance.ts'
import { RUNGS } from '../../../server/policy/rung.ts'
import type { Refusal } from '../../kit/ask.ts'
import type { EnrolledHost, PairedDevice } from '../../kit/people.ts'
import { startServer, type TestServer } from '../../kit/server.ts'
import { type PublishedSession, publishSession } from '../../kit/session.ts'

let server: TestServer
let host: EnrolledHost
let phone: PairedDevice
let session: PublishedSession
beforeAll(async () => {
  server = await startServer()
  host = await server.enrolledHost()
  phone = await server.pairedDevice({ host, rung: 'STEER' })
  session = await publishSession(server.gql, host)
})
afterAll(() => server.close())

const refusalOf = (work: Promise<unknown>): Promise<Refusal | null> =>
  work.then(
    () => null,
    (error: Refusal) => error,
  )
const set = (token: string, level: string) =>
  server.gql<{ setRemoteControl: { version: number } }>(
    token,
    'mutation($level: RemoteControl!) { setRemoteControl(level: $level) { remoteControl version updatedBy } }',
    { level },
  )
const prompt = (token: string, key = randomText(16)) =>
  server.gql<{ sendPrompt: { id: string; state: string } }>(
    token,
    'mutation($i: SendPromptInput!) { sendPrompt(input: $i) { id state } }',
    { i: { sessionId: session.id, key, text: 'go on' } },
  )

describe('[F4] under OFF', () => {
  test('reads are refused with the rule, lists are empty, and the policy itself can be read', async () => {
    await set(host.token, 'OFF')
    const refusal = await refusalOf(
      server.gql(phone.token, 'query($id: ID!) { session(id: $id) { id } }', { id: session.id }),
    )
    expect(refusal?.extensions).toMatchObject({ code: 'POLICY', rule: 'remoteControl OFF', level: 'policy' })
    expect(refusal?.extensions.remedy).toEqual(expect.any(String))
    type Lists = { sessions: { edges: unknown[] }; decisions: { edges: unknown[] }; policy: { remoteControl: string } }
    const lists = await server.gql<Lists>(
      phone.token,
      '{ sessions { edges { cursor } } decisions { edges { cursor } } policy { remoteControl } }',
    )
    expect(lists).toEqual({ sessions: { edges: [] }, decisions: { edges: [] }, policy: { remoteControl: 'OFF' } })
    expect((await refusalOf(prompt(phone.token)))?.code).toBe('POLICY')
    await set(host.token, 'VIEW_AND_CONTROL')
  })

  test('[F1] an open event stream ends with POLICY, and nothing more is taken from the host, whatever it thinks', async () => {
    const document = 'subscription($id: ID!) { eventsAppended(sessionId: $id) { lastSeq } }'
    const live = server.subscribe(phone.token, document, { id: session.id })
    await session.push({ noticeShown: { severity: 'info', title: 'one' } })
    await live.next()
    await set(host.token, 'OFF')
    const frame = await live.next((one) => (one.errors?.length ?? 0) > 0)
    expect(frame.errors?.[0]?.extensions).toMatchObject({ code: 'POLICY' })
    await live.ended()
    const two = () => session.push({ noticeShown: { severity: 'info', title: 'two' } })
    expect((await refusalOf(two()))?.extensions).toMatchObject({ code: 'POLICY', rule: 'remoteControl OFF' })
    await set(host.token, 'VIEW_AND_CONTROL')
    expect(await two()).toBeGreaterThan(1)
  })

  test('a list subscription empties, stays, and fills again', async () => {
    const document =
      'subscription { sessionsChanged { isSnapshot removedIds policy { remoteControl } sessions { id } } }'
    const live = server.subscribe(phone.token, document)
    type Change = {
      sessionsChanged: { sessions: { id: string }[]; removedIds: string[]; policy: { remoteControl: string } }
    }
    await live.next<Change>((one) => one.data?.sessionsChanged.sessions[0]?.id === session.id)
    await set(host.token, 'OFF')
    await live.next<Change>((one) => one.data?.sessionsChanged.removedIds.includes(session.id) ?? false)
    await set(host.token, 'VIEW_AND_CONTROL')
    await live.next<Change>((one) => one.data?.sessionsChanged.sessions.some((s) => s.id === session.id) ?? false)
    live.close()
  })
})

describe('when control is taken away', () => {
  test('what is queued is refused with the rule and is not delivered; the hosts poll learns the level at once', async () => {
    const { sendPrompt } = await prompt(phone.token)
    expect(sendPrompt.state).toBe('QUEUED')
    await set(host.token, 'VIEW')
    type Found = { command: { state: string; refusal: { code: string; rule: string } } }
    const { command } = await server.gql<Found>(
      phone.token,
      'query($id: ID!) { command(id: $id) { state refusal { code rule } } }',
      { id: sendPrompt.id },
    )
    expect(command).toEqual({ state: 'REFUSED', refusal: { code: 'POLICY', rule: 'remoteControl VIEW' } })
    type Polled = { hostCommands: { commands: { id: string }[]; policy: { remoteControl: string } } }
    const { hostCommands } = await server.gql<Polled>(
      host.token,
      'query($id: ID!) { hostCommands(hostId: $id) { commands { id } policy { remoteControl } } }',
      { id: host.id },
    )
    expect(hostCommands.commands.map((one) => one.id)).not.toContain(sendPrompt.id)
    expect(hostCommands.policy.remoteControl).toBe('VIEW')
    const refusal = await refusalOf(prompt(phone.token))
    expect(refusal?.extensions).toMatchObject({ code: 'POLICY', rule: 'remoteControl VIEW' })
    expect(
      await refusalOf(server.gql(phone.token, 'query($id: ID!) { session(id: $id) { id } }', { id: session.id })),
    ).toBeNull()
    await set(host.token, 'VIEW_AND_CONTROL')
  })

  test('a refused proposal opens its decision again', async () => {
    const decisionId = await session.asks('Run rm?', 'rm -rf build')
    const answer = {
      ...{ sessionId: session.id, decisionId, epoch: session.epoch, optionId: 'yes', key: randomText(16) },
    }
    await server.gql(phone.token, 'mutation($i: AnswerPermissionInput!) { answerPermission(input: $i) { state } }', {
      i: answer,
    })
    const look = () =>
      server.gql<{ session: { decision: { state: string; proposal: object | null } } }>(
        phone.token,
        'query($s: ID!, $d: ID!) { session(id: $s) { decision(id: $d) { state proposal { id } } } }',
        { s: session.id, d: decisionId },
      )
    expect((await look()).session.decision.proposal).not.toBeNull()
    await set(host.token, 'VIEW')
    expect((await look()).session.decision).toEqual({ state: 'OPEN', proposal: null })
    await set(host.token, 'VIEW_AND_CONTROL')
  })
})

describe('who may set it', () => {
  test('a device above VIEW lowers it, only a host or a FULL device raises it; the version rises with each change', async () => {
    const [viewer, full] = [
      await server.pairedDevice({ host, rung: 'VIEW', name: 'wall' }),
      await server.pairedDevice({ host, rung: 'FULL', name: 'tablet' }),
    ]
    const before = (await set(host.token, 'VIEW_AND_CONTROL')).setRemoteControl.version
    expect((await refusalOf(set(viewer.token, 'OFF')))?.code).toBe('RUNG_TOO_LOW')
    expect((await set(phone.token, 'OFF')).setRemoteControl).toMatchObject({ version: before + 1, updatedBy: 'phone' })
    expect((await refusalOf(set(phone.token, 'VIEW')))?.code).toBe('RUNG_TOO_LOW')
    expect((await set(full.token, 'VIEW_AND_CONTROL')).setRemoteControl.version).toBe(before + 2)
    expect((await set(full.token, 'VIEW_AND_CONTROL')).setRemoteControl.version).toBe(before + 2)
  })
})

describe('[T4] what is allowed is the lowest of device, session and policy', () => {
  const device = {
    kind: 'device',
    deviceKind: 'BROWSER',
    ownerId: 'own_1',
    deviceId: 'dev_1',
    deviceName: 'phone',
    publicKey: null,
    rung: 'FULL',
  } as const
  test.each(RUNGS.flatMap((rung) => RUNGS.map((ceiling) => ({ rung, ceiling }))))(
    'device $rung, ceiling $ceiling',
    (at) => {
      const lowest = RUNGS[Math.min(RUNGS.indexOf(at.rung), RUNGS.indexOf(at.ceiling))]
      const free = allowance(device, { rung: at.rung, remoteControl: 'VIEW_AND_CONTROL' }, { ceiling: at.ceiling })
      expect(free.rung).toBe(lowest)
      expect(free.limit === null).toBe(lowest === 'FULL')
      expect(free.limit?.level ?? null).toBe(lowest === 'FULL' ? null : at.ceiling === lowest ? 'session' : 'device')
      const viewed = allowance(device, { rung: at.rung, remoteControl: 'VIEW' }, { ceiling: at.ceiling })
      expect(viewed).toMatchObject({ rung: 'VIEW', limit: { code: 'POLICY', level: 'policy' } })
      expect(allowance(device, { rung: at.rung, remoteControl: 'OFF' }, { ceiling: at.ceiling }).rung).toBeNull()
    },
  )
})
