/** [T3] [F1] Whom an identity provider deactivates holds nothing open: sockets, streams and a host's polls end, by the bell and with every bell lost. `npm run trust` says how long it took. */
import { expect, test } from 'vitest'
import { createGoverned } from '../kit/governed.ts'
import { startServer } from '../kit/server.ts'
import { type Channel, opensSocket, opensStream, polls } from './channel.ts'
import { count, figure, isFull, quantiles } from './figure.ts'

const CHANNELS = count(20, 200)
const OURS = 'urn:offdesk:params:scim:schemas:extension:2.0:User'
const DEADLINE_MS = count(30_000, 300_000)

test.each([
  ['by the bell', {}],
  ['with every bell lost', { ignoreBell: true }],
] as const)(
  '[T3] %s: everything of a deactivated person ends with REVOKED',
  { timeout: DEADLINE_MS * 2 },
  async (how, trust) => {
    const server = await startServer({ trust })
    const governed = await createGoverned(server)
    const { host, phone, session, ownerId, enterpriseId } = governed
    await governed.apply(governed.organisationId, { remoteControl: 'VIEW_AND_CONTROL' })
    await governed.join()
    const scopeId = enterpriseId
    const { token } = await governed.makeToken({ name: 'idp', scopes: ['SCIM'], days: 1, scopeId }, governed.admin)
    const call = async (method: string, path: string, body: object) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' }
      return (await fetch(`${server.url}/scim/v2${path}`, { method, headers, body: JSON.stringify(body) })).json()
    }
    const { id } = (await call('POST', '/Users', { userName: 'ann@acme.example', [OURS]: { ownerId } })) as {
      id: string
    }
    const all: Channel[] = []
    for (let n = 0; n < CHANNELS * 0.9; n += 1)
      all.push(
        n % 9 < 7
          ? await opensSocket(server.port, phone.token, session.id)
          : await opensStream(server.url, phone.token, session.id),
      )
    await session.push({ noticeShown: { severity: 'info', title: 'tick' } })
    await expect
      .poll(() => all.filter(({ lastFrameAt }) => lastFrameAt === null).length, { timeout: DEADLINE_MS })
      .toBe(0)
    const query = 'query($id: ID!, $a: String) { hostCommands(hostId: $id, after: $a, waitSeconds: 25) { after } }'
    while (all.length < CHANNELS) all.push(polls(server.url, host.token, { query, variables: { id: host.id } }))
    const from = performance.now()
    const Operations = [{ op: 'replace', path: 'active', value: false }]
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp']
    await call('PATCH', `/Users/${id}`, { schemas, Operations })
    const answeredAt = performance.now()
    await expect.poll(() => all.filter(({ endedAt }) => endedAt === null).length, { timeout: DEADLINE_MS }).toBe(0)
    expect(new Set(all.filter(({ kind }) => kind !== 'poll').map(({ word }) => word))).toEqual(new Set(['REVOKED']))
    const ends = all.map(({ endedAt }) => Math.max(0, (endedAt ?? Number.POSITIVE_INFINITY) - from))
    const late = all.filter(({ lastFrameAt }) => (lastFrameAt ?? 0) > from + 2000).length
    figure(`deactivated by SCIM, ${how}`, {
      ...{ channels: all.length, 'the provider was answered after': `${Math.round(answeredAt - from)} ms` },
      ...{ 'ended, counted from the request': quantiles(ends), 'frames after 2 s': late },
    })
    if (isFull) expect(late).toBe(0)
    await server.close()
  },
)
