/**
 * [F1] [F2] The host checks policy again: what the server let through, because it does not know the rule or because somebody has written into its database,
 * is refused here with code, rule, level, owner and the way out. Each guard is taken away once by what it is given, and the command gets through.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { refusalOf } from '../../../agent-cli/bridge/rights.ts'
import { openRuling } from '../../../agent-cli/bridge/ruling.ts'
import { createHostLink } from '../../../agent-cli/remote/host-link.ts'
import type { HostCommand } from '../../../agent-cli/remote/host-operations.ts'
import type { MachineOptions } from '../../../agent-cli/rules/machine.ts'
import { readMachine } from '../../../agent-cli/rules/machine.ts'
import { type Rules, standing } from '../../../agent-cli/rules/rules.ts'
import { policy } from '../../../server/db/schema.ts'
import { applyPolicy, bringUnder } from '../../../server/policy/applying.ts'
import { createOrganisation } from '../../../server/store/organisations.ts'
import { pinsPasskey } from '../../kit/passkeys.ts'
import { memoryDatabase } from '../../kit/seed.ts'
import { enrolled, paired, server, taps } from '../remote/away.ts'
import { atEnd, desk, eventually, firstDecision, folder, items, until } from './desk.ts'

const admin = { level: 'machine', owner: 'the admin', remedy: 'Ask the admin.' }
const device = { id: 'dev', name: 'x', publicKey: null, rung: 'FULL', via: 'paired', addedAt: '' } as const
const option = (id: string, kind: string, thenMode: string | null = null) => ({
  id,
  kind,
  name: id,
  rung: 'ANSWER',
  thenMode,
})
const permission = {
  ...{ kind: 'PERMISSION', title: 'Run this?', evidence: 'npm run deploy', questions: [], paths: [] },
  options: [option('yes', 'allow_once'), option('no', 'reject_once'), option('auto', 'allow_once', 'AUTOPILOT')],
}
const command = (given: object) => ({ rung: 'FULL', deviceId: 'dev', ...given }) as HostCommand

/** What the host says to a command under such rules. */
function said(given: object, says: Partial<Rules>, more: object = {}) {
  const facts = {
    ...{
      device,
      ceiling: 'FULL',
      rules: standing([{ says, source: admin }]),
      sessionRefusal: null,
      decision: permission,
    },
    ...{ meaningOf: (id: string) => (id === 'yolo' ? 'AUTOPILOT' : id === 'ask' ? 'INTERACTIVE' : null) },
    ...{ promptMode: null, standingMode: 'ask', ...more },
  }
  return refusalOf(command(given), facts as unknown as Parameters<typeof refusalOf>[1])
}

const answer = (optionId: string) => ({ __typename: 'AnswerPermission', decisionId: 'd', optionId })
const deploys = [{ name: 'deploys', patterns: ['npm run deploy'] }]
/** The guard, what it stops, what it lets pass. */
const guards: readonly [string, Partial<Rules>, object, object, object?][] = [
  ['remoteControl VIEW', { remoteControl: 'VIEW' }, { __typename: 'CancelTurn' }, { __typename: 'none' }],
  ['allowedModes PLAN', { allowedModes: ['PLAN'] }, { __typename: 'SetMode', modeId: 'ask' }, answer('yes')],
  [
    'allowedModes PLAN',
    { allowedModes: ['PLAN'] },
    { __typename: 'SendPrompt', promptModeId: 'yolo' },
    { __typename: 'SendPrompt', promptModeId: 'ask' },
  ],
  [
    'allowedModes INTERACTIVE',
    { allowedModes: ['INTERACTIVE'] },
    { __typename: 'SetMode', modeId: 'unheard' },
    { __typename: 'SetMode', modeId: 'ask' },
  ],
  [
    'allowedModes PLAN, INTERACTIVE',
    { allowedModes: ['PLAN', 'INTERACTIVE'] },
    { __typename: 'DecidePlan', optionId: 'yes', thenMode: 'AUTOPILOT' },
    { __typename: 'DecidePlan', optionId: 'yes', thenMode: 'INTERACTIVE' },
  ],
  ['allowedModes PLAN', { allowedModes: ['PLAN'] }, answer('auto'), answer('yes')],
  [
    'allowedModes PLAN',
    { allowedModes: ['PLAN'] },
    { __typename: 'EditPrompt', newText: 'x' },
    { __typename: 'EditPrompt', newText: null },
    { promptMode: 'yolo' },
  ],
  ['neverRemote deploys', { neverRemote: deploys }, answer('yes'), answer('no')],
  [
    'allowedDeviceKinds without BROWSER',
    { allowedDeviceKinds: ['SCRIPT'] },
    { __typename: 'CancelTurn' },
    { __typename: 'none' },
  ],
  ['maxRung ANSWER', { maxRung: 'ANSWER' }, { __typename: 'SendPrompt', promptModeId: null }, answer('yes')],
]
test.each(guards)(
  '[F2] %s: refused with its owner and the way out; without the rule it gets through',
  (rule, says, stops, passes, more) => {
    const refused = said(stops, says, more)
    expect(refused).toMatchObject({ code: 'POLICY', rule, level: 'machine', owner: 'the admin' })
    expect(refused?.remedy).toContain('Ask the admin.')
    expect(said(stops, {}, more)).toBeNull()
    if ((passes as { __typename: string }).__typename !== 'none') expect(said(passes, says, more)).toBeNull()
  },
)

test('[D5] a rule that lowers the ladder leaves deny and cancel', () => {
  for (const given of [answer('no'), { __typename: 'CancelTurn' }]) expect(said(given, { maxRung: 'VIEW' })).toBeNull()
})

test('[F2] scripts are told from browsers by how they came, or by what the server called them when a person trusted them', () => {
  const script = { device: { ...device, via: 'script' } }
  const trusted = { device: { ...device, via: 'terminal', kind: 'SCRIPT' } }
  const rules: Partial<Rules> = { allowedDeviceKinds: ['BROWSER'] }
  for (const more of [script, trusted])
    expect(said({ __typename: 'CancelTurn' }, rules, more)?.rule).toBe('allowedDeviceKinds without SCRIPT')
  expect(said({ __typename: 'CancelTurn' }, rules)).toBeNull()
})

async function machineOf(managed: object): Promise<MachineOptions> {
  const file = join(await folder(), 'managed.json')
  await writeFile(file, JSON.stringify(managed), { mode: 0o644 })
  return { platform: 'linux', managedFile: file, rootUid: process.getuid?.() ?? 0, agentSwitches: [] }
}

test('[F2] agents and sessions without a terminal that may not be remote are refused before anything is connected, in whole sentences', async () => {
  const at = await server()
  const dataDir = await folder()
  await enrolled(at, dataDir)
  const ways = async (managed: object, isHeadless = false) => {
    const machine = await readMachine(await machineOf(managed))
    const agent = { id: 'scripted', name: 'Scripted', command: 'x', args: [], preset: null }
    return (await openRuling({ agent, cwd: dataDir, isHeadless }, machine)).refusal(null)
  }
  expect(await ways({ headlessSessions: false }, true)).toMatchObject({
    rule: 'headlessSessions false',
    level: 'machine',
  })
  expect(await ways({ headlessSessions: false }, false)).toBeNull()
  expect(await ways({ remote: 'off' })).toMatchObject({ rule: 'remoteControl OFF' })
  expect(await ways({ nonsense: true })).toMatchObject({ message: expect.stringContaining('unknown setting nonsense') })
  const refused = async (managed: object) => {
    const here = await desk({}, { dataDir, machine: await machineOf(managed) })
    return here.session.remote.on().then(
      () => null,
      (error: unknown) => error as { code: string; message: string; rule: string; because: object },
    )
  }
  const agents = await refused({ allowedAgents: ['claude'] })
  expect(agents).toMatchObject({ code: 'POLICY', rule: 'allowedAgents claude', because: { level: 'machine' } })
  expect(agents?.message).toMatch(/scripted may not be used from away.*Ask them: .*managed\.json/)
  expect(await refused({ allowedServers: ['https://offdesk.acme.example'] })).toMatchObject({ rule: 'allowedServers' })
})

test('[F1] what machine and repository take away is refused on the phone and said at the terminal, and the ceiling shown is the one that holds', async () => {
  const at = await server()
  const dataDir = await folder()
  const cwd = await folder()
  await enrolled(at, dataDir)
  await writeFile(join(cwd, '.offdesk.json'), JSON.stringify({ neverRemote: [{ name: 'makes', patterns: ['make'] }] }))
  const machine = await machineOf({ remote: 'steer', allowedModes: ['plan', 'interactive'] })
  const { session, agent } = await desk({}, { dataDir, cwd, ceiling: 'FULL', machine })
  await session.remote.on()
  await until(session, ({ remote }) => remote.state === 'live')
  expect(session.view().remote.ceiling).toBe('STEER')
  const phone = await paired(at, session, 'FULL')
  const tap = taps(phone, session.id)
  await tap.prompt('go')
  await agent.prompted()
  // The agent would like the rule away: what it said when the session began still holds.
  await writeFile(join(cwd, '.offdesk.json'), '{}')
  await session.remote.off()
  await session.remote.on()
  const asked = agent.asks({ title: 'make', command: 'make' })
  const decision = await firstDecision(session)
  await eventually(async () => (await tap.events()).openDecisions.length === 1)
  const sent = await tap.permission(decision, 'allow', { evidenceDigest: decision.evidenceDigest })
  expect(await tap.settled(sent)).toMatchObject({
    state: 'REFUSED',
    refusal: { code: 'POLICY', rule: 'neverRemote makes' },
  })
  const shown = await phone.gql<{ command: { refusal: object } }>(
    'query($id: ID!) { command(id: $id) { refusal { level owner remedy } } }',
    { id: sent },
  )
  expect(shown.command.refusal).toMatchObject({ level: 'repository', owner: 'whoever writes that repository' })
  const notice = (await until(session, (view) => items(view, 'notice').length > 0)).transcript
  expect(JSON.stringify(notice)).toContain('Refused what phone asked')
  await tap.permission(decision, 'deny')
  expect(await asked.answered()).toBe('deny')
})

test('[T5] [F4] the last policy that was heard holds here although the server has forgotten it: writing into its database gives nothing', async () => {
  const database = await memoryDatabase()
  const at = await server({ database })
  const dataDir = await folder()
  await enrolled(at, dataDir)
  const { session } = await desk({}, { dataDir, ceiling: 'FULL' })
  await session.remote.on()
  await until(session, ({ remote }) => remote.state === 'live')
  const phone = await paired(at, session, 'FULL')
  await pinsPasskey(at, phone, dataDir)
  const tap = taps(phone, session.id)
  const by = { actor: 'adm_test', name: 'test' }
  const { viewer } = await phone.gql<{ viewer: { id: string } }>('{ viewer { id } }')
  await database.transaction(async (tx) => {
    const ring = () => undefined
    const { id: scopeId } = await createOrganisation(tx, { name: 'Blue', enterpriseId: null })
    const document = {
      remoteControl: 'VIEW_AND_CONTROL',
      allowedModes: ['PLAN', 'INTERACTIVE'],
      headlessSessions: true,
    }
    await applyPolicy(tx, ring, by, { scopeId, expectedVersion: null, document, note: null })
    await bringUnder(tx, ring, by, { organisationId: scopeId, ownerId: viewer.id })
  })
  const heard = () => readFile(join(dataDir, 'host', 'policies.json'), 'utf8').catch(() => '')
  await eventually(async () => (await heard()).includes('"Ask the admins of the organisation Blue'))
  // No version rises: whoever writes here does not tell.
  await database.transaction((tx) => tx.update(policy).set({ settings: null, bounds: null }))
  const sent = await tap.mode('auto')
  expect(await tap.settled(sent)).toMatchObject({
    ...{ state: 'REFUSED', refusal: { code: 'POLICY', rule: 'allowedModes PLAN, INTERACTIVE' } },
  })
  expect(session.view().mode.effective?.id).not.toBe('auto')
  const next = await createHostLink({ dataDir, endpoint: { url: 'http://127.0.0.1:9' } })
  atEnd(() => next.close())
  expect(next.policy).toBeNull()
  await session.close()
  await at.close()
  const offline = await createHostLink({ dataDir, endpoint: { url: at.url } })
  atEnd(() => offline.close())
  expect(standing([offline.policy ?? { says: {}, source: admin }]).allowedModes).toMatchObject({
    ...{
      value: ['PLAN', 'INTERACTIVE'],
      source: { level: 'organisation', owner: 'the admins of the organisation Blue' },
    },
  })
})

test('[F2] what governs an organisation reaches a session without a terminal that is on its way: nothing more of it leaves', async () => {
  const database = await memoryDatabase()
  const at = await server({ database })
  const dataDir = await folder()
  await enrolled(at, dataDir)
  const { session } = await desk({}, { dataDir, isHeadless: true })
  await session.remote.on()
  await until(session, ({ remote }) => remote.state === 'live')
  const phone = await paired(at, session, 'FULL')
  const by = { actor: 'adm_test', name: 'test' }
  const { viewer } = await phone.gql<{ viewer: { id: string } }>('{ viewer { id } }')
  const scopeId = await database.transaction(async (tx) => {
    const { id } = await createOrganisation(tx, { name: 'Blue', enterpriseId: null })
    const document = { remoteControl: 'VIEW_AND_CONTROL' }
    await applyPolicy(tx, () => undefined, by, { scopeId: id, expectedVersion: null, document, note: null })
    await bringUnder(tx, () => undefined, by, { organisationId: id, ownerId: viewer.id })
    return id
  })
  const view = await until(session, ({ remote }) => remote.state === 'refused')
  expect(view.remote.reason).toMatch(/without a terminal.*admins of the organisation Blue/)
  // The server obeys it by itself as well: this host is not asked.
  const refused = await taps(phone, session.id)
    .prompt('go')
    .catch((error: unknown) => error)
  expect(String(refused)).toContain('nobody sits at its terminal')
  await database.transaction(async (tx) => {
    const document = { remoteControl: 'VIEW_AND_CONTROL', headlessSessions: true }
    await applyPolicy(tx, () => undefined, by, { scopeId, expectedVersion: null, document, note: null })
  })
  await until(session, ({ remote }) => remote.state === 'live')
})

test('[F2] without rules a machine says nothing', async () => {
  const ruling = await openRuling(
    { agent: { id: 'demo', name: 'Demo', command: 'x', args: [], preset: null }, cwd: await folder() },
    await readMachine({ managedFile: '/nowhere/managed.json', platform: 'linux' }),
  )
  expect(ruling.refusal(null)).toBeNull()
  expect(ruling.most).toBe('FULL')
})
