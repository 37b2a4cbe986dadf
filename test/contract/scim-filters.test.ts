/** SCIM’s filters and order on both databases, against the same said in plain words over what is shown (RFC 7644 §3.4.2). */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nameOf, parseFilter } from '../../server/scim/filter.ts'
import type { Provider } from '../../server/scim/provider.ts'
import { createUser, showUsers } from '../../server/scim/users.ts'
import { listScimUsers } from '../../server/store/scim.ts'
import { ConditionProblem } from '../../server/store/scim-matching.ts'
import { type Place, places, silent } from './place.ts'

const principal: Provider['principal'] = {
  ...{ kind: 'admin', tokenId: 'adm_idp', tokenName: 'idp', scopeId: null },
  ...{ scopes: ['SCIM'], expiresAt: new Date(Date.now() + 3_600_000) },
}
const provider: Provider = { principal, by: { actor: 'adm_idp', name: 'idp' }, scopeId: '', scopes: null }

type Email = { value: string; type?: string | null; primary?: boolean | null }
type Shown = {
  userName: string
  externalId?: string
  active: boolean
  displayName?: string
  name?: { givenName?: string }
  emails?: Email[]
  meta: { lastModified: Date }
}

const people = [
  { userName: 'Ada@acme.example', externalId: 'X-1', displayName: 'Ada', name: { givenName: 'Ada' } },
  { userName: 'bob@acme.example', active: false, emails: [{ value: 'Bob@work', type: 'work', primary: true }] },
  { userName: 'cleo', externalId: 'x-1', displayName: 'ada l', emails: [{ value: 'c@home', type: 'home' }] },
  { userName: '50%_off', displayName: '100%', emails: [] },
  {
    userName: 'élise',
    displayName: '',
    name: { givenName: '\\"' },
    emails: [
      { value: 'a', type: 'work' },
      { value: 'b', type: 'home' },
    ],
  },
]

/** Each attribute as its words for one person; none where it is missing. */
const words: Record<string, (one: Shown) => (string | boolean)[]> = {
  userName: ({ userName }) => [userName.toLowerCase()],
  externalId: ({ externalId }) => (externalId === undefined ? [] : [externalId]),
  active: ({ active }) => [active],
  displayName: ({ displayName }) => (displayName === undefined ? [] : [displayName.toLowerCase()]),
  'name.givenName': ({ name }) => (name?.givenName === undefined ? [] : [name.givenName.toLowerCase()]),
}
const compares: Record<string, (a: string, b: string) => boolean> = {
  ...{ eq: (a, b) => a === b, ne: (a, b) => a !== b, co: (a, b) => a.includes(b), sw: (a, b) => a.startsWith(b) },
  ...{ ew: (a, b) => a.endsWith(b), gt: (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)) > 0 },
  le: (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)) <= 0,
}

type Said = { text: string; holds: (one: Shown) => boolean }
const values = fc.constantFrom('ada', 'ADA', 'x-1', 'X-1', '', '%', '_', 'a', '@acme', 'élise', '"', '\\', 'zz')
const simple: fc.Arbitrary<Said> = fc
  .record({
    attribute: fc.constantFrom(...Object.keys(words).filter((name) => name !== 'active')),
    op: fc.constantFrom(...Object.keys(compares)),
    value: values,
  })
  .map(({ attribute, op, value }) => ({
    text: `${attribute} ${op} ${JSON.stringify(value)}`,
    holds: (one) => {
      const [there] = words[attribute]?.(one) ?? []
      if (typeof there !== 'string') return op === 'ne'
      return compares[op]?.(there, attribute === 'externalId' ? value : value.toLowerCase()) ?? false
    },
  }))
const others: fc.Arbitrary<Said> = fc.oneof(
  fc.constantFrom(...Object.keys(words)).map((name) => ({
    text: `${name} pr`,
    holds: (one: Shown) => (words[name]?.(one) ?? []).some((word) => word !== ''),
  })),
  fc.boolean().map((is) => ({ text: `active eq ${is}`, holds: ({ active }: Shown) => active === is })),
  fc.constantFrom('work', 'home').chain((type) =>
    values.map((value) => ({
      text: `emails[type eq "${type}"].value co ${JSON.stringify(value)}`,
      holds: ({ emails = [] }: Shown) =>
        emails.some((one) => one.type === type && one.value.toLowerCase().includes(value.toLowerCase())),
    })),
  ),
  fc.constant({ text: 'emails pr', holds: ({ emails = [] }: Shown) => emails.length > 0 }),
)
const { said } = fc.letrec<{ said: Said }>((tie) => ({
  said: fc.oneof(
    { maxDepth: 2 },
    ...[simple, others],
    tie('said').map(({ text, holds }) => ({ text: `not (${text})`, holds: (one: Shown) => !holds(one) })),
    fc.tuple(tie('said'), fc.constantFrom('and', 'or'), tie('said')).map(([a, how, b]) => ({
      text: `(${a.text}) ${how} (${b.text})`,
      holds: (one: Shown) => (how === 'and' ? a.holds(one) && b.holds(one) : a.holds(one) || b.holds(one)),
    })),
  ),
}))

describe.each(places)('%s', (_name, open) => {
  let place: Place
  let all: Shown[]
  const everyone = { offset: 0, limit: 500 }
  const find = (filter: string) =>
    place.database.read(async (tx) => {
      const { rows, total } = await listScimUsers(tx, null, { condition: parseFilter(filter) }, everyone)
      expect(total).toBe(rows.length)
      return rows.map(({ userName }) => userName)
    })
  beforeAll(async () => {
    place = await open()
    for (const one of people) await place.database.transaction((tx) => createUser(tx, silent, provider, one))
    all = await place.database.read(async (tx) => {
      const { rows } = await listScimUsers(tx, null, {}, everyone)
      return (await showUsers(tx, provider, rows, '')) as Shown[]
    })
  })
  afterAll(() => place?.close())

  it('who is found is whom the filter says, and nobody else', async () => {
    expect(all.map(({ userName }) => userName)).toEqual(people.map(({ userName }) => userName))
    await fc.assert(
      fc.asyncProperty(said, async ({ text, holds }) => {
        expect(await find(text), text).toEqual(all.filter(holds).map(({ userName }) => userName))
      }),
      { numRuns: 150 },
    )
  })

  it('instants are compared as instants, in any time zone', async () => {
    const at = all[2]?.meta.lastModified ?? new Date()
    const east = `${new Date(at.getTime() + 2 * 3600_000).toISOString().slice(0, -1)}+02:00`
    expect(await find(`meta.lastModified ge "${at.toISOString()}"`)).toEqual(
      await find(`meta.lastModified ge "${east}"`),
    )
    expect(await find(`meta.lastModified lt "${at.toISOString()}"`)).not.toContain('cleo')
    expect(await find('meta.lastModified gt "2100-01-01T00:00:00Z"')).toEqual([])
  })

  it('what has no value comes last as it rises, and pages of an order hold everybody once', async () => {
    const sorted = (by: string, isDescending: boolean, page = everyone) =>
      place.database.read(async (tx) =>
        (await listScimUsers(tx, null, { order: { by: nameOf(by), isDescending } }, page)).rows.map(
          (row) => row.userName,
        ),
      )
    expect(await sorted('userName', false)).toEqual([
      '50%_off',
      'Ada@acme.example',
      'bob@acme.example',
      'cleo',
      'élise',
    ])
    expect(await sorted('externalId', false)).toEqual([
      'Ada@acme.example',
      'cleo',
      'bob@acme.example',
      '50%_off',
      'élise',
    ])
    const down = await sorted('displayName', true)
    const paged = [0, 2, 4].map((offset) => sorted('displayName', true, { offset, limit: 2 }))
    expect((await Promise.all(paged)).flat()).toEqual(down)
  })

  it.each([
    'password eq "x"',
    'active gt true',
    'active eq "maybe"',
    'userName eq true',
    'userName co null',
    'emails[shape pr]',
    'userName[type pr]',
    'meta.created eq "soon"',
    'meta.created co "2026"',
    'constructor pr',
    'toString eq "x"',
  ])('what cannot be answered is said: %s', async (filter) => {
    await expect(find(filter)).rejects.toThrow(ConditionProblem)
  })
})
