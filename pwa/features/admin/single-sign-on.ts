// What is asked about an organisation's own sign-in (OpenID Connect): where its provider is, as whom this server asks, who may come.
import { graphql, type ResultOf, type VariablesOf } from '../../graphql/graphql.ts'

const ConnectionFields = graphql(`
  fragment OidcConnectionFields on OidcConnection @_unmask {
    organisationId handle issuer clientId clientAuthentication redirectPath signInPath createPersons createsPersons
    externalIdClaim requiredClaims { name value } updatedAt updatedBy
  }
`)
/** With the server's public address, which the provider must know. */
export const SingleSignOnDocument = graphql(
  `query AdminSingleSignOn($organisationId: ID!) {
    oidcConnection(organisationId: $organisationId) { ...OidcConnectionFields }
    signInOptions { publicUrl }
  }`,
  [ConnectionFields],
)
export const SetSingleSignOnDocument = graphql(
  `mutation AdminSetSingleSignOn($input: SetOidcConnectionInput!) { setOidcConnection(input: $input) { ...OidcConnectionFields } }`,
  [ConnectionFields],
)
export const RemoveSingleSignOnDocument = graphql(`
  mutation AdminRemoveSingleSignOn($organisationId: ID!) { removeOidcConnection(organisationId: $organisationId) }
`)

export type SingleSignOn = ResultOf<typeof ConnectionFields>
export type SingleSignOnInput = VariablesOf<typeof SetSingleSignOnDocument>['input']
type Claim = { name: string; value: string }

/** `name=value`, one a line; a line without `=` is no claim and is said in `bad`. */
export function claimsIn(text: string): { claims: Claim[]; bad: string | null } {
  const claims: Claim[] = []
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '') continue
    const at = line.indexOf('=')
    const [name, value] = [line.slice(0, at).trim(), line.slice(at + 1).trim()]
    if (at < 1 || value === '') return { claims, bad: line }
    claims.push({ name, value })
  }
  return { claims, bad: null }
}
export const claimsText = (claims: readonly Claim[]): string =>
  claims.map(({ name, value }) => `${name}=${value}`).join('\n')
