// What administration asks and changes (docs/admin.md by hand). That people, devices and sessions exist, never what is said in them (F7).
import { graphql, type ResultOf, type VariablesOf } from '../../graphql/graphql.ts'
import { EffectiveFields } from '../policy/effective.ts'

export const AdminPlacesDocument = graphql(`
  query AdminPlaces {
    thisAdminToken { id name scopes scopeId expiresAt }
    enterprises { id name }
    organisations { id name enterpriseId legalHoldSince }
  }
`)
export const ThisAdminTokenDocument = graphql(`
  query ThisAdminToken { thisAdminToken { id name scopes scopeId expiresAt } }
`)

const DocumentFields = graphql(`
  fragment DocumentFields on PolicyDocument @_unmask {
    remoteControl maxRung allowedModes allowedAgents allowedDeviceKinds headlessSessions notificationContent
    idleLockMinutes sessionRetentionMinutes auditRetentionMinutes
    stepUp { from viewMinutes answerMinutes steerMinutes }
    neverRemote { name patterns matches passes }
  }
`)
const VersionFields = graphql(
  `fragment VersionFields on PolicyVersion @_unmask { scopeId version createdAt createdBy note document { ...DocumentFields } }`,
  [DocumentFields],
)
export const PolicyDocumentDocument = graphql(
  `query AdminPolicy($scopeId: ID!) { policyDocument(scopeId: $scopeId) { ...VersionFields } }`,
  [VersionFields],
)
export const PolicyHistoryDocument = graphql(
  `query AdminPolicyHistory($scopeId: ID!, $after: String) {
    policyHistory(scopeId: $scopeId, first: 25, after: $after) {
      edges { node { ...VersionFields } }
      pageInfo { hasNextPage endCursor }
    }
  }`,
  [VersionFields],
)
export const TryPolicyDocument = graphql(`
  query AdminTryPolicy($scopeId: ID!, $document: PolicyDocumentInput!) {
    dryRunPolicy(scopeId: $scopeId, document: $document) {
      sessionCount
      sessions { id ownerId agentName }
      changes { ownerId setting before after }
    }
  }
`)
export const ValidatePolicyDocument = graphql(`
  query AdminValidatePolicy($scopeId: ID!, $document: PolicyDocumentInput!) {
    validatePolicy(scopeId: $scopeId, document: $document)
  }
`)
export const ApplyPolicyDocument = graphql(
  `mutation AdminApplyPolicy($scopeId: ID!, $version: Int!, $document: PolicyDocumentInput!, $note: String) {
    applyPolicy(scopeId: $scopeId, expectedVersion: $version, document: $document, note: $note) { ...VersionFields }
  }`,
  [VersionFields],
)
export const RollBackPolicyDocument = graphql(
  `mutation AdminRollBackPolicy($scopeId: ID!, $version: Int!, $expectedVersion: Int!) {
    rollBackPolicy(scopeId: $scopeId, version: $version, expectedVersion: $expectedVersion) { ...VersionFields }
  }`,
  [VersionFields],
)
export const KillSwitchDocument = graphql(
  `mutation AdminKillSwitch($scopeId: ID!) { disableRemoteControl(scopeId: $scopeId) { ...VersionFields } }`,
  [VersionFields],
)

export const MembersDocument = graphql(`
  query AdminMembers($after: String) {
    organisations { id name members(first: 100, after: $after) {
      edges { node { ownerId name since addedBy } }
      pageInfo { hasNextPage endCursor }
    } }
  }
`)
export const AddMemberDocument = graphql(`
  mutation AdminAddMember($organisationId: ID!, $ownerId: ID!) {
    addMember(organisationId: $organisationId, ownerId: $ownerId) { ownerId name }
  }
`)
export const RemoveMemberDocument = graphql(`
  mutation AdminRemoveMember($organisationId: ID!, $ownerId: ID!) {
    removeMember(organisationId: $organisationId, ownerId: $ownerId)
  }
`)
export const MemberPolicyDocument = graphql(
  `query AdminMemberPolicy($ownerId: ID!) { effectivePolicy(ownerId: $ownerId) { ...EffectiveFields } }`,
  [EffectiveFields],
)
export const MemberDevicesDocument = graphql(`
  query AdminMemberDevices($ownerId: ID!) {
    memberDevices(ownerId: $ownerId) { id name kind rung pairedAt lastSeenAt revokedAt }
  }
`)
export const RevokeMemberDeviceDocument = graphql(`
  mutation AdminRevokeMemberDevice($ownerId: ID!, $id: ID!) { revokeMemberDevice(ownerId: $ownerId, id: $id) { id revokedAt } }
`)

export const AuditDocument = graphql(`
  query AdminAudit($scopeId: ID, $filter: AuditFilterInput, $after: String) {
    auditEntries(scopeId: $scopeId, filter: $filter, first: 50, after: $after) {
      edges { node {
        id number at ownerId actor actorName surface action target proof outcome code rule line whatDigest hash
      } }
      pageInfo { hasNextPage endCursor }
    }
  }
`)
export const AuditExportDocument = graphql(`
  query AdminAuditExport($scopeId: ID, $after: Int) {
    auditExport(scopeId: $scopeId, after: $after) { jsonl after isComplete }
  }
`)

export type Version = ResultOf<typeof VersionFields>
export type PolicyDocument = Version['document']
export type PolicyDocumentInput = VariablesOf<typeof ApplyPolicyDocument>['document']
export type Trial = ResultOf<typeof TryPolicyDocument>['dryRunPolicy']
export type AuditEntry = ResultOf<typeof AuditDocument>['auditEntries']['edges'][number]['node']
export type AuditFilter = NonNullable<VariablesOf<typeof AuditDocument>['filter']>
export type AdminToken = ResultOf<typeof ThisAdminTokenDocument>['thisAdminToken']
