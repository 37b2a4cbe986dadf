/** How an organisation's people sign in: said and taken back by its admins, each time with an entry in its audit. Knows no transport and no table. */
import type { Tx } from '../../db/database.ts'
import type { AdminPrincipal } from '../../policy/principal.ts'
import { noteAudit } from '../../store/audit.ts'
import {
  findOidcConnection,
  type OidcConnectionRow,
  type RequiredClaim,
  removeOidcConnectionRow,
  writeOidcConnection,
} from '../../store/oidc.ts'
import { dropOidcFlows } from '../../store/oidc-flows.ts'
import { notFound, type Refused, refuse } from '../../store/refused.ts'
import type { Ring } from '../../store/topic.ts'
import { isWellFormed } from '../../store/well-formed.ts'
import { endAllSignedIn } from './oidc-leaving.ts'

export const MOST_CLAIMS = 5
const MOST_CHARS = 512

export type AskedConnection = {
  organisationId: string
  handle: string
  issuer: string
  clientId: string
  createPersons: boolean | null
  externalIdClaim: 'SUB' | 'OID'
  requiredClaims: readonly RequiredClaim[]
}

/** Where the browser comes back to: one address for each organisation, so that no provider's answer passes for another's (RFC 9700 §4.4). */
export const redirectPath = (organisationId: string): string => `/sign-in/oidc/${organisationId}`
export const signInPath = (handle: string): string => `/sign-in?with=${handle}`

/** Checked and put into one form, before the provider is asked. Throws BAD_INPUT. */
export function parseConnection(asked: AskedConnection): AskedConnection {
  const handle = asked.handle.trim().toLowerCase()
  if (!/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/.test(handle))
    throw bad('A name to sign in with is 1 to 40 letters, digits and hyphens, neither first nor last a hyphen.')
  const url = URL.canParse(asked.issuer) && asked.issuer.length <= MOST_CHARS ? new URL(asked.issuer) : null
  const isPlain = url !== null && url.search === '' && url.hash === '' && !url.username && !url.password
  // A document's own address would be believed whatever name stands in it.
  if (!isPlain || !/^https?:$/.test(url.protocol) || url.pathname.includes('/.well-known/'))
    throw bad('An issuer is the https address by which the provider calls itself, without /.well-known/.')
  if (!isLine(asked.clientId)) throw bad(`A client id is one line of 1 to ${MOST_CHARS} characters.`)
  if (asked.requiredClaims.length > MOST_CLAIMS) throw bad(`At most ${MOST_CLAIMS} claims can be asked for.`)
  for (const { name, value } of asked.requiredClaims)
    if (!isLine(name) || !isLine(value)) throw bad(`A claim has a name and a value of 1 to ${MOST_CHARS} characters.`)
  return { ...asked, handle, issuer: asked.issuer.trim() }
}

const isLine = (text: string) =>
  text.length >= 1 && text.length <= MOST_CHARS && isWellFormed(text) && !/\p{Cc}/u.test(text)
const bad = (what: string): Refused => refuse('BAD_INPUT', what)

/** `asked.issuer` as the provider spells it. Another issuer or client ends what the one before has let in. Throws BAD_INPUT for a handle that is another's. */
export async function setConnection(
  tx: Tx,
  ring: Ring,
  by: AdminPrincipal,
  asked: AskedConnection,
): Promise<OidcConnectionRow> {
  const { organisationId, issuer, clientId } = asked
  const before = await findOidcConnection(tx, organisationId)
  const row = await writeOidcConnection(tx, {
    ...{ ...asked, requiredClaims: [...asked.requiredClaims], updatedBy: by.tokenName },
  })
  if (!row) throw bad('Another organisation signs in under this name. Choose another.')
  const isOther = before !== null && (before.issuer !== issuer || before.clientId !== clientId)
  const ended = isOther ? await endAllSignedIn(tx, ring, by, organisationId) : 0
  if (isOther) await dropOidcFlows(tx, organisationId)
  const makes = { true: 'makes persons', false: 'makes no persons', null: 'makes persons without SCIM' }
  const how = `${makes[`${row.createPersons}`]}, SCIM by ${row.externalIdClaim}, ${row.requiredClaims.length} claims`
  await note(tx, by, organisationId, 'oidc.set', `${handleAt(row)}: ${how}${isOther ? `; ${ended} devices ended` : ''}`)
  return row
}

/** Nobody signs in there any more, and whoever did so is signed out within a second. Throws NOT_FOUND. */
export async function removeConnection(tx: Tx, ring: Ring, by: AdminPrincipal, organisationId: string): Promise<void> {
  const row = await removeOidcConnectionRow(tx, organisationId)
  if (!row) throw notFound('sign-in of an organisation')
  await dropOidcFlows(tx, organisationId)
  const ended = await endAllSignedIn(tx, ring, by, organisationId)
  await note(tx, by, organisationId, 'oidc.remove', `${handleAt(row)}; ${ended} devices ended`)
}

const handleAt = ({ handle, issuer, clientId }: OidcConnectionRow) =>
  `${handle} at ${new URL(issuer).host} as ${clientId.slice(0, 80)}`

const note = (tx: Tx, by: AdminPrincipal, organisationId: string, action: string, line: string) =>
  noteAudit(tx, {
    ...{ chain: organisationId, ownerId: null, actor: by.tokenId, actorName: by.tokenName, surface: 'ADMIN' },
    ...{ action, target: organisationId, outcome: 'DONE', line },
  })
