import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createSettlements } from '../../../agent-cli/bridge/settlements.ts'
import { openLedger } from '../../../agent-cli/journal/ledger.ts'
import type { Caller } from '../../../agent-cli/remote/credentials.ts'
import { RemoteError } from '../../../agent-cli/remote/failure.ts'
import { sendTimeoutSeconds } from '../../../agent-cli/remote/pause.ts'
import { brokenText } from '../../../server/store/well-formed.ts'
import { atEnd, folder } from './desk.ts'

type How = { timeoutSeconds?: number; signal?: AbortSignal }
type Told = { input: { commandId: string; refusal: { message: string } | null } }

async function telling(answer: (told: Told, how?: How) => unknown, said?: (signal: AbortSignal) => Promise<void>) {
  const ledger = await openLedger(join(await folder(), 'ledger.log'))
  const told: Told[] = []
  const call = (async (_document: unknown, variables: Told, how?: How) => {
    told.push(variables)
    await answer(variables, how)
  }) as unknown as Caller
  const settlements = createSettlements({ ledger, call, epoch: 1, ...(said && { said }) })
  atEnd(async () => [await settlements.close(), await ledger.close()])
  return { ledger, settlements, told }
}

test('[C4] a refusal in an agent’s own words is always one that the server takes', async () => {
  const { ledger, settlements, told } = await telling(() => {})
  await ledger.intend('c', 'SetMode')
  const message = `no\0\n\u001b[31m\ud800 ${'"'.repeat(5_000)}`
  await settlements.settle('c', 'REFUSED', { code: 'REFUSED', message, rule: '' })
  await settlements.flushed(AbortSignal.timeout(5_000))
  expect(told).toHaveLength(1)
  expect(told[0]?.input.refusal).toMatchObject({ code: 'REFUSED', message: expect.stringMatching(/^no/) })
  expect(brokenText(told[0]?.input)).toBeNull()
})

test('[C3] a result is not given up because the server does not know this machine for a moment', async () => {
  let tries = 0
  const { ledger, settlements } = await telling(() => {
    tries += 1
    if (tries === 1) throw new RemoteError('UNAUTHENTICATED', 'Who is this?')
  })
  await ledger.intend('c', 'SetMode')
  await settlements.settle('c', 'APPLIED')
  await settlements.flushed(AbortSignal.timeout(5_000))
  expect(tries).toBe(2)
  expect(ledger.settledUnsent()).toEqual([])
})

test('[C2] a result that was told is told again when the server asks again: it was put back to before it heard', async () => {
  const { ledger, settlements, told } = await telling(() => {})
  await ledger.intend('c', 'SetMode')
  await settlements.settle('c', 'APPLIED')
  await settlements.flushed(AbortSignal.timeout(5_000))
  settlements.repeat('c')
  await settlements.flushed(AbortSignal.timeout(5_000))
  settlements.repeat()
  await settlements.flushed(AbortSignal.timeout(5_000))
  expect(told.map(({ input }) => input.commandId)).toEqual(['c', 'c'])
})

test('[C5] a result on a dead line is sent again when the way is there, and not when its time is over', async () => {
  let tries = 0
  const { ledger, settlements } = await telling((_told, how) => {
    tries += 1
    if (tries > 1) return undefined
    return new Promise((_resolve, reject) => {
      how?.signal?.addEventListener('abort', () => reject(how.signal?.reason), { once: true })
    })
  })
  await ledger.intend('c', 'SetMode')
  await settlements.settle('c', 'APPLIED')
  await expect.poll(() => tries).toBe(1)
  // Not one that is only slow.
  settlements.wake(600_000)
  settlements.wake(0)
  await settlements.flushed(AbortSignal.timeout(5_000))
  expect(tries).toBe(2)
  expect(ledger.settledUnsent()).toEqual([])
})

test('[D3] a loser is told when the server has the event that names the winner, and holds up nobody else', async () => {
  let isSaid = () => {}
  const said = new Promise<void>((resolve) => {
    isSaid = resolve
  })
  const { ledger, settlements, told } = await telling(
    () => {},
    () => said,
  )
  await ledger.intend('loser', 'AnswerPermission')
  await ledger.intend('other', 'SetMode')
  await settlements.settle('loser', 'SUPERSEDED')
  settlements.repeat('loser')
  await settlements.settle('other', 'APPLIED')
  await settlements.flushed(AbortSignal.timeout(100))
  expect(told.map(({ input }) => input.commandId)).toEqual(['other'])
  expect(ledger.lookup('loser')?.state).toBe('SUPERSEDED')
  isSaid()
  await settlements.flushed(AbortSignal.timeout(5_000))
  expect(told.map(({ input }) => input.commandId)).toEqual(['other', 'loser'])
})

test('[C5] a result on a dead line is told again after the time of a send: its sender does not wait half a minute more', async () => {
  const waits: (number | undefined)[] = []
  const { ledger, settlements } = await telling((_told, how) => void waits.push(how?.timeoutSeconds))
  await ledger.intend('c', 'SetMode')
  await settlements.settle('c', 'APPLIED')
  await settlements.flushed(AbortSignal.timeout(5_000))
  expect(waits).toEqual([sendTimeoutSeconds(0)])
})
