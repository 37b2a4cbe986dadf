/** A machine that nobody knows yet and a device that would let it in, through the real mutations up to the consent. Knows no screen. */
import { randomText } from '../../protocol/bytes.ts'
import { commandChallenge } from '../../protocol/command.ts'
import { exportPublicKey, generateKeys, type KeyPair } from '../../protocol/keys.ts'
import { admissionBytes, commitment, matchCode } from '../../protocol/pairing.ts'
import type { Assertion } from '../../protocol/passkey.ts'
import { type EnrolledHost, type Gql, known, steps } from './people.ts'

export type Joining = {
  pairingId: string
  hostId: string
  keys: KeyPair
  publicKey: string
  /** The new machine's own, good for this pairing alone. */
  token: string
  /** Both sides show it. */
  code: string
  /** What a passkey signs to let it in. */
  challenge: string
  /** Once it has been let in. */
  becomes(): Promise<EnrolledHost>
}

export async function asksToJoin(
  gql: Gql,
  device: { publicKey: string; token: string },
  name = 'laptop',
): Promise<Joining> {
  const step = steps(gql)
  const keys = await generateKeys(true)
  const publicKey = await exportPublicKey(keys.publicKey)
  const openerNonce = randomText(32)
  const joinerNonce = randomText(32)
  const input = {
    name,
    platform: 'linux',
    publicKey,
    commitment: await commitment('ENROL_HOST', publicKey, openerNonce),
  }
  type Asked = { requestEnrolment: { code: string; token: string } }
  const { requestEnrolment } = await gql<Asked>(
    null,
    'mutation($input: RequestEnrolmentInput!) { requestEnrolment(input: $input) { code token } }',
    { input },
  )
  const { pairing } = await step.claim(requestEnrolment.code, device.token)
  const joins = { pairingId: pairing.id, publicKey: device.publicKey, nonce: joinerNonce, name: 'phone' }
  await step.join(device.token, joins)
  await step.reveal(requestEnrolment.token, pairing.id, openerNonce)
  const ends = { openerPublicKey: publicKey, openerNonce, joinerPublicKey: device.publicKey, joinerNonce }
  const seen = { purpose: 'ENROL_HOST', ...ends } as const
  const hostId = pairing.hostId ?? ''
  return {
    ...{ pairingId: pairing.id, hostId, keys, publicKey, token: requestEnrolment.token },
    code: await matchCode(seen),
    challenge: await commandChallenge(admissionBytes(pairing.id, seen)),
    becomes: () => known(gql, { id: hostId, name, keys, publicKey }),
  }
}

/** The consent, by whoever holds `token`: a device with its passkey's word, or another machine. Throws the refusal. */
export const letsIn = async (gql: Gql, token: string, pairingId: string, assertion: Assertion | null = null) => {
  const document = 'mutation($id: ID!, $a: AssertionInput) { confirmPairing(id: $id, assertion: $a) { state } }'
  return (await gql<{ confirmPairing: { state: string } }>(token, document, { id: pairingId, a: assertion }))
    .confirmPairing.state
}

/** `offdesk login` on a machine that nobody knows, while a person types its code on a screen. */
export async function knocks(gql: Gql, name = 'laptop') {
  const publicKey = await exportPublicKey((await generateKeys(true)).publicKey)
  const nonce = randomText(32)
  const input = { name, platform: 'linux', publicKey, commitment: await commitment('ENROL_HOST', publicKey, nonce) }
  type Asked = { requestEnrolment: { code: string; token: string; pairing: { id: string } } }
  const { requestEnrolment } = await gql<Asked>(
    null,
    'mutation($input: RequestEnrolmentInput!) { requestEnrolment(input: $input) { code token pairing { id } } }',
    { input },
  )
  const { code, token, pairing } = requestEnrolment
  type Now = { pairing: { state: string } }
  return {
    code,
    state: async () => (await gql<Now>(token, 'query($id: ID!) { pairing(id: $id) { state } }', pairing)).pairing.state,
    /** Once the state is JOINED. */
    reveals: () => steps(gql).reveal(token, pairing.id, nonce),
  }
}
