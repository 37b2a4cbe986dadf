// The calls of the pairing handshake (docs/protocol.md §6), as a joining device makes them.
import { graphql, type ResultOf } from '../../graphql/graphql.ts'

export const PairingFields = graphql(`
  fragment PairingFields on Pairing @_unmask {
    id purpose state rung commitment openerName openerPublicKey openerNonce hostId sessionId deviceId expiresAt
    openerPlatform openerAddress
  }
`)
export const ClaimPairingDocument = graphql(
  `mutation ClaimPairing($code: String!) { claimPairing(code: $code) { token pairing { ...PairingFields } } }`,
  [PairingFields],
)
export const JoinPairingDocument = graphql(
  `mutation JoinPairing($input: JoinPairingInput!) { joinPairing(input: $input) { ...PairingFields } }`,
  [PairingFields],
)
export const PairingDocument = graphql(
  `query Pairing($id: ID!, $knownState: PairingState, $waitSeconds: Int!) {
    pairing(id: $id, knownState: $knownState, waitSeconds: $waitSeconds) { ...PairingFields }
  }`,
  [PairingFields],
)
export const RefusePairingDocument = graphql(`mutation RefusePairing($id: ID!) { refusePairing(id: $id) { id state } }`)
export const ConfirmPairingDocument = graphql(
  `mutation ConfirmPairing($id: ID!, $assertion: AssertionInput) {
    confirmPairing(id: $id, assertion: $assertion) { id state }
  }`,
)

export type Pairing = ResultOf<typeof PairingFields>
