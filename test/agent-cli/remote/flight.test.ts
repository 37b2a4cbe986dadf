import { expect, test } from 'vitest'
import type { Batch } from '../../../agent-cli/remote/batches.ts'
import { RemoteError } from '../../../agent-cli/remote/failure.ts'
import { createFlight, maxBatchesUnderWay } from '../../../agent-cli/remote/flight.ts'

/** A road on which the test says when what arrives. */
function road() {
  const under: { batch: Batch; arrive: (seq: number) => void; fail: (error: unknown) => void }[] = []
  const stored: number[] = []
  const flight = createFlight(
    (batch) => new Promise((arrive, fail) => under.push({ batch, arrive, fail })),
    (seq) => stored.push(seq),
  )
  return { under, stored, flight }
}

const batch = (): Batch => ({ events: [], bytes: 0 })
const gap = () => new RemoteError('EVENT_GAP', 'a number is missing')

test('[E2] what is stored is told in the order in which it was sent', async () => {
  const { under, stored, flight } = road()
  flight.send(batch())
  flight.send(batch())
  under[1]?.arrive(20)
  await Promise.resolve()
  expect(stored).toEqual([])
  const moved = flight.moved()
  under[0]?.arrive(10)
  await moved
  await expect.poll(() => stored).toEqual([10, 20])
  expect(flight.size).toBe(0)
})

test('has room for as many as its limit', () => {
  const { flight } = road()
  for (let n = 1; n <= maxBatchesUnderWay; n++) {
    expect(flight.hasRoom).toBe(true)
    flight.send(batch())
  }
  expect(flight.hasRoom).toBe(false)
})

test('[E2] one that has overtaken its predecessor is sent again once that is stored, and the road is taken one at a time from then on', async () => {
  const { under, stored, flight } = road()
  const [one, two] = [batch(), batch()]
  flight.send(one)
  flight.send(two)
  under[1]?.fail(gap())
  under[0]?.arrive(10)
  await expect.poll(() => under.length).toBe(3)
  expect(under[2]?.batch).toBe(two)
  expect(flight.hasRoom).toBe(false)
  under[2]?.arrive(20)
  await expect.poll(() => stored).toEqual([10, 20])
  flight.send(batch())
  expect(flight.hasRoom).toBe(false)
})

test('[E2] a gap that the first of them meets is the server’s, and is said', async () => {
  const { under, flight } = road()
  const one = batch()
  flight.send(one)
  const moved = flight.moved()
  under[0]?.fail(gap())
  await expect(moved).rejects.toMatchObject({ code: 'EVENT_GAP' })
  expect(flight.failed).toBe(one)
})

test('[E7] of several the first that was not stored is the one that failed, whenever the others were refused', async () => {
  const { under, stored, flight } = road()
  const [one, two] = [batch(), batch()]
  flight.send(one)
  flight.send(two)
  flight.send(batch())
  under[2]?.fail(gap())
  under[1]?.fail(new RemoteError('EVENT_REFUSED', 'never'))
  under[0]?.arrive(10)
  await expect.poll(() => flight.failed).toBe(two)
  await expect(flight.moved()).rejects.toMatchObject({ code: 'EVENT_REFUSED' })
  expect(stored).toEqual([10])
})

test('nobody is told anything once it is closed', async () => {
  const { under, stored, flight } = road()
  flight.send(batch())
  flight.close()
  under[0]?.arrive(10)
  await new Promise(setImmediate)
  expect(stored).toEqual([])
})
