/** What this server says of itself to a provider: its abilities, its kinds of resource and their attributes (RFC 7643 §5 to §7, RFC 7644 §4). Pure. */
import { GROUP, listBody, MOST_IN_PAGE, OURS, ScimError, USER } from './messages.ts'

const CORE = 'urn:ietf:params:scim:schemas:core:2.0'

/** Answers `ServiceProviderConfig`, `ResourceTypes` and `Schemas`, each whole or by its id. Throws 404, and 403 for a filter (RFC 7644 §4). */
export function described(room: string, id: string | null, asked: { base: string; query: URLSearchParams }): object {
  const { base, query } = asked
  const all = { ServiceProviderConfig: [config(base)], ResourceTypes: types(base), Schemas: schemas(base) }
  const found = Object.hasOwn(all, room) ? all[room as keyof typeof all] : undefined
  if (found === undefined) throw new ScimError(404, 'There is no such place.')
  if (query.has('filter')) throw new ScimError(403, 'What this server says of itself is not filtered.')
  if (room === 'ServiceProviderConfig' && id === null && found[0]) return found[0]
  if (id === null) return listBody(found, found.length, 1)
  const one = found.find((each) => 'id' in each && String(each.id).toLowerCase() === id.toLowerCase())
  if (one === undefined) throw new ScimError(404, 'There is no such place.')
  return one
}

const config = (base: string) => ({
  schemas: [`${CORE}:ServiceProviderConfig`],
  ...{ patch: { supported: true }, filter: { supported: true, maxResults: MOST_IN_PAGE } },
  ...{ bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 }, sort: { supported: true } },
  ...{ changePassword: { supported: false }, etag: { supported: false } },
  authenticationSchemes: [
    {
      ...{ type: 'oauthbearertoken', name: 'Admin token', primary: true },
      description: 'createAdminToken with the scope SCIM (docs/admin.md)',
    },
  ],
  meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
})

const types = (base: string) =>
  [
    { name: 'User', description: 'A person', schema: USER, schemaExtensions: [{ schema: OURS, required: false }] },
    { name: 'Group', description: 'An organisation and its people', schema: GROUP },
  ].map((one) => ({
    ...{ schemas: [`${CORE}:ResourceType`], id: one.name, endpoint: `/${one.name}s`, ...one },
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${one.name}` },
  }))

type More = { [key: string]: unknown }
const attribute = (name: string, description: string, more: More = {}) => ({
  ...{ name, type: 'string', multiValued: false, description, required: false, caseExact: false },
  ...{ mutability: 'readWrite', returned: 'default', uniqueness: 'none', ...more },
})
const complex = (name: string, description: string, subAttributes: object[], more: More = {}) => ({
  ...{ name, type: 'complex', multiValued: false, description, required: false, mutability: 'readWrite' },
  ...{ returned: 'default', uniqueness: 'none', subAttributes, ...more },
})
const readOnly = { mutability: 'readOnly' }
const reference = (to: string) =>
  attribute('$ref', 'Where it is', { type: 'reference', referenceTypes: [to], caseExact: true, ...readOnly })
const externalId = attribute('externalId', 'What the provider calls it', { caseExact: true })

const user = [
  attribute('userName', 'What the provider calls the person', { required: true, uniqueness: 'server' }),
  externalId,
  attribute('displayName', 'As the person is shown'),
  complex('name', 'The parts of the name', [
    attribute('formatted', 'The whole name'),
    attribute('givenName', 'The given name'),
    attribute('familyName', 'The family name'),
  ]),
  complex(
    'emails',
    'Addresses; nobody is known by one',
    [
      attribute('value', 'The address'),
      attribute('type', 'What it is for', { canonicalValues: ['work', 'home', 'other'] }),
      attribute('primary', 'The one that is preferred', { type: 'boolean' }),
    ],
    { multiValued: true },
  ),
  attribute('active', 'False ends what the person holds, within a second', { type: 'boolean' }),
  complex(
    'groups',
    'The organisation of the person',
    [attribute('value', 'Its id', readOnly), attribute('display', 'Its name', readOnly), reference('Group')],
    { multiValued: true, ...readOnly },
  ),
]

const group = [
  attribute('displayName', 'The name of the organisation', { required: true }),
  externalId,
  complex(
    'members',
    'Its people; a person has one organisation',
    [
      attribute('value', 'The id of the user', { mutability: 'immutable' }),
      attribute('display', 'The userName', readOnly),
      reference('User'),
    ],
    { multiValued: true },
  ),
]

const ours = [attribute('ownerId', 'The person that this user is', { caseExact: true, mutability: 'immutable' })]

const schemas = (base: string) =>
  [
    { id: USER, name: 'User', description: 'A person', attributes: user },
    { id: GROUP, name: 'Group', description: 'An organisation and its people', attributes: group },
    { id: OURS, name: 'Offdesk', description: 'Links a user to somebody who is here already', attributes: ours },
  ].map((one) => ({
    ...{ schemas: [`${CORE}:Schema`], ...one },
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${one.id}` },
  }))
