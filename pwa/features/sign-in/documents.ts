// What is asked by a browser that is nobody yet: a person signs in, or takes up a link (docs/protocol.md). Sent without a credential.
import { graphql, type ResultOf } from '../../graphql/graphql.ts'

const SignedInFields = graphql(`
  fragment SignedInFields on SignedIn @_unmask { token deviceId deviceName ownerId personName rung awaitsTrust }
`)
export const SignInOptionsDocument = graphql(`query SignInOptions { signInOptions { passkeys publicUrl } }`)
export const BeginSignInDocument = graphql(`
  mutation BeginSignIn($origin: String!) { beginSignIn(origin: $origin) { nonce rpId } }
`)
export const SignInDocument = graphql(
  `mutation SignIn($input: SignInInput!) { signIn(input: $input) { ...SignedInFields } }`,
  [SignedInFields],
)
export const OpenInvitationDocument = graphql(`
  mutation OpenInvitation($code: String!, $origin: String!) {
    openInvitation(code: $code, origin: $origin) {
      kind name invitedBy organisationName expiresAt nonce rpId userId userName excludeIds
    }
  }
`)
export const AcceptInvitationDocument = graphql(
  `mutation AcceptInvitation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { ...SignedInFields } }`,
  [SignedInFields],
)
export const BeginOidcSignInDocument = graphql(`
  mutation BeginOidcSignIn($input: BeginOidcSignInInput!) {
    beginOidcSignIn(input: $input) { authorizationUrl state expiresAt organisationName }
  }
`)
export const FinishOidcSignInDocument = graphql(
  `mutation FinishOidcSignIn($input: FinishOidcSignInInput!) { finishOidcSignIn(input: $input) { ...SignedInFields } }`,
  [SignedInFields],
)

export type SignedIn = ResultOf<typeof SignedInFields>
export type OpenedInvitation = ResultOf<typeof OpenInvitationDocument>['openInvitation']
