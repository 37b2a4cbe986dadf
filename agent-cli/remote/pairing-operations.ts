// What an opener asks of the server about a pairing or an enrolment. Documents only.
import { graphql, type ResultOf } from './graphql.ts'

export const OpenPairing = graphql(`
  mutation OpenPairing($input: OpenPairingInput!) { openPairing(input: $input) { code pairing { id expiresAt } } }
`)
export const WatchPairing = graphql(`
  query WatchPairing($id: ID!, $knownState: PairingState, $waitSeconds: Int!) {
    pairing(id: $id, knownState: $knownState, waitSeconds: $waitSeconds) {
      state joinerName joinerPublicKey joinerNonce mac deviceId hostId
    }
  }
`)
export type WatchedPairing = NonNullable<ResultOf<typeof WatchPairing>['pairing']>
export const RevealPairing = graphql(`
  mutation RevealPairing($id: ID!, $nonce: String!) { revealPairing(id: $id, nonce: $nonce) { state } }
`)
export const ConfirmPairing = graphql(`
  mutation ConfirmPairing($id: ID!) { confirmPairing(id: $id) { state } }
`)
export const RefusePairing = graphql(`
  mutation RefusePairing($id: ID!) { refusePairing(id: $id) { state } }
`)
export const EnrolHost = graphql(`
  mutation EnrolHost($input: EnrolHostInput!) { enrolHost(input: $input) { host { id name } } }
`)
export const RequestEnrolment = graphql(`
  mutation RequestEnrolment($input: RequestEnrolmentInput!) {
    requestEnrolment(input: $input) { code token pairing { id expiresAt } }
  }
`)

export const WaitingEnrolments = graphql(`
  query WaitingEnrolments {
    waitingEnrolments { id openerName openerAddress openerPublicKey openerNonce joinerName joinerPublicKey joinerNonce }
  }
`)
export type WaitingEnrolment = ResultOf<typeof WaitingEnrolments>['waitingEnrolments'][number]
/** Without a passkey: this host is known already, and a person at its terminal has pressed y. */
export const AdmitHost = graphql(`mutation AdmitHost($id: ID!) { confirmPairing(id: $id) { state } }`)

/** This host has taken the device into its roster: one that came by a sign-in may do `rung` from then on. */
export const TrustDevice = graphql(`
  mutation TrustDevice($id: ID!, $rung: Rung!) { trustDevice(id: $id, rung: $rung) { id rung } }
`)
