/** Signing in at an organisation's provider, for a browser without a credential. What each step does is auth/'s. */
import { type BegunOidc, beginOidc, finishOidc } from '../auth/sign-in/oidc.ts'
import { builder } from './builder.ts'
import { NewDeviceInput, SignedIn } from './signed-in.ts'

const BegunOidcSignIn = builder.objectRef<BegunOidc>('BegunOidcSignIn').implement({
  // Told to whoever asked; worth nothing without what that browser keeps to itself.
  authScopes: { public: true },
  fields: (t) => ({
    authorizationUrl: t.exposeString('authorizationUrl', { description: 'Where this browser goes now.' }),
    state: t.exposeString('state', { description: 'Comes back with it.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime' }),
    organisationName: t.exposeString('organisationName'),
  }),
})

const BeginOidcSignInInput = builder.inputType('BeginOidcSignInInput', {
  fields: (t) => ({
    handle: t.string({ required: true, description: 'The name under which people of an organisation sign in.' }),
    bindingHash: t.field({
      type: 'Digest',
      required: true,
      description: 'SHA-256 of a secret (32 random bytes in base64url) that this browser keeps and names at the end.',
    }),
    origin: t.string({ required: true, description: "The page's own." }),
    fresh: t.boolean({
      required: true,
      defaultValue: false,
      description: 'The provider is to ask the person again, and must say that it did, within the last five minutes.',
    }),
  }),
})

const FinishOidcSignInInput = builder.inputType('FinishOidcSignInInput', {
  fields: (t) => ({
    returned: t.string({ required: true, description: 'The whole address that the provider sent this browser to.' }),
    secret: t.string({ required: true }),
    device: t.field({
      type: NewDeviceInput,
      required: true,
      description: 'Signed over `state` as the nonce.',
    }),
  }),
})

builder.mutationFields((t) => ({
  beginOidcSignIn: t.field({
    type: BegunOidcSignIn,
    authScopes: { is: ['anonymous'] },
    args: { input: t.arg({ type: BeginOidcSignInInput, required: true }) },
    resolve: (_root, { input: { fresh, ...input } }, context) => beginOidc(context, { ...input, isFresh: fresh }),
  }),
  finishOidcSignIn: t.field({
    type: SignedIn,
    authScopes: { is: ['anonymous'] },
    args: { input: t.arg({ type: FinishOidcSignInInput, required: true }) },
    resolve: (_root, { input }, context) => finishOidc(context, input),
  }),
}))
