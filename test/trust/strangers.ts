/** Everyone who must not see or change what is Ann's, each with a real credential or none. */
import { ADMIN_SCOPES } from '../../server/policy/admin-scope.ts'
import { anotherPerson } from '../kit/another-person.ts'
import type { Governed } from '../kit/governed.ts'
import type { TestServer } from '../kit/server.ts'

/** An admin may know that people, devices and sessions are there. */
export type Stranger = { token: string | null; mayKnowIds: boolean }

/** Ben is of the same organisation; Ann has a revoked device. By the words that reports use. */
export async function createStrangers(server: TestServer, ann: Governed): Promise<Record<string, Stranger>> {
  const { ownerId, host } = await anotherPerson(server, 'ben')
  const join = 'mutation($o: ID!, $p: ID!) { addMember(organisationId: $o, ownerId: $p) { ownerId } }'
  await server.gql(ann.admin, join, { o: ann.organisationId, p: ownerId })
  const phone = await server.pairedDevice({ host, rung: 'FULL', name: 'bens phone' })
  const gone = await server.pairedDevice({ host: ann.host, rung: 'FULL', name: 'gone' })
  await server.gql(ann.host.token, 'mutation($id: ID!) { revokeDevice(id: $id) { id } }', { id: gone.id })
  const place = { scopeId: ann.organisationId }
  const admin = await ann.makeToken({ name: 'blue', scopes: [...ADMIN_SCOPES], days: 1, ...place }, ann.admin)
  return {
    'a colleague’s device': { token: phone.token, mayKnowIds: false },
    'a colleague’s host': { token: host.token, mayKnowIds: false },
    'an admin of the same organisation': { token: admin.token, mayKnowIds: true },
    'a revoked device of hers': { token: gone.token, mayKnowIds: false },
    nobody: { token: null, mayKnowIds: false },
  }
}
