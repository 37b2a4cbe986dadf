/** An operation's id on a socket: ended and taken again while the first still begins, and taken twice (L4, L6). */
import { expect, test } from 'vitest'
import { createDocuments } from '../../../server/graphql/compiled/documents.ts'
import type { Taker } from '../../../server/graphql/follow.ts'
import { buildSchema } from '../../../server/graphql/schema.ts'
import { createTake, type FedOptions } from '../../../server/sockets/fed.ts'
import type { Peer } from '../../../server/sockets/peer.ts'
import { endOperation } from '../../../server/sockets/peer.ts'

const EVENTS = 'subscription($after: Int!) { eventsAppended(sessionId: "ses_x", after: $after) { lastSeq } }'

/** A socket whose followers join when they are let. */
function desk() {
  const sent: string[] = []
  const joining: (() => void)[] = []
  const takers = new Map<number, Taker>()
  const left: number[] = []
  const follow: FedOptions['feeds']['follow'] = async (_context, { args }, taker) => {
    await new Promise<void>((resolve) => joining.push(resolve))
    const after = Number(args.after)
    takers.set(after, taker)
    return () => void left.push(after)
  }
  const principal = { kind: 'device', ownerId: 'own_x', deviceId: 'dev_x', deviceName: 'phone' }
  const peer = {
    socket: { readyState: 1, OPEN: 1, bufferedAmount: 0, send: (text: string) => sent.push(text) },
    ...{ address: '', operations: null, quiet: 0 },
    held: { identity: { principal, tokenHash: 'x' }, unwatch: () => {}, authorization: null },
  } as unknown as Peer
  const take = createTake({
    ...{ parts: {} as FedOptions['parts'], documents: createDocuments(buildSchema(), { maxTokens: 6000 }) },
    trusted: { require: () => {} },
    feeds: { has: () => true, follow, close: async () => {} },
    mask: (error) => error as never,
  })
  const says = (message: object) => take(peer, JSON.stringify({ id: 'a', ...message }))
  const joins = async () => {
    joining.shift()?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const subscribes = (after: number) => says({ type: 'subscribe', payload: { query: EVENTS, variables: { after } } })
  return { peer, sent, takers, left, subscribes, completes: () => says({ type: 'complete' }), joins }
}

test('[L4] who ends an operation while it begins, and takes its id for the next one, leaves nobody behind', async () => {
  const { peer, sent, takers, left, subscribes, completes, joins } = desk()
  expect(subscribes(1)).toBe(true)
  completes()
  expect(subscribes(2)).toBe(true)
  await joins()
  expect(left).toEqual([1])
  await joins()
  for (const [after, taker] of takers) void taker.deliver(`"past ${after}"`)
  expect(sent).toEqual(['{"id":"a","type":"next","payload":"past 2"}'])
  takers.get(1)?.fail(new Error('of the first'))
  expect(sent).toHaveLength(1)
  endOperation(peer, 'a')
  expect(left).toEqual([1, 2])
})
