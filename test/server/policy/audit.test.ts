/** [F5] [F7] The audit over GraphQL: who may read it, what it says, how it leaves. */
import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AuditLine, faultIn } from '../../../protocol/audit.ts'
import { MAX_REFUSALS_A_MINUTE } from '../../../server/graphql/refusals-noted.ts'
import { createArrivals } from '../../kit/agent/arrivals.ts'
import type { Refusal } from '../../kit/ask.ts'
import { createGoverned, type Governed } from '../../kit/governed.ts'
import { startServer, type TestServer } from '../../kit/server.ts'

let server: TestServer
let at: Governed
beforeAll(async () => {
  server = await startServer({ push: { allowLoopback: true } })
  at = await createGoverned(server)
  await at.apply(at.organisationId, { remoteControl: 'VIEW_AND_CONTROL' })
  await at.join()
})
afterAll(() => server.close())

const FIELDS = 'number action actor actorName surface target proof outcome code rule line ownerId'
type Entry = { action: string; outcome: string; actor: string; line: string; rule: string | null; code: string | null }
const entries = async (token: string, args = ''): Promise<Entry[]> => {
  type Read = { auditEntries: { edges: { node: Entry }[] } }
  const document = `{ auditEntries${args} { edges { node { ${FIELDS} } } } }`
  return (await server.gql<Read>(token, document)).auditEntries.edges.map(({ node }) => node)
}
const ofBlue = (more = '') => `(scopeId: "${at.organisationId}"${more})`

describe('[F5] the audit', () => {
  test('names command, device and outcome; a refusal with its rule; and no word of a prompt or an evidence', async () => {
    const { id } = await at.prompt()
    await at.session.asks('Open sesame?', 'cat /etc/shadow')
    const noted = await entries(at.admin, ofBlue(`, filter: {actor: "${at.phone.id}"}`))
    expect(noted).toContainEqual(
      expect.objectContaining({ action: 'command.SendPrompt', target: id, outcome: 'ASKED' }),
    )
    await at.apply(at.organisationId, { remoteControl: 'VIEW' })
    await at.prompt().catch(() => {})
    await at.apply(at.organisationId, { remoteControl: 'VIEW_AND_CONTROL' })
    const refused = await entries(at.admin, ofBlue(', filter: {outcome: "REFUSED"}'))
    expect(refused).toContainEqual(
      expect.objectContaining({ action: 'refused.sendPrompt', code: 'POLICY', rule: 'remoteControl VIEW' }),
    )
    const all = JSON.stringify(await entries(at.admin, ofBlue()))
    for (const said of ['go on', 'sesame', 'shadow', '/home/dev']) expect(all).not.toContain(said)
    expect(all).toContain('policy.apply')
    expect(all).toContain('member.add')
  })

  test('is read by its organisation and by the person it concerns, and by nobody else', async () => {
    const own = await entries(at.phone.token)
    expect(own.some(({ action }) => action === 'device.pair')).toBe(true)
    const { token } = await at.makeToken({ name: 'no audit', scopes: ['READ'], days: 1, scopeId: at.organisationId })
    await expect(entries(token, ofBlue())).rejects.toMatchObject({ code: 'SCOPE_MISSING' })
    const blue = await at.makeToken({ name: 'blue', scopes: ['AUDIT'], days: 1, scopeId: at.organisationId })
    await expect(entries(blue.token)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await entries(blue.token, ofBlue())
  })

  test('a flood of refusals is noted up to its bound', async () => {
    const { token } = await at.makeToken({ name: 'flood', scopes: ['READ'], days: 1 })
    const kill = 'mutation($s: ID!) { disableRemoteControl(scopeId: $s) { version } }'
    for (let at_ = 0; at_ < MAX_REFUSALS_A_MINUTE + 20; at_++)
      await server.gql(token, kill, { s: at.organisationId }).catch((error: Refusal) => error.code)
    const noted = (await entries(at.admin, '(filter: {action: "refused.disableRemoteControl"}, first: 500)')).length
    expect(noted).toBe(MAX_REFUSALS_A_MINUTE)
  })

  test('a token that was taken away is noted when somebody uses it: on each road, once an hour, with from where', async () => {
    const phone = await server.pairedDevice({ host: at.host, name: 'lost' })
    await server.gql(at.host.token, 'mutation($id: ID!) { revokeDevice(id: $id) { id } }', { id: phone.id })
    const uses = () => entries(at.admin, ofBlue(`, filter: {actor: "${phone.id}", action: "refused.credential"}`))
    await expect(
      server.subscribe(phone.token, 'subscription { sessionsChanged { isSnapshot } }').ended(),
    ).resolves.toMatchObject({ code: 4403 })
    expect(await uses()).toMatchObject([
      { outcome: 'REFUSED', code: 'REVOKED', line: 'from 127.0.0.1; further uses within an hour are left out' },
    ])
    for (const path of ['/graphql', '/graphql?round'])
      await fetch(server.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${phone.token}` },
        body: '{"query":"{ viewer { id } }"}',
      })
    expect(await uses()).toHaveLength(1)

    const { token, adminToken } = await at.makeToken({ name: 'gone', scopes: ['READ'], days: 1 })
    await server.gql(at.admin, 'mutation($id: ID!) { revokeAdminToken(id: $id) { id } }', { id: adminToken.id })
    await server.gql(token, '{ thisAdminToken { id } }').catch(() => {})
    await server.gql('odd_nobodyhasgiventhisout', '{ viewer { id } }').catch(() => {})
    const noted = await entries(at.admin, '(filter: {action: "refused.credential"})')
    expect(noted.map(({ actor }) => actor)).toEqual([adminToken.id])
  })

  test('pages, and its export is whole and verifies', async () => {
    type Page = { auditEntries: { edges: { node: { number: number } }[]; pageInfo: { endCursor: string } } }
    const page = (after: string) =>
      server.gql<Page>(
        at.admin,
        `{ auditEntries(scopeId: "${at.organisationId}", first: 2${after}) { edges { node { number } } pageInfo { endCursor } } }`,
      )
    const first = (await page('')).auditEntries
    const second = (await page(`, after: "${first.pageInfo.endCursor}"`)).auditEntries
    const numbers = [...first.edges, ...second.edges].map(({ node }) => node.number)
    expect(numbers).toEqual([...numbers].sort((one, other) => other - one))
    const lines: AuditLine[] = []
    for (let after = 0, isComplete = false; !isComplete; ) {
      type Exported = { auditExport: { jsonl: string; after: number; isComplete: boolean } }
      const { auditExport } = await server.gql<Exported>(
        at.admin,
        `{ auditExport(scopeId: "${at.organisationId}", after: ${after}, first: 3) { jsonl after isComplete } }`,
      )
      lines.push(
        ...auditExport.jsonl
          .split('\n')
          .filter(Boolean)
          .map((line): AuditLine => JSON.parse(line)),
      )
      ;({ after, isComplete } = auditExport)
    }
    expect(await faultIn(lines)).toMatchObject({ fault: null, count: lines.length })
    expect(lines[0]?.number).toBe(1)
  })
})

/** An organisation whose chain holds so many entries, each sealed. */
async function longChain(entriesInIt: number): Promise<string> {
  type Made = { createOrganisation: { id: string } }
  const document = 'mutation($e: ID!) { createOrganisation(name: "Long", enterpriseId: $e) { id } }'
  const { id } = (await server.gql<Made>(at.admin, document, { e: at.enterpriseId })).createOrganisation
  const there = (await entries(at.admin, `(scopeId: "${id}")`)).length
  await server.database.transaction((tx) =>
    tx.execute(sql`insert into audit_entry (chain, actor, actor_name, surface, action, outcome, line)
      select ${id}, 'x', 'x', 'SERVER', 'test', 'DONE', 'x' from generate_series(${there + 1}::int, ${entriesInIt}::int)`),
  )
  await entries(at.admin, `(scopeId: "${id}")`)
  return id
}

test('an export has 1,000 entries at once, and says whether there are more', async () => {
  type Exported = { auditExport: { jsonl: string; after: number; isComplete: boolean } }
  const exports = async (chain: string, args: string) => {
    const document = `{ auditExport(scopeId: "${chain}"${args}) { jsonl after isComplete } }`
    const { jsonl, after, isComplete } = (await server.gql<Exported>(at.admin, document)).auditExport
    return [jsonl.split('\n').filter(Boolean).length, after, isComplete]
  }
  const chain = await longChain(1001)
  expect(await exports(chain, ', after: 1')).toEqual([1000, 1001, true])
  expect(await exports(chain, ', after: 0')).toEqual([1000, 1000, false])
  expect(await exports(chain, ', after: 0, first: 1001')).toEqual([1000, 1000, false])
})

describe('[F5] a webhook', () => {
  let receiver: Server
  const bodies = createArrivals<{ signature: string; body: string; status: number }>('a request')
  const statuses = [500]
  beforeAll(async () => {
    receiver = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        const status = statuses.shift() ?? 200
        bodies.push({ signature: String(request.headers['offdesk-signature']), body, status })
        response.writeHead(status).end()
      })
    })
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => receiver.close())

  test('is sent the chain in order and signed, again when it has not taken it', async () => {
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/siem`
    type Added = { addAuditWebhook: { secret: string; webhook: { id: string } } }
    const { addAuditWebhook } = await server.gql<Added>(
      at.admin,
      'mutation($s: ID!, $u: String!) { addAuditWebhook(scopeId: $s, url: $u) { secret webhook { id sentNumber } } }',
      { s: at.organisationId, u: url },
    )
    const refused = await bodies.next()
    const taken = await bodies.next()
    expect([refused.status, taken.status]).toEqual([500, 200])
    const [, seconds, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(taken.signature) ?? []
    expect(createHmac('sha256', addAuditWebhook.secret).update(`${seconds}.${taken.body}`).digest('hex')).toBe(mac)
    const lines = taken.body
      .split('\n')
      .filter(Boolean)
      .map((line): AuditLine => JSON.parse(line))
    expect(lines[0]?.number).toBe(1)
    expect((await faultIn(lines)).fault).toBeNull()
  })

  test('is sent 100 entries at once, the next one by itself', async () => {
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/long`
    const scopeId = await longChain(100)
    // Adding it is the entry after those.
    await server.gql(at.admin, 'mutation($s: ID!, $u: String!) { addAuditWebhook(scopeId: $s, url: $u) { secret } }', {
      ...{ s: scopeId, u: url },
    })
    const sent: number[][] = []
    while (sent.flat().length < 101) {
      const { body, status } = await bodies.next()
      if (status !== 200) continue
      const lines = body.split('\n').filter(Boolean)
      const own = lines.map((line): AuditLine => JSON.parse(line)).filter(({ chain }) => chain === scopeId)
      if (own.length > 0) sent.push(own.map(({ number }) => number))
    }
    expect(sent.map((numbers) => [numbers[0], numbers.length])).toEqual([
      [1, 100],
      [101, 1],
    ])
  })

  test.each([
    'http://example.com/x',
    'https://10.0.0.1/x',
    'https://169.254.169.254/x',
    'https://u:p@example.com/x',
    'x',
  ])('[G4] is not %s', async (url) => {
    const added = server.gql(at.admin, 'mutation($u: String!) { addAuditWebhook(url: $u) { secret } }', { u: url })
    await expect(added).rejects.toMatchObject({ code: 'BAD_INPUT' })
  })
})

test('[F8] an admin ends a stolen phone: its socket closes, and the audit says who did it', async () => {
  const stolen = await server.pairedDevice({ host: at.host, name: 'stolen' })
  const live = server.subscribe(stolen.token, 'subscription { sessionsChanged { isSnapshot } }')
  await live.next()
  type Devices = { memberDevices: { id: string; name: string }[] }
  const { memberDevices } = await server.gql<Devices>(
    at.admin,
    'query($o: ID!) { memberDevices(ownerId: $o) { id name rung lastSeenAt revokedAt } }',
    { o: at.ownerId },
  )
  const id = memberDevices.find(({ name }) => name === 'stolen')?.id
  await server.gql(at.admin, 'mutation($o: ID!, $id: ID!) { revokeMemberDevice(ownerId: $o, id: $id) { revokedAt } }', {
    o: at.ownerId,
    id,
  })
  expect(await live.ended()).toMatchObject({ by: 'close', code: 4403 })
  const [entry] = await entries(at.admin, ofBlue(', filter: {action: "device.revoke"}'))
  expect(entry).toMatchObject({ actorName: 'root', target: id })
  await expect(
    server.gql(at.admin, 'mutation { setLegalHold(organisationId: "org_x", held: true) { id } }'),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' })
})
