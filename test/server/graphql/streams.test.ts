import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { EnrolledHost, PairedDevice } from '../../kit/people.ts'
import { startServer, type TestServer } from '../../kit/server.ts'
import { type Desk, newKey, openDesk } from './desk.ts'

const EVENTS = `subscription($sessionId: ID!, $after: Int!) { eventsAppended(sessionId: $sessionId, after: $after) {
  lastSeq events { __typename seq ... on TitleChanged { title } } } }`
const SESSIONS = `subscription { sessionsChanged { isSnapshot removedIds policy { remoteControl } now
  sessions { id title state host { liveUntil } openDecisions { id } } } }`
const DECISIONS = `subscription { decisionsChanged { isSnapshot decisions {
  id state title proposal { id state } session { id } settlement { outcome } } } }`
const COMMANDS = `subscription($sessionId: ID!) { commandsChanged(sessionId: $sessionId) { isSnapshot commands { id state } } }`

type Events = { eventsAppended: { lastSeq: number; events: { __typename: string; seq: number }[] } }
type Sessions = {
  sessionsChanged: {
    isSnapshot: boolean
    removedIds: string[]
    policy: { remoteControl: string }
    sessions: {
      id: string
      title: string
      state: string
      openDecisions: { id: string }[]
      host: { liveUntil: string | null }
    }[]
  }
}
type Decisions = {
  decisionsChanged: {
    isSnapshot: boolean
    decisions: { id: string; state: string; proposal: { id: string } | null; settlement: { outcome: string } | null }[]
  }
}
type Commands = { commandsChanged: { isSnapshot: boolean; commands: { id: string; state: string }[] } }

describe('following a session', () => {
  let server: TestServer
  let host: EnrolledHost
  let phone: PairedDevice
  let desk: Desk
  beforeAll(async () => {
    server = await startServer()
    host = await server.enrolledHost()
    phone = await server.pairedDevice({ host, rung: 'FULL' })
  })
  afterAll(() => server?.close())
  beforeEach(async () => {
    desk = await openDesk(server, host)
  })

  const titled = (title: string) => ({ titleChanged: { title } })
  const follow = (document: string, variables: object = {}) =>
    server.subscribe(phone.token, document, { sessionId: desk.sessionId, after: 0, ...variables })
  const send = async (field: string, input: object) => {
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`
    const document = `mutation($input: ${type}!) { ${field}(input: $input) { id state } }`
    const full = { key: newKey(), sessionId: desk.sessionId, ...input }
    return (await server.gql<Record<string, { id: string }>>(phone.token, document, { input: full }))[field]?.id ?? ''
  }

  it('[L3] begins after the number given and goes on with what is published, each number once and in order', async () => {
    await desk.publish(titled('1'), titled('2'), titled('3'))
    const stream = follow(EVENTS, { after: 1 })
    const seen: number[] = []
    const collect = async (until: number) => {
      while (seen.at(-1) !== until) {
        const { data } = await stream.next<Events>()
        seen.push(...(data?.eventsAppended.events ?? []).map((event) => event.seq))
      }
    }
    await collect(3)
    for (let seq = 4; seq <= 30; seq++) await desk.publish(titled(String(seq)))
    await collect(30)
    expect(seen).toEqual(Array.from({ length: 29 }, (_, index) => index + 2))
    stream.close()
  })

  it('[L6] a long history comes in bounded batches', async () => {
    for (let batch = 0; batch < 3; batch++)
      await desk.publish(...Array.from({ length: 150 }, (_, index) => titled(`${batch} ${index}`)))
    const stream = follow(EVENTS)
    const sizes: number[] = []
    while (sizes.reduce((sum, size) => sum + size, 0) < 450) {
      const { data } = await stream.next<Events>()
      sizes.push(data?.eventsAppended.events.length ?? 0)
      expect(data?.eventsAppended.lastSeq).toBe(450)
    }
    expect(sizes).toEqual([200, 200, 50])
    stream.close()
  })

  it('[E5] a session that is deleted, or is not there, ends its subscriptions with NOT_FOUND', async () => {
    const [events, commands] = [follow(EVENTS), follow(COMMANDS)]
    await desk.publish(titled('1'))
    await Promise.all([events.next(), commands.next()])
    await server.gql(phone.token, 'mutation($id: ID!) { deleteSession(id: $id) }', { id: desk.sessionId })
    for (const stream of [events, commands]) {
      const last = await stream.next((frame) => frame.errors !== undefined)
      expect(last.errors?.[0]?.extensions?.code).toBe('NOT_FOUND')
      expect((await stream.ended()).by).toBe('complete')
    }
    const none = await follow(EVENTS, { sessionId: 'ses_0000000000000000000000' }).next()
    expect(none.errors?.[0]?.extensions?.code).toBe('NOT_FOUND')
  })

  it('[T3] policy OFF ends the transcript with POLICY and empties the lists, which fill again with it', async () => {
    const set = (level: string) => server.gql(host.token, `mutation { setRemoteControl(level: ${level}) { version } }`)
    const [events, sessions] = [follow(EVENTS), follow(SESSIONS)]
    await desk.publish(titled('1'))
    await events.next()
    await sessions.next<Sessions>((frame) => frame.data?.sessionsChanged.sessions.length !== 0)
    await set('OFF')
    try {
      const last = await events.next((frame) => frame.errors !== undefined)
      expect(last.errors?.[0]?.extensions).toMatchObject({ code: 'POLICY', rule: 'remoteControl OFF', level: 'policy' })
      const emptied = await sessions.next<Sessions>(
        (frame) => frame.data?.sessionsChanged.policy.remoteControl === 'OFF',
      )
      expect(emptied.data?.sessionsChanged.removedIds).toContain(desk.sessionId)
      await expect(
        server.gql(phone.token, 'query($id: ID!) { session(id: $id) { id } }', { id: desk.sessionId }),
      ).rejects.toMatchObject({ code: 'POLICY' })
      const lists = await server.gql(phone.token, '{ sessions { edges { cursor } } decisions { edges { cursor } } }')
      expect(lists).toEqual({ sessions: { edges: [] }, decisions: { edges: [] } })
      await expect(desk.publish(titled('2'))).rejects.toMatchObject({ code: 'POLICY' })
    } finally {
      await set('VIEW_AND_CONTROL')
    }
    const filled = await sessions.next<Sessions>((frame) => frame.data?.sessionsChanged.sessions.length !== 0)
    expect(filled.data?.sessionsChanged.sessions.map((session) => session.id)).toContain(desk.sessionId)
    sessions.close()
  })

  it('[L6] the list of sessions begins with a snapshot and then tells what changed, heartbeats included', async () => {
    const stream = follow(SESSIONS)
    const first = await stream.next<Sessions>()
    expect(first.data?.sessionsChanged).toMatchObject({ isSnapshot: true, removedIds: [] })
    expect(first.data?.sessionsChanged.sessions.map((session) => session.id)).toContain(desk.sessionId)
    const changed = (fits: (session: Sessions['sessionsChanged']['sessions'][number]) => boolean) =>
      stream.next<Sessions>(
        (frame) =>
          frame.data?.sessionsChanged.isSnapshot === false &&
          frame.data.sessionsChanged.sessions.some((session) => session.id === desk.sessionId && fits(session)),
      )
    await desk.publish({ turnStarted: { turnId: 't1' } })
    await changed((session) => session.state === 'WORKING')
    await desk.ask()
    await changed((session) => session.openDecisions.length === 1)
    await server.gql(host.token, `mutation { heartbeat(hostId: "${host.id}") { now } }`)
    await changed((session) => session.host.liveUntil !== null)
    await server.gql(phone.token, 'mutation($id: ID!) { renameSession(id: $id, name: "Release") { title } }', {
      id: desk.sessionId,
    })
    await changed((session) => session.title === 'Release')
    await server.gql(phone.token, 'mutation($id: ID!) { archiveSession(id: $id) { archivedAt } }', {
      id: desk.sessionId,
    })
    await stream.next<Sessions>((frame) => frame.data?.sessionsChanged.removedIds.includes(desk.sessionId) === true)
    stream.close()
  })

  it('[D3] the inbox tells of a decision, its proposal, its reopening and who settled it', async () => {
    const stream = follow(DECISIONS)
    expect((await stream.next<Decisions>()).data?.decisionsChanged.isSnapshot).toBe(true)
    const decisionId = await desk.ask()
    const told = (fits: (decision: Decisions['decisionsChanged']['decisions'][number]) => boolean) =>
      stream.next<Decisions>(
        (frame) => frame.data?.decisionsChanged.decisions.some((one) => one.id === decisionId && fits(one)) === true,
      )
    await told((one) => one.state === 'OPEN' && one.proposal === null)
    const command = await send('answerPermission', { decisionId, epoch: 1, optionId: 'once' })
    await told((one) => one.proposal?.id === command)
    const settle = 'mutation($input: SettleCommandInput!) { settleCommand(input: $input) { state } }'
    await server.gql(desk.token, settle, { input: { commandId: command, state: 'UNKNOWN' } })
    await told((one) => one.state === 'OPEN' && one.proposal === null)
    await desk.publish({ decisionSettled: { decisionId, outcome: 'CANCELLED', origin: { surface: 'TERMINAL' } } })
    await told((one) => one.settlement?.outcome === 'CANCELLED')
    stream.close()
  })

  it('[D3] a withdrawal that was assumed when a new attachment came is corrected in the inbox by the journal’s word', async () => {
    const stream = follow(DECISIONS)
    await stream.next<Decisions>()
    const decisionId = await desk.ask()
    const told = (fits: (decision: Decisions['decisionsChanged']['decisions'][number]) => boolean) =>
      stream.next<Decisions>(
        (frame) => frame.data?.decisionsChanged.decisions.some((one) => one.id === decisionId && fits(one)) === true,
      )
    await told((one) => one.state === 'OPEN')
    await desk.start({ epoch: 2, attachmentId: 'att_of_the_next_process' })
    await told((one) => one.settlement?.outcome === 'WITHDRAWN')
    const origin = { surface: 'TERMINAL' }
    await desk.publish({ decisionSettled: { decisionId, outcome: 'ANSWERED', optionId: 'once', origin } })
    await told((one) => one.settlement?.outcome === 'ANSWERED')
    stream.close()
  })

  it('[C5] the states of commands change live, from a snapshot on', async () => {
    const before = await send('sendPrompt', { text: 'one' })
    const stream = follow(COMMANDS)
    expect((await stream.next<Commands>()).data?.commandsChanged).toEqual({
      isSnapshot: true,
      commands: [{ id: before, state: 'QUEUED' }],
    })
    const after = await send('sendPrompt', { text: 'two' })
    const becomes = (id: string, state: string) =>
      stream.next<Commands>(
        (frame) => frame.data?.commandsChanged.commands.some((one) => one.id === id && one.state === state) === true,
      )
    await becomes(after, 'QUEUED')
    const acknowledge =
      'mutation($hostId: ID!, $ids: [ID!]!) { acknowledgeCommands(hostId: $hostId, ids: $ids) { id } }'
    await server.gql(host.token, acknowledge, { hostId: host.id, ids: [before] })
    await becomes(before, 'DELIVERED')
    const settle = 'mutation($input: SettleCommandInput!) { settleCommand(input: $input) { state } }'
    await server.gql(desk.token, settle, { input: { commandId: before, state: 'APPLIED' } })
    await becomes(before, 'APPLIED')
    stream.close()
  })
})
