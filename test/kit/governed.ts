/** A person, their host, phone and session under an organisation of an enterprise, and the admin's token that governs them. */
import { randomText } from '../../protocol/bytes.ts'
import { ADMIN_SCOPES } from '../../server/policy/admin-scope.ts'
import type { EnrolledHost, PairedDevice } from './people.ts'
import type { TestServer } from './server.ts'
import { type PublishedSession, publishSession } from './session.ts'

export type Governed = {
  host: EnrolledHost
  phone: PairedDevice
  session: PublishedSession
  ownerId: string
  /** Of the whole server, with every scope. */
  admin: string
  enterpriseId: string
  organisationId: string
  /** The first token, made by a script as docs/admin.md says; with `by` made by another token. */
  makeToken(input: object, by?: string): Promise<{ token: string; adminToken: { id: string } }>
  standing(scopeId: string): Promise<number>
  /** From the version that stands, unless another is said. Returns the new one. */
  apply(scopeId: string, document: object, expectedVersion?: number): Promise<number>
  join(): Promise<void>
  prompt(modeId?: string): Promise<{ id: string }>
}

/** The person does not belong to the organisation until `join`. */
export async function createGoverned(server: TestServer): Promise<Governed> {
  const { gql } = server
  const host = await server.enrolledHost()
  const phone = await server.pairedDevice({ host, rung: 'FULL' })
  const session = await publishSession(gql, host)
  const { viewer } = await gql<{ viewer: { id: string } }>(phone.token, '{ viewer { id } }')
  const { addScript } = await gql<{ addScript: { token: string } }>(
    host.token,
    'mutation($h: ID!) { addScript(input: {hostId: $h, name: "admin", rung: FULL}) { token } }',
    { h: host.id },
  )
  const makeToken: Governed['makeToken'] = async (input, by = addScript.token) => {
    type Made = { createAdminToken: { token: string; adminToken: { id: string } } }
    const document =
      'mutation($input: CreateAdminTokenInput!) { createAdminToken(input: $input) { token adminToken { id lastUsedAt } } }'
    return (await gql<Made>(by, document, { input })).createAdminToken
  }
  const { token: admin } = await makeToken({ name: 'root', scopes: [...ADMIN_SCOPES], days: 1 })
  const { createEnterprise } = await gql<{ createEnterprise: { id: string } }>(
    admin,
    'mutation { createEnterprise(name: "Acme") { id } }',
  )
  const enterpriseId = createEnterprise.id
  const { createOrganisation } = await gql<{ createOrganisation: { id: string } }>(
    admin,
    'mutation($e: ID!) { createOrganisation(name: "Blue", enterpriseId: $e) { id } }',
    { e: enterpriseId },
  )
  const organisationId = createOrganisation.id
  const standing = async (scopeId: string) => {
    type Read = { policyDocument: { version: number } }
    const document = 'query($s: ID!) { policyDocument(scopeId: $s) { version } }'
    return (await gql<Read>(admin, document, { s: scopeId })).policyDocument.version
  }
  return {
    ...{ host, phone, session, ownerId: viewer.id, admin, enterpriseId, organisationId, makeToken, standing },
    apply: async (scopeId, document, expectedVersion) => {
      type Applied = { applyPolicy: { version: number } }
      const words =
        'mutation($s: ID!, $v: Int!, $d: PolicyDocumentInput!) { applyPolicy(scopeId: $s, expectedVersion: $v, document: $d) { version } }'
      const v = expectedVersion ?? (await standing(scopeId))
      return (await gql<Applied>(admin, words, { s: scopeId, v, d: document })).applyPolicy.version
    },
    join: async () => {
      const words = 'mutation($o: ID!, $p: ID!) { addMember(organisationId: $o, ownerId: $p) { ownerId } }'
      await gql(admin, words, { o: organisationId, p: viewer.id })
    },
    prompt: async (modeId) => {
      const words = 'mutation($i: SendPromptInput!) { sendPrompt(input: $i) { id } }'
      const i = { sessionId: session.id, key: randomText(16), text: 'go on', modeId: modeId ?? null }
      return (await gql<{ sendPrompt: { id: string } }>(phone.token, words, { i })).sendPrompt
    },
  }
}
