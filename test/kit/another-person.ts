/** Another person of the same server, with a host of their own. Straight into the store: a setup code enrols for the first owner alone. */
import { exportPublicKey, generateKeys, principalId } from '../../protocol/keys.ts'
import { enrolHost } from '../../server/store/hosts.ts'
import { createOwner } from '../../server/store/owners.ts'
import { type EnrolledHost, known } from './people.ts'
import type { TestServer } from './server.ts'

export async function anotherPerson(
  server: TestServer,
  name: string,
): Promise<{ ownerId: string; host: EnrolledHost }> {
  const keys = await generateKeys(true)
  const publicKey = await exportPublicKey(keys.publicKey)
  const id = await principalId('hst', publicKey)
  const ownerId = await server.database.transaction(async (tx) => {
    const owner = await createOwner(tx, name)
    await enrolHost(tx, { id, ownerId: owner.id, name: `${name}s`, platform: null, publicKey })
    return owner.id
  })
  return { ownerId, host: await known(server.gql, { id, name: `${name}s`, keys, publicKey }) }
}
