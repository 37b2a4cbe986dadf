/** PATCH as Entra ID, Okta and others write it, and what an answer shows (RFC 7644 §3.5.2, §3.9). */
import { describe, expect, test } from 'vitest'
import {
  groupInput,
  MOST_IN_PAGE,
  OURS,
  pageOf,
  patchInput,
  read,
  ScimError,
  USER,
  userInput,
} from '../../../server/scim/messages.ts'
import { changeUser, type Draft } from '../../../server/scim/patching.ts'
import { projectionOf } from '../../../server/scim/projection.ts'

type Op = 'add' | 'replace' | 'remove'
const work = { value: 'a@work', type: 'work', primary: true }
const home = { value: 'a@home', type: 'home', primary: false }
const before = (): Draft => ({
  ...{ userName: 'ada', active: true, displayName: 'Ada', name: { givenName: 'Ada' } },
  emails: [{ ...work }, { ...home }],
})
const after = (op: Op, path: string | undefined, value?: unknown): Draft => {
  const draft = before()
  changeUser(draft, { op, path, value })
  return draft
}
const problem = (op: Op, path: string | undefined, value?: unknown): string | undefined => {
  try {
    after(op, path, value)
  } catch (error) {
    if (error instanceof ScimError) return error.scimType
    throw error
  }
  return undefined
}

describe('a patch', () => {
  test.each<[Op, string | undefined, unknown, Draft]>([
    ['replace', 'active', 'False', { active: 'False' }],
    ['replace', undefined, { active: false, displayName: 'A' }, { active: false, displayName: 'A' }],
    ['add', undefined, { 'name.familyName': 'L', title: 'not kept' }, { name: { givenName: 'Ada', familyName: 'L' } }],
    ['replace', `${USER}:name.givenName`, 'Augusta', { name: { givenName: 'Augusta' } }],
    ['replace', 'emails[type eq "work"].value', 'b@work', { emails: [{ ...work, value: 'b@work' }, home] }],
    ['add', 'emails[type eq "other"].value', 'c', { emails: [work, home, { type: 'other', value: 'c' }] }],
    ['replace', undefined, { 'emails[type eq "home"].value': 'h' }, { emails: [work, { ...home, value: 'h' }] }],
    ['replace', 'emails[primary eq true].value', 'p', { emails: [{ ...work, value: 'p' }, home] }],
    ['remove', 'emails[type eq "home"]', undefined, { emails: [work] }],
    ['remove', 'emails[type eq "home"].value', undefined, { emails: [work] }],
    ['remove', 'emails', undefined, { emails: null }],
    [
      'add',
      'emails',
      [{ value: 'n', primary: 'True' }],
      { emails: [{ ...work, primary: false }, home, { value: 'n', primary: 'True' }] },
    ],
    ['add', 'emails', { ...home }, { emails: [work, home] }],
    ['replace', 'emails', [home], { emails: [home] }],
    ['remove', 'displayName', undefined, { displayName: null }],
    ['replace', 'externalId', 'e', { externalId: 'e' }],
    ['add', 'title', 'not kept', {}],
    // What is not named is not lost.
    ['replace', 'name', { familyName: 'L' }, { name: { givenName: 'Ada', familyName: 'L' } }],
    ['replace', 'name', null, { name: null }],
    ['replace', 'emails[type eq "home"]', { value: 'h' }, { emails: [work, { ...home, value: 'h' }] }],
    ['replace', 'emails[type eq "home"].value', null, { emails: [work] }],
    [
      'replace',
      'emails[type eq "home"].primary',
      true,
      {
        emails: [
          { ...work, primary: false },
          { ...home, primary: true },
        ],
      },
    ],
    ['replace', 'phoneNumbers[type eq "mobile"].value', '1', {}],
    ['replace', 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department', 'x', {}],
  ])('%s %s %j', (op, path, value, changed) => {
    expect(after(op, path, value)).toEqual({ ...before(), ...changed })
  })

  test.each<[Op, string | undefined, unknown, string]>([
    ['replace', 'password', 'x', 'invalidPath'],
    ['replace', 'nonsense', 'x', 'invalidPath'],
    ['replace', 'emails[type eq "work"].shape', 'x', 'invalidPath'],
    ['replace', 'emails[type is "work"].value', 'x', 'invalidPath'],
    ['replace', 'emails[value co "nobody"].value', 'x', 'noTarget'],
    // Answered as done these would change nothing, or more than was meant.
    ['replace', 'emails[type eq "work"]', 'b@work', 'invalidValue'],
    ['replace', 'emails[type eq "work"]', [{ value: 'b@work' }], 'invalidValue'],
    ['add', 'name', 'Ada L', 'invalidValue'],
    ['replace', 'active[value eq "x"]', false, 'invalidPath'],
    ['replace', 'displayName[type eq "x"].value', 'x', 'invalidPath'],
    ['remove', 'emails[type ne constructor]', undefined, 'invalidPath'],
    ['remove', undefined, undefined, 'noTarget'],
    ['replace', undefined, 'x', 'invalidValue'],
    ['remove', 'active', undefined, 'mutability'],
    ['replace', 'active', null, 'mutability'],
    ['replace', 'groups', [], 'mutability'],
    ['replace', `${OURS}:ownerId`, 'own_x', 'mutability'],
  ])('is refused: %s %s %j with %s', (op, path, value, scimType) => {
    expect(problem(op, path, value)).toBe(scimType)
  })
})

test('an answer shows what is asked for, its id and its schemas', () => {
  const user = {
    schemas: [USER],
    id: 'u',
    userName: 'a',
    emails: [{ value: 'v', type: 'work' }],
    [OURS]: { ownerId: 'o' },
  }
  const shown = (query: object) => projectionOf(new URLSearchParams(query as Record<string, string>)).of(user)
  expect(shown({})).toEqual(user)
  expect(shown({ attributes: 'USERNAME' })).toEqual({ schemas: [USER], id: 'u', userName: 'a' })
  expect(shown({ attributes: `${USER}:emails.value,nothing` })).toEqual({
    schemas: [USER],
    id: 'u',
    emails: [{ value: 'v' }],
  })
  expect(shown({ attributes: `${OURS}:ownerId` })).toEqual({ schemas: [USER], id: 'u', [OURS]: { ownerId: 'o' } })
  expect(shown({ excludedAttributes: 'emails, id' })).toEqual({
    schemas: [USER],
    id: 'u',
    userName: 'a',
    [OURS]: { ownerId: 'o' },
  })
  expect(shown({ excludedAttributes: `emails.type,${OURS}` })).toEqual({
    schemas: [USER],
    id: 'u',
    userName: 'a',
    emails: [{ value: 'v' }],
  })
  expect(() => shown({ attributes: 'a'.repeat(2001) })).toThrow(ScimError)
})

test('[G4] a PATCH has a hundred operations, a group five thousand members in one, a page five hundred: each to the last that is good', () => {
  const fits = (work: () => unknown): string | undefined => {
    try {
      work()
    } catch (error) {
      if (error instanceof ScimError) return error.scimType
      throw error
    }
    return undefined
  }
  const patch = (operations: number) => () =>
    read(patchInput, { Operations: Array(operations).fill({ op: 'add', path: 'title', value: 'x' }) })
  expect([fits(patch(0)), fits(patch(100)), fits(patch(101))]).toEqual(['invalidValue', undefined, 'invalidValue'])
  const group = (members: number) => () =>
    read(groupInput, { displayName: 'G', members: Array(members).fill({ value: 'usr_x' }) })
  expect([fits(group(5000)), fits(group(5001))]).toEqual([undefined, 'invalidValue'])
  const user = (displayName: string) => () => read(userInput, { userName: 'a', displayName })
  expect([fits(user('\0')), fits(user('\ud800')), fits(user('\u{1F600}'))]).toEqual([
    'invalidValue',
    'invalidValue',
    undefined,
  ])
  const page = (query: object) => pageOf(new URLSearchParams(query as Record<string, string>))
  expect(page({ count: '501', startIndex: '0' })).toEqual({ limit: MOST_IN_PAGE, startIndex: 1, offset: 0 })
  expect(page({ count: '-1', startIndex: '7' })).toEqual({ limit: 0, startIndex: 7, offset: 6 })
  expect(page({ count: 'many', startIndex: 'x' })).toEqual({ limit: 100, startIndex: 1, offset: 0 })
})
