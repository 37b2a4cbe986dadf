/** The server plays false in every place it can; the two ends do only what docs/protocol.md §6 tells them, and must notice (T5). */
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { randomText } from '../../../protocol/bytes.ts'
import { exportPublicKey, generateKeys, principalId } from '../../../protocol/keys.ts'
import { commitment, joinMac, matchCode } from '../../../protocol/pairing.ts'
import { pairing } from '../../../server/db/schema.ts'
import { steps } from '../../kit/people.ts'
import { startServer, type TestServer } from '../../kit/server.ts'

let server: TestServer
let step: ReturnType<typeof steps>
let host: Awaited<ReturnType<TestServer['enrolledHost']>>
beforeAll(async () => {
  server = await startServer()
  step = steps(server.gql)
  host = await server.enrolledHost()
})
afterAll(() => server.close())

const purpose = 'PAIR_DEVICE' as const
type Lie = Partial<typeof pairing.$inferInsert>
const lie = (id: string, row: Lie) =>
  server.database.read((tx) => tx.update(pairing).set(row).where(eq(pairing.id, id)))
const newKey = async () => exportPublicKey((await generateKeys(false)).publicKey)

/** An honest run of both ends, with whatever the server does at each moment; what each end holds at the end. */
async function run(lies: { atClaim?: Lie; atJoin?: (honest: { nonce: string }) => Lie; atReveal?: Lie }) {
  const opened = await step.open(host)
  const id = opened.pairing.id
  if (lies.atClaim) await lie(id, lies.atClaim)
  const { token, pairing: claimed } = await step.claim(opened.code)
  const device = { publicKey: await newKey(), nonce: randomText(32), name: 'phone' }
  await step.join(token, { pairingId: id, ...device })
  if (lies.atJoin) await lie(id, lies.atJoin({ nonce: device.nonce }))
  const atHost = await step.look(host.token, id)
  // An honest host reveals to whoever has joined; a dishonest server may hand out anything in its place.
  await lie(id, { state: 'REVEALED', openerNonce: opened.nonce, ...lies.atReveal })
  const revealed = (await step.look(token, id)).openerNonce ?? ''
  const hasKept = (await commitment(purpose, claimed.openerPublicKey, revealed)) === claimed.commitment
  const common = { purpose, openerNonce: revealed }
  const onPhone = {
    openerPublicKey: claimed.openerPublicKey,
    joinerPublicKey: device.publicKey,
    joinerNonce: device.nonce,
  }
  const atTerminal = {
    openerPublicKey: host.publicKey,
    joinerPublicKey: atHost.joinerPublicKey ?? '',
    joinerNonce: atHost.joinerNonce ?? '',
  }
  return {
    qrHolds: (await principalId('hst', claimed.openerPublicKey)) === host.id,
    hasKept,
    codesAgree:
      (await matchCode({ ...common, ...onPhone })) ===
      (await matchCode({ purpose, openerNonce: opened.nonce, ...atTerminal })),
  }
}

test('an honest server passes every check', async () => {
  expect(await run({})).toEqual({ qrHolds: true, hasKept: true, codesAgree: true })
})

test("[peers 13] a host's key swapped at the claim is found by the QR's id, by the commitment, and by the codes", async () => {
  const evil = await newKey()
  expect(await run({ atClaim: { openerPublicKey: evil } })).toEqual({
    qrHolds: false,
    hasKept: false,
    codesAgree: false,
  })
})

test("with typed code alone: the server's own key and a commitment of its own still end in two different codes", async () => {
  const evil = await newKey()
  const evilNonce = randomText(32)
  const swapped = { openerPublicKey: evil, commitment: await commitment(purpose, evil, evilNonce) }
  const seen = await run({
    atClaim: swapped,
    atJoin: () => ({ joinerPublicKey: evil, joinerNonce: randomText(32) }),
    atReveal: { openerNonce: evilNonce },
  })
  // It keeps its own commitment, so only the person's comparison is left; and that one fails.
  expect(seen).toEqual({ qrHolds: false, hasKept: true, codesAgree: false })
})

test("a device's key swapped at the join is found by the codes", async () => {
  const evil = await newKey()
  expect(await run({ atJoin: () => ({ joinerPublicKey: evil }) })).toMatchObject({ qrHolds: true, codesAgree: false })
})

test('a nonce chosen after it has seen the other is found by the commitment', async () => {
  expect(await run({ atReveal: { openerNonce: randomText(32) } })).toMatchObject({ hasKept: false })
})

test('a joiner that has not read the QR cannot make its mac, nor one for another key', async () => {
  const secret = randomText(16)
  const [honest, evil] = [await newKey(), await newKey()]
  const seen = { purpose, openerPublicKey: host.publicKey, joinerPublicKey: honest, joinerNonce: randomText(32) }
  const mac = await joinMac(secret, seen)
  expect(await joinMac(secret, { ...seen, joinerPublicKey: evil })).not.toBe(mac)
  expect(await joinMac(randomText(16), seen)).not.toBe(mac)
})
