/**
 * [T1] [F7] A resolver that forgets to look whose something is hands Ann's rows to whoever asks: the types' owner rules let nobody see them. The same with these rules taken away shows
 * everything, so they are what stops it. By injection here: nothing in the product can turn them off.
 */
import type { GraphQLSchema } from 'graphql'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { builder } from '../../server/graphql/builder.ts'
import { createGoverned, type Governed } from '../kit/governed.ts'
import { startServer, type TestServer } from '../kit/server.ts'
import { figure } from './figure.ts'
import { createStrangers, type Stranger } from './strangers.ts'

let server: TestServer
let schema: GraphQLSchema
let ann: Governed
let strangers: Record<string, Stranger>
const rules = builder.options.scopeAuth
const asked = rules.authScopes

beforeAll(async () => {
  const built = vi.spyOn(builder, 'toSchema')
  server = await startServer()
  const [made] = built.mock.results
  if (made?.type !== 'return') throw new Error('the server has built no schema')
  schema = made.value
  built.mockRestore()
  ann = await createGoverned(server)
  await ann.apply(ann.organisationId, { remoteControl: 'VIEW_AND_CONTROL' })
  await ann.join()
  strangers = await createStrangers(server, ann)
}, 120_000)
afterAll(async () => {
  rules.authScopes = asked
  await server?.close()
})

/** Round the compiled way, which has rules of its own (test/server/http/direct.test.ts: both give the same answers). */
async function shown(token: string | null, query: string): Promise<string> {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
  const answer = await fetch(`${server.url}/graphql?round`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query }),
  })
  return JSON.stringify(((await answer.json()) as { data?: unknown }).data ?? null)
}

const everything = () => ({
  ...{ public: true, is: () => true, owner: () => true, session: () => true },
  ...{ host: () => true, pairing: () => true, admin: () => true },
})

test('[T1] what a resolver hands to the wrong person, the owner rule of its type keeps; without that rule it is shown', async () => {
  const decisionId = await ann.session.asks('Open sesame?', 'sesame /home/ann/vault')
  const command = await ann.prompt()
  const cases: { field: string; query: string; own: string; secret: string }[] = [
    {
      field: 'session',
      query: `{ session(id: "${ann.session.id}") { id cwd } }`,
      own: ann.phone.token,
      secret: '/home/',
    },
    { field: 'command', query: `{ command(id: "${command.id}") { id } }`, own: ann.phone.token, secret: command.id },
    {
      field: 'decisions',
      query: '{ decisions { edges { node { id evidence } } } }',
      own: ann.phone.token,
      secret: decisionId,
    },
    {
      field: 'devices',
      query: '{ devices { edges { node { id name } } } }',
      own: ann.phone.token,
      secret: ann.phone.id,
    },
    { field: 'hosts', query: '{ hosts { edges { node { id name } } } }', own: ann.phone.token, secret: ann.host.id },
    {
      field: 'sessions',
      query: '{ sessions { edges { node { id title } } } }',
      own: ann.phone.token,
      secret: ann.session.id,
    },
    { field: 'adminTokens', query: '{ adminTokens { id name } }', own: ann.admin, secret: '"root"' },
    { field: 'organisations', query: '{ organisations { id name } }', own: ann.admin, secret: ann.organisationId },
  ]
  const others = Object.entries(strangers).filter(([, { token, mayKnowIds }]) => token !== null && !mayKnowIds)
  const leaks: Record<'with' | 'without', string[]> = { with: [], without: [] }
  for (const { field, query, own, secret } of cases) {
    const at = schema.getQueryType()?.getFields()[field]
    const resolve = at?.resolve
    if (!at || !resolve) throw new Error(`there is no field ${field}`)
    let hers: unknown = null
    at.resolve = async (...given) => {
      hers = await resolve(...given)
      return hers
    }
    expect(await shown(own, query), field).toContain(secret)
    at.resolve = () => hers
    for (const [who, { token }] of others) {
      if ((await shown(token, query)).includes(secret)) leaks.with.push(`${who}: ${field}`)
      rules.authScopes = everything
      if ((await shown(token, query)).includes(secret)) leaks.without.push(field)
      rules.authScopes = asked
    }
    at.resolve = resolve
  }
  expect(leaks.with).toEqual([])
  expect([...new Set(leaks.without)].sort()).toEqual(cases.map(({ field }) => field).sort())
  figure('owner rules', {
    'resolvers made to hand over what is hers': cases.length,
    'shown to others, with the rules': 0,
    'shown to others, without them': new Set(leaks.without).size,
  })
})
