import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Authenticator } from '../../kit/authenticator.ts'
import { hasPasskey } from '../../kit/passkeys.ts'
import type { EnrolledHost, PairedDevice } from '../../kit/people.ts'
import { startServer, type TestServer } from '../../kit/server.ts'
import { vouchesWith } from '../../kit/signing.ts'
import { type Desk, newKey, openDesk, openedBody } from './desk.ts'

const COMMON =
  'id state key deviceName expiresAt settledAt refusal { code message } winner { outcome optionName origin { surface } }'
const MUTATION = (field: string, input: string) =>
  `mutation($input: ${input}!) { ${field}(input: $input) { __typename ${COMMON} } }`
type Shown = { __typename: string; id: string; state: string; winner: object | null; [field: string]: unknown }

describe('steering a session', () => {
  let server: TestServer
  let host: EnrolledHost
  let phones: Record<'VIEW' | 'ANSWER' | 'STEER' | 'FULL', PairedDevice>
  let desk: Desk
  let passkey: Authenticator
  beforeAll(async () => {
    server = await startServer()
    host = await server.enrolledHost()
    const paired = (rung: 'VIEW' | 'ANSWER' | 'STEER' | 'FULL') => server.pairedDevice({ host, rung, name: rung })
    phones = {
      VIEW: await paired('VIEW'),
      ANSWER: await paired('ANSWER'),
      STEER: await paired('STEER'),
      FULL: await paired('FULL'),
    }
    passkey = await hasPasskey(server.gql, phones.FULL, host)
  })
  afterAll(() => server?.close())
  beforeEach(async () => {
    desk = await openDesk(server, host)
    const modes = [
      { id: 'plan', name: 'Plan', canonical: 'PLAN' },
      { id: 'yolo', name: 'Autopilot', canonical: 'AUTOPILOT' },
      { id: 'odd', name: 'Odd' },
    ]
    const agent = { id: 'demo', name: 'Demo agent' }
    await desk.publish({ sessionConfigured: { agent, capabilities: [], modes } })
  })

  type Rung = keyof typeof phones
  const steer = async (rung: Rung, field: string, input: object): Promise<Shown> => {
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`
    const full = { key: newKey(), sessionId: desk.sessionId, ...input }
    const data = await server.gql<Record<string, Shown>>(phones[rung].token, MUTATION(field, type), { input: full })
    const shown = data[field]
    if (!shown) throw new Error('no command')
    return shown
  }
  const codeOf = async (work: Promise<unknown>): Promise<string> => {
    try {
      await work
      return 'ok'
    } catch (error) {
      return (error as { code: string }).code
    }
  }
  const settle = (commandId: string, state: string, refusal: object | null = null) =>
    server.gql<{ settleCommand: Shown }>(
      desk.token,
      `mutation($input: SettleCommandInput!) { settleCommand(input: $input) { __typename ${COMMON} } }`,
      { input: { commandId, state, refusal } },
    )

  it('[T4] each rung may do what the table says, and each refusal names its rule', async () => {
    const permission = await desk.ask()
    const question = await desk.ask('QUESTION')
    const plan = await desk.ask('PLAN')
    const answer = (optionId: string) => ({ decisionId: permission, epoch: 1, optionId })
    const decide = (optionId: string, thenMode: string | null = null) => ({
      decisionId: plan,
      epoch: 1,
      optionId,
      thenMode,
    })
    const accept = { decisionId: question, epoch: 1, answer: { accept: { values: [] } } }
    const rows: [string, object, Rung][] = [
      ['cancelTurn', {}, 'ANSWER'],
      ['answerPermission', answer('no'), 'ANSWER'],
      ['answerPermission', answer('once'), 'ANSWER'],
      ['answerPermission', answer('always'), 'FULL'],
      ['answerQuestion', accept, 'ANSWER'],
      ['answerQuestion', { ...accept, answer: { decline: {} } }, 'ANSWER'],
      ['decidePlan', decide('no'), 'ANSWER'],
      ['decidePlan', decide('go'), 'STEER'],
      ['decidePlan', decide('go', 'AUTOPILOT'), 'FULL'],
      ['decidePlan', decide('fly'), 'FULL'],
      ['sendPrompt', { text: 'go on' }, 'STEER'],
      ['sendPrompt', { text: 'go on', modeId: 'plan' }, 'STEER'],
      ['sendPrompt', { text: 'go on', modeId: 'yolo' }, 'FULL'],
      ['editPrompt', { promptId: 'p', text: 'x' }, 'STEER'],
      ['withdrawPrompt', { promptId: 'p' }, 'STEER'],
      ['releaseQueue', {}, 'STEER'],
      ['setMode', { modeId: 'plan' }, 'STEER'],
      ['setMode', { modeId: 'yolo' }, 'FULL'],
      ['setMode', { modeId: 'odd' }, 'FULL'],
      ['stopSession', {}, 'STEER'],
    ]
    const ladder: Rung[] = ['VIEW', 'ANSWER', 'STEER', 'FULL']
    for (const [field, input, needs] of rows) {
      if (needs === 'FULL') {
        const asked = `FULL ${field} ${JSON.stringify(input)}`
        vouchesWith(phones.FULL.token, null)
        expect(`${asked}: ${await codeOf(steer('FULL', field, input))}`).toBe(`${asked}: PASSKEY_REQUIRED`)
        vouchesWith(phones.FULL.token, passkey)
      }
      for (const rung of ladder) {
        const may = ladder.indexOf(rung) >= ladder.indexOf(needs)
        const what = `${rung} ${field} ${JSON.stringify(input)}`
        expect(`${what}: ${await codeOf(steer(rung, field, input))}`).toBe(`${what}: ${may ? 'ok' : 'RUNG_TOO_LOW'}`)
      }
    }
    await expect(steer('VIEW', 'cancelTurn', {})).rejects.toMatchObject({
      extensions: { rule: 'device rung VIEW', level: 'device' },
    })
  }, 90_000)

  it('[C1] the same key gives the same row over HTTP, whatever has become of it', async () => {
    const key = newKey()
    const first = await steer('STEER', 'sendPrompt', { key, text: 'go on' })
    expect(first).toMatchObject({ __typename: 'SendPrompt', state: 'QUEUED', deviceName: 'STEER' })
    await settle(first.id, 'REFUSED', { code: 'QUEUE_FULL', message: 'no more' })
    const again = await steer('STEER', 'sendPrompt', { key, text: 'go on' })
    expect(again).toMatchObject({ id: first.id, state: 'REFUSED', refusal: { code: 'QUEUE_FULL', message: 'no more' } })
    expect(await codeOf(steer('STEER', 'cancelTurn', { key }))).toBe('BAD_INPUT')
  })

  it('[D6] an option that was never offered makes no row, and another kind of answer is no answer', async () => {
    const decisionId = await desk.ask()
    expect(await codeOf(steer('FULL', 'answerPermission', { decisionId, epoch: 1, optionId: 'maybe' }))).toBe(
      'OPTION_NOT_OFFERED',
    )
    expect(await codeOf(steer('FULL', 'decidePlan', { decisionId, epoch: 1, optionId: 'once' }))).toBe('BAD_INPUT')
    expect(
      await codeOf(steer('FULL', 'answerPermission', { decisionId: 'dec_none', epoch: 1, optionId: 'once' })),
    ).toBe('NOT_FOUND')
    expect(await codeOf(steer('FULL', 'setMode', { modeId: 'sport' }))).toBe('OPTION_NOT_OFFERED')
    const { session } = await server.gql<{ session: { commands: { edges: object[] } } }>(
      phones.FULL.token,
      'query($id: ID!) { session(id: $id) { commands(first: 5) { edges { cursor node { id } } } } }',
      { id: desk.sessionId },
    )
    expect(session.commands.edges).toEqual([])
  })

  it('[D3] the loser is shown who won, from where and with which option', async () => {
    const decisionId = await desk.ask()
    const input = { decisionId, epoch: 1, optionId: 'once' }
    const winner = await steer('ANSWER', 'answerPermission', input)
    const loser = await steer('STEER', 'answerPermission', input)
    expect([winner.state, loser.state, loser.winner]).toEqual(['QUEUED', 'SUPERSEDED', null])
    const settled = {
      decisionId,
      outcome: 'ANSWERED',
      optionId: 'no',
      optionName: 'Deny',
      origin: { surface: 'TERMINAL' },
    }
    await desk.publish({ decisionSettled: settled })
    const { one, two, session } = await server.gql<{ one: Shown; two: Shown; session: { decision: object } }>(
      phones.STEER.token,
      `query($a: ID!, $b: ID!, $s: ID!, $d: ID!) { one: command(id: $a) { ${COMMON} } two: command(id: $b) { ${COMMON} }
        session(id: $s) { decision(id: $d) { state proposal { id } settlement { optionId origin { surface } } } } }`,
      { a: winner.id, b: loser.id, s: desk.sessionId, d: decisionId },
    )
    const won = { outcome: 'ANSWERED', optionName: 'Deny', origin: { surface: 'TERMINAL' } }
    expect([one.state, one.winner, two.winner]).toEqual(['SUPERSEDED', won, won])
    expect(session.decision).toEqual({
      ...{ state: 'SETTLED', proposal: null },
      settlement: { optionId: 'no', origin: { surface: 'TERMINAL' } },
    })
    expect((await steer('FULL', 'answerPermission', input)).state).toBe('SUPERSEDED')
  })

  it('[G4] keys, texts, NULs and halves of pairs are checked before a row is made', async () => {
    const bad: [string, object, string][] = [
      ['sendPrompt', { key: 'short', text: 'x' }, 'BAD_INPUT'],
      ['sendPrompt', { key: 'has spaces in it !', text: 'x' }, 'BAD_INPUT'],
      ['sendPrompt', { text: 'a\0b' }, 'BAD_INPUT'],
      ['sendPrompt', { text: '\ud800' }, 'BAD_INPUT'],
      ['sendPrompt', { text: '   ' }, 'BAD_INPUT'],
      ['sendPrompt', { text: 'x'.repeat(100_001) }, 'TOO_LARGE'],
      ['cancelTurn', { proof: 'x'.repeat(9000) }, 'BAD_INPUT'],
      ['cancelTurn', { sessionId: 'ses_0000000000000000000000' }, 'NOT_FOUND'],
      ['cancelTurn', { sessionId: '\ud800' }, 'BAD_INPUT'],
    ]
    for (const [field, input, code] of bad) expect(await codeOf(steer('FULL', field, input))).toBe(code)
    const digest = 'c'.repeat(64)
    const attachments = [{ digest, mediaType: 'image/png', name: 'a.png', size: 3 }]
    expect(await codeOf(steer('FULL', 'sendPrompt', { text: 'look', attachments }))).toBe('BODY_MISSING')
  })

  it('[C5] an ended session takes no command, and what was queued ends with it', async () => {
    const key = newKey()
    const queued = await steer('STEER', 'sendPrompt', { key, text: 'go on' })
    const end = `mutation { endSession(input: { sessionId: "${desk.sessionId}", epoch: 1, reason: "quit" }) { endReason } }`
    await server.gql(desk.token, end)
    expect(await codeOf(steer('STEER', 'sendPrompt', { text: 'more' }))).toBe('SESSION_ENDED')
    const again = await steer('STEER', 'sendPrompt', { key, text: 'go on' })
    expect(again).toMatchObject({ id: queued.id, state: 'REFUSED', refusal: { code: 'SESSION_ENDED' } })
  })

  it('[C4] [peer 6] what a host fetched and did not report before it ended the session is UNKNOWN, not on its way for ever', async () => {
    const key = newKey()
    const fetched = await steer('STEER', 'sendPrompt', { key, text: 'go on' })
    const acknowledge = `mutation { acknowledgeCommands(hostId: "${host.id}", ids: ["${fetched.id}"]) { state } }`
    await server.gql(host.token, acknowledge)
    const end = `mutation { endSession(input: { sessionId: "${desk.sessionId}", epoch: 1, reason: "died" }) { endReason } }`
    await server.gql(desk.token, end)
    expect(await steer('STEER', 'sendPrompt', { key, text: 'go on' })).toMatchObject({
      id: fetched.id,
      state: 'UNKNOWN',
    })
  })

  const POLL = `query($hostId: ID!, $after: String, $waitSeconds: Int) {
    hostCommands(hostId: $hostId, after: $after, waitSeconds: $waitSeconds) {
      after policy { remoteControl } revokedDeviceIds
      commands { __typename id state sessionId proof ... on SendPrompt { text promptId delivery } } } }`
  type Polled = { hostCommands: { after: string; commands: Shown[]; policy: { remoteControl: string } } }
  const poll = async (variables: object = {}, signal?: AbortSignal): Promise<Polled['hostCommands']> =>
    (await server.ask<Polled>(host.token, POLL, { hostId: host.id, ...variables }, signal)).value().hostCommands

  it('[C2] a waiting host is given a command when it is made, and again until it is settled', async () => {
    const before = await poll()
    const waiting = poll({ after: before.after, waitSeconds: 25 })
    const sent = await steer('STEER', 'sendPrompt', { text: 'go on' })
    const { commands, after } = await waiting
    expect(commands.filter((one) => one.id === sent.id)).toMatchObject([
      {
        __typename: 'SendPrompt',
        state: 'QUEUED',
        text: 'go on',
        proof: expect.stringMatching(/^v1\./),
        delivery: 'AFTER_TURN',
      },
    ])
    expect((await poll({ after })).commands).toEqual([])
    const acknowledge =
      'mutation($hostId: ID!, $ids: [ID!]!) { acknowledgeCommands(hostId: $hostId, ids: $ids) { id state } }'
    const ids = { hostId: host.id, ids: [sent.id] }
    expect(await server.gql(host.token, acknowledge, ids)).toEqual({
      acknowledgeCommands: [{ id: sent.id, state: 'DELIVERED' }],
    })
    expect((await settle(sent.id, 'APPLIED')).settleCommand.state).toBe('APPLIED')
    expect(await codeOf(settle(sent.id, 'UNKNOWN'))).toBe('COMMAND_SETTLED')
  })

  it('[C2] the wait ends at once when the request is dropped, and when policy changes', async () => {
    let { after } = await poll()
    while ((await poll({ after })).commands.length > 0) after = (await poll({ after })).after
    const dropped = new AbortController()
    const dropping = poll({ after, waitSeconds: 25 }, dropped.signal)
    dropped.abort()
    await expect(dropping).rejects.toThrow()
    const waiting = poll({ after, waitSeconds: 25 })
    const set = (level: string) => server.gql(host.token, `mutation { setRemoteControl(level: ${level}) { version } }`)
    await poll()
    await set('VIEW')
    expect((await waiting).policy.remoteControl).toBe('VIEW')
    expect(await codeOf(steer('FULL', 'cancelTurn', {}))).toBe('POLICY')
    await set('VIEW_AND_CONTROL')
    expect(await codeOf(steer('FULL', 'cancelTurn', {}))).toBe('ok')
  })

  it('[T1] a host fetches and settles its own commands only', async () => {
    const other = await server.enrolledHost('laptop')
    const mine = await steer('STEER', 'sendPrompt', { text: 'go on' })
    expect(await codeOf(server.gql(other.token, POLL, { hostId: host.id }))).toBe('NOT_FOUND')
    const input = { commandId: mine.id, state: 'APPLIED' }
    const document = 'mutation($input: SettleCommandInput!) { settleCommand(input: $input) { id } }'
    expect(await codeOf(server.gql(other.token, document, { input }))).toBe('NOT_FOUND')
    const elsewhere = await openDesk(server, host)
    expect(await codeOf(server.gql(elsewhere.token, document, { input }))).toBe('NOT_FOUND')
    const session = await server.gql(other.token, 'query($id: ID!) { session(id: $id) { id } }', { id: desk.sessionId })
    expect(session).toEqual({ session: null })
  })

  it('[T4] approving a plan into a mode that asks needs STEER, whatever word the agent has for that option', async () => {
    const decisionId = `dec_${newKey()}`
    const { decisionOpened } = await openedBody(decisionId, 'PLAN')
    const options = [
      { id: 'edits', name: 'Yes, and accept edits', kind: 'allow_always', rung: 'STEER', thenMode: 'INTERACTIVE' },
      { id: 'auto', name: 'Yes, on your own', kind: 'allow_always', rung: 'STEER', thenMode: 'AUTOPILOT' },
    ]
    await desk.publish({ decisionOpened: { ...decisionOpened, options } })
    const decide = (rung: Rung, optionId: string) =>
      codeOf(steer(rung, 'decidePlan', { decisionId, epoch: desk.epoch, optionId }))
    expect(await decide('ANSWER', 'edits')).toBe('RUNG_TOO_LOW')
    expect(await decide('STEER', 'auto')).toBe('RUNG_TOO_LOW')
    expect(await decide('STEER', 'edits')).toBe('ok')
  })
})
