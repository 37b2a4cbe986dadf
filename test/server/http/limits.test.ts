/** What an operation may cost is found out once for a size; another size is another question (G4). */
import { parse } from 'graphql'
import { expect, test } from 'vitest'
import { assertAffordable } from '../../../server/http/limits.ts'

const document = parse(`
  query Small($n: Int, $m: Int) { sessions(first: $n) { edges { node { events(last: $m) { edges { node { id } } } } } } }
  query Other($n: Int) { a: sessions(first: $n) { edges { node { events(last: 500) { edges { node { id } } } } } } }`)
const isAffordable = (name: string, variables: Record<string, unknown>): boolean => {
  try {
    assertAffordable(document, name, variables)
    return true
  } catch (error) {
    expect(error).toMatchObject({ code: 'TOO_LARGE' })
    return false
  }
}

test('[G4] a document that was good with small pages is refused with large ones, whichever came first and however often', () => {
  for (let round = 0; round < 3; round++) {
    expect(isAffordable('Small', { n: 10, m: 10 })).toBe(true)
    expect(isAffordable('Small', { n: 500, m: 500 })).toBe(false)
    expect(isAffordable('Small', { n: 10, m: 500 })).toBe(true)
    expect(isAffordable('Small', { n: 500, m: 10 })).toBe(true)
    expect(isAffordable('Small', { n: 1e9, m: 1e9 })).toBe(false)
    expect(isAffordable('Small', { n: 1, m: 1e9 })).toBe(true)
    expect(isAffordable('Other', { n: 20 })).toBe(true)
    expect(isAffordable('Other', { n: 21 })).toBe(false)
    // Neither is said: the usual page, twice.
    expect(isAffordable('Small', {})).toBe(true)
    for (let n = 1; n <= 150; n++) expect(isAffordable('Small', { n, m: 1 })).toBe(true)
    expect(isAffordable('Small', { n: 151, m: 500 })).toBe(false)
  }
})
