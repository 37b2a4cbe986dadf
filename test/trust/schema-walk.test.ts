/**
 * [T1] [F7] The schema, walked: every field that reading can reach, asked by everyone who must not see it, with documents made from the schema itself.
 * A root field or an argument that nobody has aimed fails here.
 */
import { getNamedType, isAbstractType, isNonNullType, isObjectType } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildSchema } from '../../server/graphql/schema.ts'
import { createGoverned, type Governed } from '../kit/governed.ts'
import { hasPasskey } from '../kit/passkeys.ts'
import { startServer, type TestServer } from '../kit/server.ts'
import { confirms } from '../kit/sign-in.ts'
import { figure } from './figure.ts'
import { createStrangers, type Stranger } from './strangers.ts'
import { nested, selection, turnsOf } from './walking.ts'

const schema = buildSchema()
const roots = [
  { word: 'query', type: schema.getQueryType() },
  { word: 'subscription', type: schema.getSubscriptionType() },
] as const

let server: TestServer
let ann: Governed
let decisionId: string
let commandId: string
/** Who asks; an admin may know that people, devices and sessions are there. */
const strangers = new Map<string, Stranger>()

const VOUCH = 'mutation($c: ConfirmationInput!) { vouchForLooking(confirmation: $c) { until } }'

/** What is said in a session, and where it runs. */
const SAID = ['/home/ann/vault', '/home/dev/shop', 'sesame', 'go on']

beforeAll(async () => {
  server = await startServer()
  ann = await createGoverned(server)
  await ann.apply(ann.organisationId, { remoteControl: 'VIEW_AND_CONTROL' })
  await ann.join()
  decisionId = await ann.session.asks('Open sesame?', 'sesame /home/ann/vault')
  commandId = (await ann.prompt()).id
  for (const [who, one] of Object.entries(await createStrangers(server, ann))) strangers.set(who, one)
  // From here on policy asks who looks: her phone was verified just now, her other one never.
  const unverified = await server.pairedDevice({ host: ann.host, rung: 'FULL', name: 'unverified' })
  strangers.set('a device of hers that must be verified first', { token: unverified.token, mayKnowIds: true })
  const thumb = await hasPasskey(server.gql, ann.phone, ann.host)
  await ann.apply(ann.organisationId, { remoteControl: 'VIEW_AND_CONTROL', stepUp: { from: 'VIEW' } })
  const c = await confirms(server.gql, { token: ann.phone.token, deviceId: ann.phone.id }, thumb, 'look')
  await server.gql(ann.phone.token, VOUCH, { c })
}, 120_000)
afterAll(() => server?.close())

/** Arguments that point at what is hers; null for a field that takes none. */
const aim = (field: string): string => {
  const scope = `scopeId: "${ann.organisationId}"`
  const document = 'document: {remoteControl: VIEW}'
  const known: Record<string, string> = {
    command: `id: "${commandId}"`,
    hostCommands: `hostId: "${ann.host.id}"`,
    pairing: 'id: "pai_x"',
    session: `id: "${ann.session.id}"`,
    whyNot: `rung: FULL, sessionId: "${ann.session.id}"`,
    ...{ policyDocument: scope, policyHistory: scope, auditEntries: scope, auditExport: scope, auditWebhooks: scope },
    ...{ validatePolicy: `${scope}, ${document}`, dryRunPolicy: `${scope}, ${document}` },
    ...{ effectivePolicy: `ownerId: "${ann.ownerId}"`, memberDevices: `ownerId: "${ann.ownerId}"` },
    oidcConnection: `organisationId: "${ann.organisationId}"`,
    ...{ eventsAppended: `sessionId: "${ann.session.id}"`, commandsChanged: `sessionId: "${ann.session.id}"` },
  }
  return known[field] ?? ''
}

const TURNS = turnsOf(schema)

function documents(asked: Set<string>): { field: string; word: string; text: string }[] {
  return roots.flatMap(({ word, type }) =>
    Object.values(type?.getFields() ?? {}).flatMap((field) => {
      const args = [aim(field.name), ...(field.args.some(({ name }) => name === 'first') ? ['first: 2'] : [])]
      const given = args.filter(Boolean).join(', ')
      // What can be many things is asked for each of them where it is whole; elsewhere once.
      const turns = ['session', 'command', 'viewer'].includes(field.name) ? TURNS : 1
      const start = `${word} { ${field.name}${given ? `(${given})` : ''}`
      return Array.from({ length: turns }, (_, turn) => {
        const whole = selection(field.type, { schema, id: decisionId, turn, asked })
        const texts = [`${start} ${whole} }`]
        // Each field of the first level alone too: one that is refused would take its neighbours with it, and hide what they show.
        const named = getNamedType(field.type)
        if (turn === 0 && word === 'query' && isObjectType(named))
          for (const one of Object.values(named.getFields())) {
            const below = getNamedType(one.type)
            const inner = selection(one.type, { schema, id: decisionId, turn: 0, on: [named.name], asked: new Set() })
            if (isObjectType(below) && inner === '') continue
            texts.push(`${start} { ${one.name}${nested(one, decisionId)} ${inner} } }`)
          }
        return texts.map((text) => ({ field: field.name, word, text }))
      }).flat()
    }),
  )
}

describe('[T1] [F7] the walk', () => {
  test('asks every field that reading can reach, and every root field with what it needs', () => {
    const asked = new Set<string>()
    const made = documents(asked)
    for (const { type } of roots)
      for (const field of Object.values(type?.getFields() ?? {}))
        for (const arg of field.args)
          if (isNonNullType(arg.type) && arg.defaultValue === undefined)
            expect(aim(field.name), `${field.name} is not aimed`).toContain(`${arg.name}:`)
    const reachable = new Set<string>()
    const open = roots.flatMap(({ type }) => Object.values(type?.getFields() ?? {}).map((field) => field.type))
    const seen = new Set<string>()
    for (let at = open.pop(); at; at = open.pop()) {
      const named = getNamedType(at)
      if (seen.has(named.name)) continue
      seen.add(named.name)
      if (isAbstractType(named)) open.push(...schema.getPossibleTypes(named))
      if (!isObjectType(named)) continue
      for (const field of Object.values(named.getFields())) {
        reachable.add(`${named.name}.${field.name}`)
        open.push(field.type)
      }
    }
    expect([...reachable].filter((name) => !asked.has(name)).sort()).toEqual([])
    expect(made.length).toBeGreaterThan(TURNS)
    const fields =
      reachable.size + roots.reduce((sum, { type }) => sum + Object.keys(type?.getFields() ?? {}).length, 0)
    figure('schema walk, reading', {
      ...{ 'fields that reading can reach': fields, 'of them asked': asked.size + fields - reachable.size },
    })
  })

  test('shows its owner what it is about, so that silence elsewhere means something', async () => {
    const answer = await server.ask(
      ann.phone.token,
      documents(new Set()).find(({ field }) => field === 'session')?.text ?? '',
    )
    const shown = JSON.stringify(answer.data)
    expect(answer.errors).toEqual([])
    expect(shown).toContain('sesame')
    expect(shown).toContain(ann.session.id)
    // A document that is not understood, or too large, would prove nothing.
    for (const { field, word, text } of documents(new Set())) {
      if (word === 'subscription') continue
      const { errors } = await server.ask(ann.phone.token, text)
      const codes = errors.map(({ extensions }) => extensions?.code)
      for (const code of ['BAD_INPUT', 'TOO_LARGE', 'INTERNAL']) expect(codes, field).not.toContain(code)
    }
  })

  test('leaks nothing to anybody else', async () => {
    const ids = [ann.session.id, ann.phone.id, ann.host.id, decisionId, commandId]
    const tokens = [ann.phone.token, ann.host.token, ann.session.token, ann.admin]
    let requests = 0
    for (const [who, { token, mayKnowIds }] of strangers) {
      for (const { field, word, text } of documents(new Set())) {
        const secrets = [...SAID, ...tokens, ...(mayKnowIds ? [] : ids)]
        requests += 1
        const shown =
          word === 'subscription'
            ? await firstOf(token, text)
            : JSON.stringify((await server.ask(token, text)).data ?? null)
        for (const secret of secrets) expect(shown, `${who} asks ${field}`).not.toContain(secret)
      }
    }
    expect(requests).toBeGreaterThan(strangers.size * TURNS)
    figure('schema walk, reading', { askers: [...strangers.keys()].join('; '), requests, leaks: 0 })
  }, 180_000)
})

async function firstOf(token: string | null, document: string): Promise<string> {
  const live = server.subscribe(token, document)
  const first = await live.next().catch(String)
  live.close()
  return JSON.stringify(first)
}
