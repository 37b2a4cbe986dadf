/**
 * [A3] [G4] Codes cannot be guessed: the limits hold over addresses, processes of one server and restarts, and of many redemptions at once one wins. A server that swaps keys is noticed in
 * test/server/auth/dishonest-server.test.ts.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PAIRING_CODE } from '../../server/auth/limited.ts'
import { type EnrolledHost, steps } from '../kit/people.ts'
import { memoryDatabase } from '../kit/seed.ts'
import { startServer, type TestServer } from '../kit/server.ts'
import { count, figure } from './figure.ts'

/** 32 signs, 8 of them (docs/protocol.md §6); good for 5 minutes. */
const CODES = 32 ** 8
const publicUrl = 'https://desk.example.com'

let processes: TestServer[]
let host: EnrolledHost
const database = await memoryDatabase()
beforeAll(async () => {
  processes = await Promise.all([1, 2, 3].map(() => startServer({ database, publicUrl })))
  host = (await processes[0]?.enrolledHost()) as EnrolledHost
})
afterAll(async () => {
  for (const one of processes) await one.close()
  await database.close()
})

const claims = async (server: TestServer, code: string, address: string): Promise<string> => {
  const answer = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
    body: JSON.stringify({
      query: 'mutation($c: String!) { claimPairing(code: $c) { token } }',
      variables: { c: code },
    }),
  })
  const { errors } = (await answer.json()) as { errors?: { extensions: { code: string } }[] }
  return errors?.[0]?.extensions.code ?? 'claimed'
}
const at = (index: number): TestServer => {
  const found = processes[index % processes.length]
  if (!found) throw new Error('no process')
  return found
}

test('[A3] of a hundred redemptions at once, over three processes, one wins', async () => {
  const { code } = await steps(at(0).gql).open(host)
  const outcomes = await Promise.all(Array.from({ length: 100 }, (_, n) => claims(at(n), code, `203.0.113.${n}`)))
  expect(outcomes.filter((one) => one === 'claimed')).toHaveLength(1)
  expect(outcomes.filter((one) => one === 'PAIRING_TAKEN')).toHaveLength(99)
  figure('pairing', { 'redemptions of one code at once, over 3 processes': 100, won: 1 })
})

test('[G4] guesses from many addresses at three processes, one of them restarted: as many are looked at as the limit says', async () => {
  const { code } = await steps(at(0).gql).open(host)
  const outcomes: string[] = []
  // One address first: its own limit.
  for (let n = 0; n < 30; n += 1) outcomes.push(await claims(at(n), 'ZZZZZZZZ', '198.51.100.1'))
  expect(outcomes.filter((one) => one === 'CODE_WRONG')).toHaveLength(PAIRING_CODE.perAddress)
  const restarted = processes.pop()
  await restarted?.close()
  processes.push(await startServer({ database, publicUrl }))
  expect(await claims(at(2), 'ZZZZZZZZ', '198.51.100.1')).toBe('RATE_LIMITED')
  const all = await Promise.all(
    Array.from({ length: count(140, 970) }, (_, n) => claims(at(n), 'ZZZZZZZZ', `10.${n % 4}.${(n >> 2) % 250}.7`)),
  )
  outcomes.push(...all)
  const looked = outcomes.filter((one) => one === 'CODE_WRONG').length
  expect(looked).toBe(PAIRING_CODE.perServer)
  expect(new Set(outcomes)).toEqual(new Set(['CODE_WRONG', 'RATE_LIMITED']))
  // A right code is no exception: else the limit would tell which one is right.
  expect(await claims(at(1), code, '192.0.2.9')).toBe('RATE_LIMITED')
  const inADay = (PAIRING_CODE.perServer * 86_400) / PAIRING_CODE.windowSeconds
  figure('pairing', {
    ...{
      'guesses, all but 30 from addresses of their own, at 3 processes, one restarted': outcomes.length + 1,
      'looked at': looked,
    },
    'hit bound, with one code always open': `${PAIRING_CODE.perServer} of ${CODES} in ${PAIRING_CODE.windowSeconds / 60} minutes; in a day of guessing ${((inADay / CODES) * 1e6).toFixed(3)} in a million`,
    'a hit gives': 'a pairing that still needs equal match codes and a key press at the terminal',
  })
}, 120_000)

test('[G4] the limit is what stops it: where nothing was counted yet, the same guess is looked at', async () => {
  const other = await startServer({ publicUrl })
  await other.enrolledHost()
  expect(await claims(other, 'ZZZZZZZZ', '198.51.100.1')).toBe('CODE_WRONG')
  await other.close()
})
