/** The single sign-on of an organisation, as its admins set it, see it and take it back. */
import {
  parseConnection,
  redirectPath,
  removeConnection,
  setConnection,
  signInPath,
} from '../../auth/sign-in/oidc-connections.ts'
import { createsPersons } from '../../auth/sign-in/oidc-persons.ts'
import type { Tx } from '../../db/database.ts'
import { write } from '../../live/write.ts'
import type { AdminPlace } from '../../policy/admin.ts'
import { findOidcConnection, type OidcConnectionRow, type RequiredClaim } from '../../store/oidc.ts'
import { notFound } from '../../store/refused.ts'
import { builder, partOf } from '../builder.ts'
import { adminIn } from './admin-in.ts'

type ConnectionShape = OidcConnectionRow & { createsPersonsNow: boolean; place: AdminPlace }

const ClientAuthentication = builder.enumType('OidcClientAuthentication', {
  description: 'PUBLIC: by PKCE alone. SECRET: the server’s operator has one for this issuer and client.',
  values: ['PUBLIC', 'SECRET'] as const,
})
const ExternalIdClaim = builder.enumType('OidcExternalIdClaim', {
  description: 'Which claim is the externalId under which SCIM provisions the same person. OID: Entra’s object id.',
  values: ['SUB', 'OID'] as const,
})

const OidcClaim = builder.objectRef<RequiredClaim>('OidcClaim').implement({
  extensions: partOf('OidcConnection'),
  fields: (t) => ({ name: t.exposeString('name'), value: t.exposeString('value') }),
})
const OidcClaimInput = builder.inputType('OidcClaimInput', {
  fields: (t) => ({ name: t.string({ required: true }), value: t.string({ required: true }) }),
})

const OidcConnection = builder.objectRef<ConnectionShape>('OidcConnection').implement({
  authScopes: ({ place }) => ({ admin: place }),
  fields: (t) => ({
    organisationId: t.exposeID('organisationId'),
    handle: t.exposeString('handle', { description: 'What people type to sign in.' }),
    issuer: t.exposeString('issuer'),
    clientId: t.exposeString('clientId'),
    clientAuthentication: t.field({
      type: ClientAuthentication,
      resolve: (row, _args, { oidc }) => oidc.authenticationAt(row),
    }),
    redirectPath: t.string({
      description: 'Behind the public address: what the provider must know as this client’s redirect address.',
      resolve: ({ organisationId }) => redirectPath(organisationId),
    }),
    signInPath: t.string({ resolve: ({ handle }) => signInPath(handle) }),
    createPersons: t.exposeBoolean('createPersons', {
      nullable: true,
      description: 'Whether a first sign-in makes a person. Null: only while nobody is provisioned by SCIM.',
    }),
    createsPersons: t.exposeBoolean('createsPersonsNow', { description: 'What comes of it now.' }),
    externalIdClaim: t.expose('externalIdClaim', { type: ExternalIdClaim }),
    requiredClaims: t.expose('requiredClaims', { type: [OidcClaim] }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
    updatedBy: t.exposeString('updatedBy'),
  }),
})

const show = async (tx: Tx, row: OidcConnectionRow, place: AdminPlace): Promise<ConnectionShape> => ({
  ...{ ...row, place, createsPersonsNow: await createsPersons(tx, row) },
})

builder.queryField('oidcConnection', (t) =>
  t.field({
    type: OidcConnection,
    nullable: true,
    authScopes: { is: ['admin'] },
    args: { organisationId: t.arg.id({ required: true }) },
    resolve: (_root, { organisationId }, context) =>
      context.database.read(async (tx) => {
        const { place } = await adminIn(context, tx, 'READ', organisationId)
        const row = await findOidcConnection(tx, organisationId)
        return row && show(tx, row, place)
      }),
  }),
)

const SetOidcConnectionInput = builder.inputType('SetOidcConnectionInput', {
  fields: (t) => ({
    organisationId: t.id({ required: true }),
    handle: t.string({ required: true }),
    issuer: t.string({ required: true }),
    clientId: t.string({ required: true }),
    createPersons: t.boolean(),
    externalIdClaim: t.field({ type: ExternalIdClaim, required: true, defaultValue: 'SUB' }),
    requiredClaims: t.field({
      type: [OidcClaimInput],
      required: true,
      defaultValue: [],
      description: 'All must hold; of a claim that is a list one member must.',
    }),
  }),
})

builder.mutationFields((t) => ({
  setOidcConnection: t.field({
    type: OidcConnection,
    description:
      'The provider is asked at once; what does not answer under that name is not kept. Another issuer or client ends the devices of the one before.',
    authScopes: { is: ['admin'] },
    args: { input: t.arg({ type: SetOidcConnectionInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const { organisationId } = input
      const mayHere = async (tx: Tx) => {
        const admin = await adminIn(context, tx, 'SIGN_IN', organisationId)
        if (admin.place.organisationId === null) throw notFound('organisation')
        return admin
      }
      await context.database.transaction(mayHere)
      const asked = parseConnection({ ...input, createPersons: input.createPersons ?? null })
      const { issuer } = await context.oidc.look(asked)
      return write(context, async (tx, ring) => {
        const { principal, place } = await mayHere(tx)
        return show(tx, await setConnection(tx, ring, principal, { ...asked, issuer }), place)
      })
    },
  }),
  removeOidcConnection: t.id({
    description: 'Nobody signs in there any more; the devices that did so end within a second.',
    authScopes: { is: ['admin'] },
    args: { organisationId: t.arg.id({ required: true }) },
    resolve: (_root, { organisationId }, context) =>
      write(context, async (tx, ring) => {
        const { principal } = await adminIn(context, tx, 'SIGN_IN', organisationId)
        await removeConnection(tx, ring, principal, organisationId)
        return organisationId
      }),
  }),
}))
