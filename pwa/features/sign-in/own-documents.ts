// What a person who is somebody asks about signing in: their passkeys for it, and the links that they give to others.
import { graphql, type ResultOf, type VariablesOf } from '../../graphql/graphql.ts'

const InvitationFields = graphql(`
  fragment InvitationFields on Invitation @_unmask {
    id kind name organisationId createdByName createdAt expiresAt usedAt revokedAt state
  }
`)
export const OwnSignInDocument = graphql(
  `query OwnSignIn {
    signInPasskeys { id name origin isSynced createdAt lastUsedAt }
    invitations { ...InvitationFields }
  }`,
  [InvitationFields],
)
/** An admin's: of the organisations that the token reaches. */
export const InvitationsDocument = graphql(`query Invitations { invitations { ...InvitationFields } }`, [
  InvitationFields,
])
export const BeginConfirmationDocument = graphql(`
  mutation BeginConfirmation($origin: String!) { beginConfirmation(origin: $origin) { nonce rpId } }
`)
export const BeginSignInPasskeyDocument = graphql(`
  mutation BeginSignInPasskey($origin: String!) {
    beginSignInPasskey(origin: $origin) { challenge rpId userId userName excludeIds }
  }
`)
export const AddSignInPasskeyDocument = graphql(`
  mutation AddSignInPasskey($input: AddSignInPasskeyInput!) { addSignInPasskey(input: $input) { id } }
`)
export const RemoveSignInPasskeyDocument = graphql(`
  mutation RemoveSignInPasskey($id: ID!, $confirmation: ConfirmationInput) {
    removeSignInPasskey(id: $id, confirmation: $confirmation) { id }
  }
`)
export const CreateInvitationDocument = graphql(`
  mutation CreateInvitation($input: CreateInvitationInput!) {
    createInvitation(input: $input) { link code invitation { id name expiresAt } }
  }
`)
export const RevokeInvitationDocument = graphql(`
  mutation RevokeInvitation($id: ID!, $confirmation: ConfirmationInput) {
    revokeInvitation(id: $id, confirmation: $confirmation) { id state }
  }
`)

export type SignInPasskey = ResultOf<typeof OwnSignInDocument>['signInPasskeys'][number]
export type Invitation = ResultOf<typeof InvitationFields>
export type NewInvitation = VariablesOf<typeof CreateInvitationDocument>['input']
