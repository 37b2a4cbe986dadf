/**
 * [T4] [F6] The phone of the person who set the server up is stolen while it is unlocked: paired with FULL, its token good. It lets no machine of the thief's in, and
 * were one let in, no admin's token would come of it.
 */
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { randomText } from '../../protocol/bytes.ts'
import { exportPublicKey, generateKeys, principalId } from '../../protocol/keys.ts'
import { host as hosts } from '../../server/db/schema.ts'
import { enrolHost } from '../../server/store/hosts.ts'
import { createOwner } from '../../server/store/owners.ts'
import { placePasskey } from '../../server/store/passkeys.ts'
import type { Refusal } from '../kit/ask.ts'
import { type Authenticator, createAuthenticator } from '../kit/authenticator.ts'
import { asksToJoin, letsIn } from '../kit/joining.ts'
import { hasPasskey, makesPasskey } from '../kit/passkeys.ts'
import { type EnrolledHost, known, steps } from '../kit/people.ts'
import { startServer, type TestServer } from '../kit/server.ts'
import { figure } from './figure.ts'

let server: TestServer
let desk: EnrolledHost
beforeAll(async () => {
  server = await startServer()
  desk = await server.enrolledHost()
}, 60_000)
afterAll(() => server?.close())

const full = (name: string) => server.pairedDevice({ host: desk, rung: 'FULL', name })

const script = async (at: EnrolledHost, publicKey?: string) => {
  const document = 'mutation($input: AddScriptInput!) { addScript(input: $input) { token device { id } } }'
  const input = { hostId: at.id, name: 'admin', rung: 'FULL', publicKey }
  return (await server.gql<{ addScript: { token: string; device: { id: string } } }>(at.token, document, { input }))
    .addScript
}

const firstToken = (token: string) =>
  server.gql(token, 'mutation { createAdminToken(input: {name: "x", scopes: [READ], days: 1}) { token } }')

const WAITING = '{ waitingEnrolments { id openerName openerAddress } }'
type Waiting = { waitingEnrolments: { id: string; openerName: string; openerAddress: string }[] }

const codeOf = (done: Promise<unknown>): Promise<string> =>
  done.then(
    () => 'done',
    (refusal: Refusal) => refusal.code,
  )

/** Straight into the store: a setup code enrols for the first owner alone. */
async function colleaguesHost(): Promise<EnrolledHost> {
  const keys = await generateKeys(true)
  const publicKey = await exportPublicKey(keys.publicKey)
  const id = await principalId('hst', publicKey)
  await server.database.transaction(async (tx) => {
    const owner = await createOwner(tx, 'ben')
    await enrolHost(tx, { id, ownerId: owner.id, name: 'bens', platform: null, publicKey })
  })
  return known(server.gql, { id, name: 'bens', keys, publicKey })
}

/** What a thief can give as the passkey's word for `challenge`. */
const ways = (
  pinned: Authenticator,
  own: Authenticator,
): Record<string, (challenge: string) => ReturnType<Authenticator['get']> | null> => ({
  'without a passkey': () => null,
  'touched, nobody verified': (challenge) => pinned.get(challenge, { verifies: false }),
  'a passkey of the thief’s own, not pinned': (challenge) => own.get(challenge),
  'what the passkey signed for something else': () => pinned.get(randomText(32)),
  'verified on another page': (challenge) => pinned.get(challenge, { origin: 'http://localhost:9' }),
  'verified in a frame of another page': (challenge) => pinned.get(challenge, { crossOrigin: true }),
  'another key under the pinned id': (challenge) => ({ ...own.get(challenge), id: pinned.id }),
})

test('[T4] a stolen phone with a pinned passkey lets no machine in, in any way; with its person it does, once', async () => {
  const phone = await full('stolen')
  const pinned = await hasPasskey(server.gql, phone, desk)
  const own = await makesPasskey(server.gql, phone, createAuthenticator({ origin: pinned.origin }))
  const asked = await asksToJoin(server.gql, phone)
  const tried = ways(pinned, own)
  for (const [how, word] of Object.entries(tried)) {
    const code = await codeOf(letsIn(server.gql, phone.token, asked.pairingId, word(asked.challenge)))
    expect(`${how}: ${code}`).toMatch(/: PASSKEY_(REQUIRED|WRONG)$/)
  }
  // What its person said for one machine is not good for another.
  const other = await asksToJoin(server.gql, phone)
  expect(await codeOf(letsIn(server.gql, phone.token, asked.pairingId, pinned.get(other.challenge)))).toBe(
    'PASSKEY_WRONG',
  )
  expect(await codeOf(asked.becomes())).toBe('UNAUTHENTICATED')
  expect((await steps(server.gql).look(phone.token, asked.pairingId)).state).toBe('REVEALED')
  figure('the founder’s phone, stolen unlocked', {
    'ways to let a machine in without its person': Object.keys(tried).length + 1,
    'let in': 0,
  })

  expect(await letsIn(server.gql, phone.token, asked.pairingId, pinned.get(asked.challenge))).toBe('CONFIRMED')
  expect((await asked.becomes()).id).toBe(asked.hostId)
  // The pin is what let it in: where the thief's own is said to be pinned, the same attempt gets through.
  await server.database.transaction((tx) => placePasskey(tx, own.id, desk.id))
  expect(await letsIn(server.gql, phone.token, other.pairingId, own.get(other.challenge))).toBe('CONFIRMED')
})

test('[T4] a phone without any passkey, and a script: the key press at a machine that is known, and nobody else’s', async () => {
  const phone = await full('without a passkey')
  const waits = await asksToJoin(server.gql, phone, 'studio')
  const refused = await letsIn(server.gql, phone.token, waits.pairingId).catch((error: Refusal) => error)
  expect(refused).toMatchObject({
    code: 'PASSKEY_REQUIRED',
    extensions: { pinned: 0, level: 'server', remedy: expect.stringContaining('offdesk devices admit') },
  })
  // One that was made this minute does not help: nobody has pinned it.
  const own = await makesPasskey(server.gql, phone)
  expect(await codeOf(letsIn(server.gql, phone.token, waits.pairingId, own.get(waits.challenge)))).toBe('PASSKEY_WRONG')
  const bens = await colleaguesHost()
  expect(await codeOf(letsIn(server.gql, bens.token, waits.pairingId))).toBe('NOT_FOUND')
  expect((await server.gql<Waiting>(bens.token, WAITING)).waitingEnrolments).toEqual([])
  const seen = await server.gql<Waiting>(desk.token, WAITING)
  expect(seen.waitingEnrolments).toContainEqual({
    id: waits.pairingId,
    openerName: 'studio',
    openerAddress: '127.0.0.1',
  })
  expect(await letsIn(server.gql, desk.token, waits.pairingId)).toBe('CONFIRMED')

  const keys = await generateKeys(true)
  const publicKey = await exportPublicKey(keys.publicKey)
  const { token } = await script(desk, publicKey)
  const byScript = await asksToJoin(server.gql, { publicKey, token })
  expect(await codeOf(letsIn(server.gql, token, byScript.pairingId))).toBe('PASSKEY_REQUIRED')
})

test('[F6] a machine that a phone let in makes no admin’s first token: the setup code’s own does', async () => {
  const phone = await full('lets in')
  const pinned = await hasPasskey(server.gql, phone, desk)
  const asked = await asksToJoin(server.gql, phone)
  await letsIn(server.gql, phone.token, asked.pairingId, pinned.get(asked.challenge))
  const thieves = await asked.becomes()
  const attempts: Record<string, string> = { 'a script made there': (await script(thieves)).token }

  // The founder's own script, made over by that machine, or paired there again as if it were a phone.
  const [one, two] = [await generateKeys(true), await generateKeys(true)]
  const [first, second] = [await exportPublicKey(one.publicKey), await exportPublicKey(two.publicKey)]
  const good = await script(desk, first)
  await script(desk, second)
  await firstToken(good.token)
  attempts['the founder’s script, made over there'] = (await script(thieves, first)).token
  attempts['the founder’s script, paired there'] = await pairedAgain(thieves, second)
  attempts['the phone itself'] = phone.token
  for (const [how, token] of Object.entries(attempts))
    expect(`${how}: ${await codeOf(firstToken(token))}`).toBe(`${how}: RUNG_TOO_LOW`)
  figure('the founder’s phone, stolen unlocked', {
    'ways from a machine that was let in to an admin’s first token': Object.keys(attempts).length,
    'tokens made': 0,
  })

  // The column is what refuses it: a machine that had held the setup code makes one.
  await server.database.transaction((tx) => tx.update(hosts).set({ bySetupCode: true }).where(eq(hosts.id, thieves.id)))
  await firstToken((await script(thieves)).token)
})

async function pairedAgain(at: EnrolledHost, publicKey: string): Promise<string> {
  const step = steps(server.gql)
  const opened = await step.open(at, 'FULL')
  const { token, pairing } = await step.claim(opened.code)
  await step.join(token, { pairingId: pairing.id, publicKey, nonce: randomText(32), name: 'admin' })
  await step.reveal(at.token, pairing.id, opened.nonce)
  await step.confirm(at.token, pairing.id)
  return token
}
