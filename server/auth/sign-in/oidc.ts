/**
 * Signing in at an organisation's provider and coming back (docs/decisions/0020). The browser that began is the one that ends: it holds a secret whose hash stands
 * beside the flow, and it hands in itself what the provider gave it, so nothing is done by GET and no cookie is needed. Knows no table and no library.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { randomText } from '../../../protocol/bytes.ts'
import type { Database, Tx } from '../../db/database.ts'
import type { Bell } from '../../live/bell.ts'
import { write } from '../../live/write.ts'
import { noteAudit } from '../../store/audit.ts'
import {
  addOidcDevice,
  findOidcConnection,
  findOidcConnectionByHandle,
  holdOidcConnection,
  noteOidcSignIn,
  type OidcConnectionRow,
} from '../../store/oidc.ts'
import { addOidcFlow, type OidcFlowRow, takeOidcFlow } from '../../store/oidc-flows.ts'
import { findOrganisation } from '../../store/organisations.ts'
import { isRefused, notFound, type Refused, refuse } from '../../store/refused.ts'
import { counted, limited, OIDC_BEGIN, OIDC_FINISH, settled } from '../limited.ts'
import { parseNonce } from '../parse.ts'
import { hashToken } from '../tokens.ts'
import { admitPerson, type NewDevice, provesKey, type SignedIn } from './admitting.ts'
import { redirectPath } from './oidc-connections.ts'
import { personOf } from './oidc-persons.ts'
import type { Claims, Once, RelyingParty } from './oidc-relying.ts'

type Place = { database: Database; bell: Bell; oidc: RelyingParty; publicUrl: string | null; address: string }

/** What a browser may be sent back with. */
export const MOST_RETURNED_CHARS = 8192

export type BegunOidc = { authorizationUrl: string; state: string; expiresAt: Date; organisationName: string }

/** Throws NOT_FOUND for a name that nobody signs in under, BAD_INPUT for a page that is not this server's, SIGN_IN_PROVIDER, RATE_LIMITED. */
export async function beginOidc(
  place: Place,
  asked: { handle: string; bindingHash: string; origin: string; isFresh: boolean },
): Promise<BegunOidc> {
  const { database, oidc, address } = place
  const origin = parseOwnOrigin(asked.origin, place.publicUrl)
  const find = async (tx: Tx) => {
    const row = await findOidcConnectionByHandle(tx, asked.handle.trim().toLowerCase().slice(0, 64))
    return row && { row, name: (await findOrganisation(tx, row.organisationId))?.name ?? row.handle }
  }
  const found = settled(await database.transaction((tx) => counted(tx, OIDC_BEGIN, address, () => find(tx))))
  if (!found) throw notFound('organisation that people sign in to')
  const { organisationId, issuer, clientId } = found.row
  const state = randomText(32)
  const salt = randomBytes(32).toString('base64url')
  const redirectUri = `${origin}${redirectPath(organisationId)}`
  const authorizationUrl = await oidc.authorizationUrl(
    { issuer, clientId },
    onceOf({ salt, isFresh: asked.isFresh }, state),
    redirectUri,
  )
  const expiresAt = await database.transaction((tx) =>
    addOidcFlow(tx, {
      ...{ stateHash: hashToken(state), bindingHash: asked.bindingHash, salt, organisationId, issuer, clientId },
      ...{ redirectUri, isFresh: asked.isFresh },
    }),
  )
  return { authorizationUrl, state, expiresAt, organisationName: found.name }
}

/** Needs both halves: the row's, which no address line has, and the state, which the row has not. */
function onceOf({ salt, isFresh }: Pick<OidcFlowRow, 'salt' | 'isFresh'>, state: string): Once {
  const half = (name: string) => createHmac('sha256', salt).update(`${name}\n${state}`).digest('base64url')
  return { state, isFresh, nonce: half('nonce'), verifier: half('verifier') }
}

/**
 * `returned` is the whole address the browser came back to. Throws SIGN_IN_STATE for a flow that is not this browser's, not in time, or not the first time;
 * SIGN_IN_PROVIDER, SIGN_IN_PERSON, and what `provesKey` and `admitPerson` throw.
 */
export async function finishOidc(
  place: Place,
  asked: { returned: string; secret: string; device: NewDevice },
): Promise<SignedIn> {
  const { database, address, oidc } = place
  const returned = parseReturned(asked.returned)
  const state = returned.searchParams.get('state') ?? ''
  const bindingHash = hashToken(parseNonce(asked.secret))
  const device = await provesKey(asked.device, { nonce: state, origin: returned.origin })
  const take = async (tx: Tx) => {
    const flow = await takeOidcFlow(tx, hashToken(state), bindingHash)
    return flow && { flow, at: await findOidcConnection(tx, flow.organisationId) }
  }
  const { flow, at } = settled(
    await database.transaction((tx) => limited(tx, OIDC_FINISH, address, () => take(tx), notThisFlow)),
  )
  if (`${returned.origin}${returned.pathname}` !== flow.redirectUri || !isStill(at, flow)) throw notThisFlow()
  try {
    const claims = await oidc.redeem(flow, onceOf(flow, state), returned)
    return await write(place, async (tx, ring) => {
      // Held until the device is there: whoever removes the connection finds it, or was first.
      const now = await holdOidcConnection(tx, flow.organisationId)
      if (!isStill(now, flow)) throw notThisFlow()
      const { ownerId } = await personOf(tx, ring, now, claims)
      const admitted = await admitPerson(tx, ring, { ownerId, by: 'OIDC', proof: proofOf(flow, claims) }, device)
      const { organisationId, issuer, isFresh } = flow
      await addOidcDevice(tx, { deviceId: device.deviceId, ownerId, organisationId, issuer, isFresh })
      await noteOidcSignIn(tx, issuer, claims.sub)
      return admitted
    })
  } catch (error) {
    if (isRefused(error)) await noteRefused(database, flow, address, error)
    throw error
  }
}

const isStill = (at: OidcConnectionRow | null, { issuer, clientId }: OidcFlowRow): at is OidcConnectionRow =>
  at !== null && at.issuer === issuer && at.clientId === clientId

const proofOf = ({ issuer, isFresh }: OidcFlowRow, { sub }: Claims): string =>
  `oidc ${new URL(issuer).host} ${sub.slice(0, 64)}${isFresh ? ', asked again' : ''}`

/** The organisation's admins read who was not let in, and why; others are entered as any refusal is. */
async function noteRefused(database: Database, flow: OidcFlowRow, address: string, why: Refused): Promise<void> {
  if (why.code !== 'SIGN_IN_PROVIDER' && why.code !== 'SIGN_IN_PERSON') return
  const { code, message, rule = null } = why
  await database.transaction((tx) =>
    noteAudit(tx, {
      ...{ chain: flow.organisationId, ownerId: null, actor: address, actorName: 'a stranger', surface: 'STRANGER' },
      ...{ action: 'refused.sign-in', target: flow.organisationId, proof: 'oidc', outcome: 'REFUSED', code, rule },
      line: message,
    }),
  )
}

/** The page's own address. Throws BAD_INPUT for any other: nobody is sent on to somewhere else with a code in hand. */
function parseOwnOrigin(origin: string, publicUrl: string | null): string {
  const url = URL.canParse(origin) ? new URL(origin) : null
  const isLocal = url?.protocol === 'http:' && url.hostname === 'localhost'
  const isOwn = url !== null && (isLocal || (publicUrl !== null && new URL(publicUrl).origin === url.origin))
  if (isOwn && url.origin === origin) return origin
  throw refuse('BAD_INPUT', 'This page has no address to which a sign-in can come back.', {
    rule: 'people sign in on the public address, or on localhost',
    ...{ level: 'server', owner: 'whoever runs this server' },
    remedy: `Open ${publicUrl ?? 'the HTTPS address that offdesk serve --reach gives'}, and sign in there.`,
  })
}

function parseReturned(text: string): URL {
  const url = text.length <= MOST_RETURNED_CHARS && URL.canParse(text) ? new URL(text) : null
  if (url && url.searchParams.getAll('state').length === 1 && !url.username && !url.password) return url
  throw refuse('BAD_INPUT', 'This is no address that a provider sends a browser back to.')
}

const notThisFlow = (): Refused =>
  refuse('SIGN_IN_STATE', 'This sign-in is over, was begun in another browser, or came back to another address.', {
    rule: 'a sign-in ends once, within ten minutes, in the browser that began it',
    level: 'server',
    remedy: 'Begin the sign-in again, in this window.',
  })
