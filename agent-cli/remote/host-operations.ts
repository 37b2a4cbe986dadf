// What a host asks of its server about itself and its commands. Documents only.
import { graphql, type ResultOf } from './graphql.ts'

export const PollCommands = graphql(`
  query PollCommands($hostId: ID!, $after: String, $waitSeconds: Int!) {
    hostCommands(hostId: $hostId, after: $after, waitSeconds: $waitSeconds) {
      after
      revokedDeviceIds
      policy { remoteControl version }
      commands {
        __typename id sessionId deviceId deviceName rung key proof expiresAt createdAt
        ... on SendPrompt { promptId text delivery promptModeId: modeId attachments { digest mediaType name size } }
        ... on EditPrompt { promptId newText: text newDelivery: delivery }
        ... on WithdrawPrompt { promptId }
        ... on AnswerPermission { decisionId epoch optionId reason evidenceDigest }
        ... on AnswerQuestion { decisionId epoch accepted reason evidenceDigest values { name text number boolean choices } }
        ... on DecidePlan { decisionId epoch optionId thenMode evidenceDigest comments { part text } }
        ... on SetMode { modeId }
        ... on CancelTurn { turnId }
        ... on JoinPairing { pairingId name publicKey nonce mac }
        ... on EndorseDevice { endorserId newDeviceId newRung name publicKey signature }
        ... on ForgetDevice { forgottenDeviceId }
        ... on PinPasskey {
          passkeyId passkeyName origin pinnedKey: publicKey pinSignature: signature
          assertion { id authenticatorData clientData signature }
        }
        ... on ForgetPasskey { ofDeviceId passkeyId }
      }
    }
  }
`)

export type HostCommand = ResultOf<typeof PollCommands>['hostCommands']['commands'][number]
export type CommandKind = HostCommand['__typename']
export type CommandOf<K extends CommandKind> = Extract<HostCommand, { __typename: K }>
export type RemoteControl = 'OFF' | 'VIEW' | 'VIEW_AND_CONTROL'

export const AcknowledgeCommands = graphql(`
  mutation AcknowledgeCommands($hostId: ID!, $ids: [ID!]!, $epochs: [SessionEpochInput!]!) {
    acknowledgeCommands(hostId: $hostId, ids: $ids, epochs: $epochs) { id state sessionEpoch deliveredEpoch }
  }
`)

export const SettleCommand = graphql(`
  mutation SettleCommand($input: SettleCommandInput!) { settleCommand(input: $input) { id state } }
`)

export const Heartbeat = graphql(`
  mutation Heartbeat($hostId: ID!) {
    heartbeat(hostId: $hostId) { now revokedDeviceIds policy { remoteControl version } }
  }
`)

export const AskViewer = graphql(`
  query AskViewer { viewer { id name server { version publicUrl incarnation } } }
`)

/** What the server checks, for this host to check again. */
export const AskPolicy = graphql(`
  query AskPolicy {
    effectivePolicy {
      version remoteControl maxRung allowedModes allowedDeviceKinds allowedAgents headlessSessions
      neverRemote { name patterns } stepUp { from answerMinutes steerMinutes }
      settings { name level owner remedy }
    }
  }
`)

export const RevokeDevice = graphql(`
  mutation RevokeDevice($id: ID!) { revokeDevice(id: $id) { id } }
`)

/** Newest first; who has more devices than this is told so. */
export const ListStanding = graphql(`
  query ListStanding { devices(first: 500) { edges { node { id name pairedAt revokedAt } } } }
`)

export type CommandSettlement = {
  commandId: string
  state: 'APPLIED' | 'REFUSED' | 'SUPERSEDED' | 'EXPIRED' | 'UNKNOWN'
  refusal?: {
    code: string
    message: string
    rule?: string | null
    level?: string | null
    owner?: string | null
    remedy?: string | null
  } | null
  /** The attachment's, for a command of its session (E4). */
  epoch?: number | null
}
