/** What went wrong, as one value; silence is not a revocation. */
import { describe, expect, it } from 'vitest'
import { createLinkStore } from '../../../pwa/graphql/link.ts'
import { meansRevoked, offlineProblem, problemOf, problemOfResult } from '../../../pwa/graphql/problem.ts'
import { waitMs } from '../../../pwa/graphql/socket.ts'

describe('a problem', () => {
  it('[T7] carries code, rule, level and remedy as the server said them', () => {
    const extensions = { code: 'RUNG_TOO_LOW', rule: 'r', level: 'device', remedy: 'Ask.', retryAfterSeconds: 3 }
    expect(problemOf([{ message: 'No.', extensions }])).toEqual({ ...extensions, message: 'No.' })
  })

  it('what cannot be read is INTERNAL, never a refusal', () => {
    expect(problemOf([]).code).toBe('INTERNAL')
    expect(problemOf([{ message: 'x', extensions: { code: 5, rule: {} } }])).toEqual({ code: 'INTERNAL', message: 'x' })
  })

  it('[8] an unreachable server logs nobody out', () => {
    const failed = { error: { graphQLErrors: [], networkError: new TypeError('no network') } }
    expect(problemOfResult(failed)).toBe(offlineProblem)
    expect(meansRevoked(offlineProblem)).toBe(false)
    expect(meansRevoked({ code: 'INTERNAL', message: '' })).toBe(false)
    expect(meansRevoked({ code: 'REVOKED', message: '' })).toBe(true)
    expect(problemOfResult({})).toBeNull()
  })
})

describe('the link', () => {
  it('[B6] one outage has one age, through reconnecting and offline', () => {
    let now = 1_000
    const link = createLinkStore(() => now)
    link.set('live')
    now = 2_000
    link.set('reconnecting')
    now = 3_000
    link.set('offline')
    now = 4_000
    link.set('reconnecting')
    expect(link.current()).toEqual({ kind: 'reconnecting', sinceMs: 2_000 })
    now = 5_000
    link.set('live')
    expect(link.current()).toEqual({ kind: 'live', sinceMs: 5_000 })
  })

  it('[T3] revoked is the last word of a connection', () => {
    const link = createLinkStore(() => 1)
    let told = 0
    link.subscribe(() => {
      told += 1
    })
    link.set('revoked')
    link.set('live')
    expect(link.current().kind).toBe('revoked')
    expect(told).toBe(1)
  })
})

describe('the wait between two tries', () => {
  it('grows, is never more than 20 s, and differs from device to device', () => {
    expect(waitMs(0, () => 1)).toBe(500)
    expect(waitMs(3, () => 1)).toBe(4_000)
    expect(waitMs(60, () => 1)).toBe(20_000)
    expect(waitMs(3, () => 0)).toBe(2_000)
  })
})
