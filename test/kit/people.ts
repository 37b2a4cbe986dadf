/** Hosts and devices as they really come to be: keys of their own, challenges signed, the whole pairing through the real mutations. */
import { randomText } from '../../protocol/bytes.ts'
import { credentialBytes } from '../../protocol/credential.ts'
import { exportPublicKey, generateKeys, type KeyPair, principalId, sign } from '../../protocol/keys.ts'
import { commitment, matchCode } from '../../protocol/pairing.ts'
import { signsAs } from './signing.ts'

export type Gql = <T>(token: string | null, document: string, variables?: object) => Promise<T>
export type Rung = 'VIEW' | 'ANSWER' | 'STEER' | 'FULL'

export type EnrolledHost = {
  id: string
  name: string
  keys: KeyPair
  publicKey: string
  /** The host's own credential. */
  token: string
  /** Another credential: for a session, or with nothing the host's own again. */
  mint(sessionId?: string): Promise<string>
}

export type PairedDevice = {
  id: string
  name: string
  keys: KeyPair
  publicKey: string
  token: string
  /** Shown on both sides, and equal. */
  matchCode: string
}

export async function enrol(gql: Gql, setupCode: string, name: string): Promise<EnrolledHost> {
  const keys = await generateKeys(true)
  const publicKey = await exportPublicKey(keys.publicKey)
  const input = { setupCode, name, publicKey, platform: 'linux' }
  const { enrolHost } = await gql<{ enrolHost: { host: { id: string } } }>(
    null,
    'mutation($input: EnrolHostInput!) { enrolHost(input: $input) { host { id } } }',
    { input },
  )
  return known(gql, { id: enrolHost.host.id, name, keys, publicKey })
}

/** With a credential minted by its key. */
export async function known(
  gql: Gql,
  host: { id: string; name: string; keys: KeyPair; publicKey: string },
): Promise<EnrolledHost> {
  const mint = async (sessionId?: string): Promise<string> => {
    const { requestChallenge } = await gql<{ requestChallenge: { nonce: string } }>(
      null,
      'mutation($id: ID!) { requestChallenge(hostId: $id) { nonce } }',
      { id: host.id },
    )
    const { nonce } = requestChallenge
    const bytes = credentialBytes({ hostId: host.id, nonce, sessionId: sessionId ?? null })
    const input = { hostId: host.id, sessionId, nonce, signature: await sign(host.keys.privateKey, bytes) }
    const minted = await gql<{ mintCredential: { token: string } }>(
      null,
      'mutation($input: MintCredentialInput!) { mintCredential(input: $input) { token } }',
      { input },
    )
    return minted.mintCredential.token
  }
  return { ...host, token: await mint(), mint }
}

const PAIRING = 'id state commitment openerPublicKey openerNonce joinerPublicKey joinerNonce rung deviceId hostId'
export type PairingShape = {
  id: string
  state: string
  commitment: string
  openerPublicKey: string
  openerNonce: string | null
  joinerPublicKey: string | null
  joinerNonce: string | null
  rung: Rung
  deviceId: string | null
  hostId: string | null
}

/** The steps of a pairing, one by one, for tests that stop in between. */
export const steps = (gql: Gql) => ({
  open: async (host: EnrolledHost, rung: Rung = 'STEER') => {
    const nonce = randomText(32)
    const input = { hostId: host.id, rung, commitment: await commitment('PAIR_DEVICE', host.publicKey, nonce) }
    const document = `mutation($input: OpenPairingInput!) { openPairing(input: $input) { code pairing { ${PAIRING} } } }`
    const { openPairing } = await gql<{ openPairing: { code: string; pairing: PairingShape } }>(host.token, document, {
      input,
    })
    return { nonce, ...openPairing }
  },
  claim: async (code: string, token: string | null = null) => {
    const document = `mutation($code: String!) { claimPairing(code: $code) { token pairing { ${PAIRING} } } }`
    type Claimed = { claimPairing: { token: string; pairing: PairingShape } }
    return (await gql<Claimed>(token, document, { code })).claimPairing
  },
  join: async (
    token: string,
    input: { pairingId: string; publicKey: string; nonce: string; name: string; mac?: string },
  ) => {
    const document = `mutation($input: JoinPairingInput!) { joinPairing(input: $input) { ${PAIRING} } }`
    return (await gql<{ joinPairing: PairingShape }>(token, document, { input })).joinPairing
  },
  reveal: async (token: string, id: string, nonce: string) => {
    const document = `mutation($id: ID!, $nonce: String!) { revealPairing(id: $id, nonce: $nonce) { ${PAIRING} } }`
    return (await gql<{ revealPairing: PairingShape }>(token, document, { id, nonce })).revealPairing
  },
  confirm: async (token: string, id: string) => {
    const document = `mutation($id: ID!) { confirmPairing(id: $id) { ${PAIRING} } }`
    return (await gql<{ confirmPairing: PairingShape }>(token, document, { id })).confirmPairing
  },
  look: async (token: string, id: string, knownState: string | null = null, waitSeconds = 0) => {
    const document = `query($id: ID!, $knownState: PairingState, $waitSeconds: Int) {
      pairing(id: $id, knownState: $knownState, waitSeconds: $waitSeconds) { ${PAIRING} } }`
    return (await gql<{ pairing: PairingShape }>(token, document, { id, knownState, waitSeconds })).pairing
  },
})

/** Throws when the two sides would not show the same code. */
export async function pair(gql: Gql, host: EnrolledHost, how: { rung: Rung; name: string }): Promise<PairedDevice> {
  const step = steps(gql)
  const keys = await generateKeys(false)
  const publicKey = await exportPublicKey(keys.publicKey)
  const opened = await step.open(host, how.rung)
  const { token, pairing } = await step.claim(opened.code)
  const nonce = randomText(32)
  await step.join(token, { pairingId: pairing.id, publicKey, nonce, name: how.name })
  const atHost = await step.reveal(host.token, pairing.id, opened.nonce)
  const atDevice = await step.look(token, pairing.id)
  const seenByHost = await matchCode({
    ...{ purpose: 'PAIR_DEVICE', openerPublicKey: host.publicKey, openerNonce: opened.nonce },
    ...{ joinerPublicKey: atHost.joinerPublicKey ?? '', joinerNonce: atHost.joinerNonce ?? '' },
  })
  const seenByDevice = await matchCode({
    ...{ purpose: 'PAIR_DEVICE', openerPublicKey: pairing.openerPublicKey, openerNonce: atDevice.openerNonce ?? '' },
    ...{ joinerPublicKey: publicKey, joinerNonce: nonce },
  })
  if (seenByHost !== seenByDevice) throw new Error(`the match codes differ: ${seenByHost} and ${seenByDevice}`)
  await step.confirm(host.token, pairing.id)
  const id = await principalId('dev', publicKey)
  signsAs(token, { id, keys })
  return { id, name: how.name, keys, publicKey, token, matchCode: seenByDevice }
}
