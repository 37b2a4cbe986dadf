/**
 * Who somebody at a provider is here: by issuer and subject, else by the id under which SCIM has provisioned them, else somebody new where the connection lets people in.
 * An address or a name never says it. Knows no protocol.
 */
import type { Tx } from '../../db/database.ts'
import { noteAudit } from '../../store/audit.ts'
import { maxNameChars } from '../../store/limits.ts'
import {
  findOidcIdentity,
  holdMembership,
  holdProvisionedByExternalId,
  isProvisioned,
  linkOidcIdentity,
  type OidcConnectionRow,
} from '../../store/oidc.ts'
import { placeOf } from '../../store/organisations.ts'
import { type Refused, refuse } from '../../store/refused.ts'
import { isProvisionedIn } from '../../store/scim.ts'
import { lockPerson } from '../../store/sign-in-passkeys.ts'
import type { Ring } from '../../store/topic.ts'
import { createPerson } from './admitting.ts'
import type { Claims } from './oidc-relying.ts'

/** Where SCIM may have provisioned people of an organisation: itself, its enterprise, the server. */
async function scopesOf(tx: Tx, organisationId: string): Promise<string[]> {
  const { enterpriseId } = await placeOf(tx, organisationId)
  return [organisationId, ...(enterpriseId === null ? [] : [enterpriseId]), '']
}

/** What the connection's setting comes to now: left open, people are made only while nobody is provisioned there. */
export async function createsPersons(
  tx: Tx,
  { organisationId, createPersons }: Pick<OidcConnectionRow, 'organisationId' | 'createPersons'>,
): Promise<boolean> {
  return createPersons ?? !(await isProvisioned(tx, await scopesOf(tx, organisationId), organisationId))
}

/** Under locks that make whoever ends this person meanwhile wait, or be seen here. Throws SIGN_IN_PERSON. */
export async function personOf(
  tx: Tx,
  ring: Ring,
  at: OidcConnectionRow,
  claims: Claims,
): Promise<{ ownerId: string }> {
  requireClaims(at, claims)
  const { organisationId } = at
  const { iss: issuer, sub: subject } = claims
  const known = await findOidcIdentity(tx, issuer, subject)
  // The person before what is known of them: the order in which everyone locks (`requireStillIn`).
  if (known) await lockPerson(tx, known.ownerId)
  if (known && (await isLetIn(tx, organisationId, known.ownerId))) return known
  const externalId = at.externalIdClaim === 'SUB' ? subject : claims.oid
  const provisioned =
    typeof externalId === 'string' && externalId !== ''
      ? await holdProvisionedByExternalId(tx, await scopesOf(tx, organisationId), externalId)
      : null
  if (provisioned !== null && provisioned.ownerId !== known?.ownerId) {
    if (!provisioned.active) throw deactivated()
    // Whoever was here before the organisation knew them is not its to sign in: it would show an admin, who may also hold the provider, what they have.
    if (provisioned.isLinked) throw notOurs('they were here before it provisioned them')
    if (!(await holdMembership(tx, organisationId, provisioned.ownerId))) throw notMember()
    const { ownerId } = provisioned
    await linkOidcIdentity(tx, { issuer, subject, ownerId, organisationId, isMadeHere: false })
    await note(tx, at, ownerId, `${provisioned.id} by ${at.externalIdClaim}`)
    return { ownerId }
  }
  if (known) throw (await isProvisionedIn(tx, known.ownerId)) ? notMember() : deactivated()
  if (!(await createsPersons(tx, at))) throw notOurs('nobody has provisioned them')
  const by = { actor: organisationId, name: `sign-in at ${new URL(issuer).host}` }
  const person = await createPerson(tx, ring, {
    ...{ name: nameIn(claims) ?? at.handle, organisationId, by, proof: 'oidc' },
  })
  await linkOidcIdentity(tx, { issuer, subject, ownerId: person.id, organisationId, isMadeHere: true })
  await note(tx, at, person.id, 'made by their first sign-in')
  return { ownerId: person.id }
}

const isLetIn = async (tx: Tx, organisationId: string, ownerId: string): Promise<boolean> =>
  (await isProvisionedIn(tx, ownerId)) && (await holdMembership(tx, organisationId, ownerId))

function requireClaims({ requiredClaims }: OidcConnectionRow, claims: Claims): void {
  for (const { name, value } of requiredClaims) {
    const said = Object.hasOwn(claims, name) ? claims[name] : undefined
    const holds = Array.isArray(said) ? said.includes(value) : String(said) === value && typeof said !== 'object'
    if (!holds) throw notOurs(`their ${name} is not what this organisation asks for`)
  }
}

/** What they are called there, made fit to be shown: it only ever names. */
function nameIn(claims: Claims): string | null {
  for (const said of [claims.name, claims.preferred_username]) {
    if (typeof said !== 'string') continue
    const shown = [...said.replace(/[\p{Cc}\p{Cs}\p{Bidi_Control}]/gu, ' ').trim()].slice(0, maxNameChars).join('')
    if (shown !== '') return shown.trim()
  }
  return null
}

const note = (tx: Tx, { organisationId, issuer, handle }: OidcConnectionRow, ownerId: string, line: string) =>
  noteAudit(tx, {
    ...{ chain: organisationId, ownerId, actor: organisationId, actorName: `sign-in ${handle}`, surface: 'SERVER' },
    ...{
      action: 'oidc.link',
      target: ownerId,
      proof: 'oidc',
      outcome: 'DONE',
      line: `${new URL(issuer).host}: ${line}`,
    },
  })

const REMEDY = 'Ask the admins of your organisation to let you in.'
const person = (message: string, rule: string): Refused =>
  refuse('SIGN_IN_PERSON', message, { rule, level: 'organisation', remedy: REMEDY })

const notMember = () =>
  person('You are known here, and not a member of this organisation.', 'an organisation signs in its own members')
const deactivated = () =>
  person('Your organisation has deactivated you here.', 'who is deactivated is not let in until they are active again')
const notOurs = (why: string) =>
  person(
    `Your organisation’s sign-in knows you, and you are not let in here: ${why}.`,
    'a sign-in lets in whom the organisation has provisioned, or whom it takes',
  )
