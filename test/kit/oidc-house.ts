/** A server, an organisation with single sign-on, its provider, and people at browsers of it. */
import { createGoverned, type Governed } from './governed.ts'
import { createOidcBrowser, type OidcBrowser, type SignedIn } from './oidc-browser.ts'
import { createOidcProvider, type OidcProvider, operatorsFile } from './oidc-provider.ts'
import { type ServerOptions, startServer, type TestServer } from './server.ts'

export type OidcHouse = {
  at: TestServer
  governed: Governed
  provider: OidcProvider
  file: Awaited<ReturnType<typeof operatorsFile>>
  origin: string
  /** As an admin; fields left out are those of `acme` at the provider. */
  sets(more?: object): Promise<{ createsPersons: boolean; clientAuthentication: string; redirectPath: string }>
  browser(): Promise<OidcBrowser>
  signsIn(sub: string): Promise<SignedIn>
  close(): Promise<void>
}

/** The connection is set; whoever signs in is taken in. */
export async function createOidcHouse(
  options: { server?: ServerOptions; provider?: Parameters<typeof createOidcProvider>[0] } = {},
): Promise<OidcHouse> {
  const provider = await createOidcProvider(options.provider)
  const file = await operatorsFile({ [provider.issuer]: { isPrivate: true } })
  const { oidc, ...server } = options.server ?? {}
  const at = await startServer({ ...server, oidc: { providersFile: file.path, ...oidc } })
  const origin = `http://localhost:${at.port}`
  const governed = await createGoverned(at)
  await provider.knows({ id: 'offdesk', redirectUris: [`${origin}/sign-in/oidc/${governed.organisationId}`] })
  const sets: OidcHouse['sets'] = async (more = {}) => {
    const { setOidcConnection } = await at.gql<{ setOidcConnection: Awaited<ReturnType<OidcHouse['sets']>> }>(
      governed.admin,
      'mutation($input: SetOidcConnectionInput!) { setOidcConnection(input: $input) { createsPersons clientAuthentication redirectPath } }',
      {
        input: {
          ...{ organisationId: governed.organisationId, handle: 'acme', issuer: provider.issuer, clientId: 'offdesk' },
          ...more,
        },
      },
    )
    return setOidcConnection
  }
  const browser = () => createOidcBrowser(at.gql, origin)
  await sets()
  return {
    ...{ at, governed, provider, file, origin, sets, browser },
    signsIn: async (sub) => (await browser()).signsIn('acme', (url) => provider.signsIn(url, sub)),
    close: async () => {
      await at.close()
      await provider.close()
      await file.remove()
    },
  }
}
