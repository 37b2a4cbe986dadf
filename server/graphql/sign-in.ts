/** Signing in as fields: in a browser that is nobody yet, and what a person who is somebody does about their passkeys. What each step does is auth/'s. */
import { settled } from '../auth/limited.ts'
import { acceptInvitation, type OpenedInvitation as Opened, openInvitation } from '../auth/sign-in/accepting.ts'
import { type Begun, beginNonce } from '../auth/sign-in/nonce.ts'
import { addOwnPasskey, beginOwnPasskey, removeOwnPasskey } from '../auth/sign-in/own-passkeys.ts'
import { beginSignIn, signIn } from '../auth/sign-in/passkey.ts'
import { write } from '../live/write.ts'
import { anySignInPasskey, listSignInPasskeys, type SignInPasskeyRow } from '../store/sign-in-passkeys.ts'
import { builder } from './builder.ts'
import { AssertionInput, BegunPasskey } from './passkeys.ts'
import { NewDeviceInput, SignedIn } from './signed-in.ts'
import { deviceOf, governor, ownerOf } from './who.ts'

export const InvitationKind = builder.enumType('InvitationKind', {
  values: {
    OWNER: { description: "The server's first person; printed when it starts, made by nobody else." },
    PERSON: { description: 'Somebody who is new here.' },
    PASSKEY: { description: 'One more passkey for the person who made it.' },
  } as const,
})

/** Of whoever is nobody yet; `oidc` ways stand beside it. */
const SignInOptions = builder.objectRef<{ passkeys: boolean }>('SignInOptions').implement({
  authScopes: { public: true },
  fields: (t) => ({
    passkeys: t.exposeBoolean('passkeys', { description: 'Somebody here signs in with a passkey.' }),
    publicUrl: t.string({ nullable: true, resolve: (_options, _args, context) => context.publicUrl }),
  }),
})

const BegunSignIn = builder.objectRef<Begun>('BegunSignIn').implement({
  authScopes: { public: true },
  fields: (t) => ({
    nonce: t.exposeString('nonce', {
      description: 'Part of what is signed (docs/protocol.md). Good for five minutes, once.',
    }),
    rpId: t.exposeString('rpId'),
  }),
})

const SignInInput = builder.inputType('SignInInput', {
  fields: (t) => ({
    nonce: t.string({ required: true }),
    device: t.field({ type: NewDeviceInput, required: true }),
    assertion: t.field({ type: AssertionInput, required: true, description: 'Over the hash of the sign-in bytes.' }),
    userHandle: t.string({ description: 'As the authenticator gave it.' }),
  }),
})

const MadePasskeyInput = builder.inputType('MadePasskeyInput', {
  description: 'What navigator.credentials.create() gave; binary values in base64url.',
  fields: (t) => ({
    id: t.id({ required: true }),
    clientData: t.string({ required: true }),
    attestationObject: t.string({ required: true }),
  }),
})

const OpenedInvitation = builder.objectRef<Opened>('OpenedInvitation').implement({
  authScopes: { public: true },
  fields: (t) => ({
    kind: t.field({ type: InvitationKind, resolve: ({ row }) => row.kind }),
    name: t.string({ description: 'For whom, in the words of whoever made it.', resolve: ({ row }) => row.name }),
    invitedBy: t.string({ resolve: ({ row }) => row.createdByName }),
    organisationName: t.exposeString('organisationName', { nullable: true }),
    expiresAt: t.field({ type: 'DateTime', resolve: ({ row }) => row.expiresAt }),
    nonce: t.exposeString('nonce'),
    rpId: t.exposeString('rpId'),
    userId: t.exposeString('userId'),
    userName: t.exposeString('userName'),
    excludeIds: t.exposeStringList('excludeIds'),
  }),
})

const AcceptInvitationInput = builder.inputType('AcceptInvitationInput', {
  fields: (t) => ({
    code: t.string({ required: true }),
    nonce: t.string({ required: true }),
    personName: t.string({ description: 'OWNER, PERSON: what the new person is called; else as the link says.' }),
    passkeyName: t.string({ required: true }),
    passkey: t.field({ type: MadePasskeyInput, required: true }),
    device: t.field({ type: NewDeviceInput, required: true }),
  }),
})

export const ConfirmationInput = builder.inputType('ConfirmationInput', {
  description: 'A passkey that the person signs in with, over the hash of the confirmation bytes of one act.',
  fields: (t) => ({
    nonce: t.string({ required: true }),
    assertion: t.field({ type: AssertionInput, required: true }),
  }),
})

const SignInPasskey = builder.objectRef<SignInPasskeyRow>('SignInPasskey').implement({
  description: 'Makes devices of its person; vouches for no command.',
  authScopes: ({ ownerId }) => ({ owner: ownerId }),
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name'),
    origin: t.exposeString('origin'),
    isSynced: t.exposeBoolean('isSynced'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    lastUsedAt: t.expose('lastUsedAt', { type: 'DateTime', nullable: true }),
  }),
})

const AddSignInPasskeyInput = builder.inputType('AddSignInPasskeyInput', {
  fields: (t) => ({
    name: t.string({ required: true }),
    nonce: t.string({ required: true }),
    passkey: t.field({ type: MadePasskeyInput, required: true }),
    confirmation: t.field({ type: ConfirmationInput, required: true, description: 'Of the act `add-passkey`.' }),
  }),
})

builder.queryFields((t) => ({
  signInOptions: t.field({
    type: SignInOptions,
    authScopes: { public: true },
    resolve: async (_root, _args, { database }) => ({ passkeys: await database.read(anySignInPasskey) }),
  }),
  signInPasskeys: t.field({
    type: [SignInPasskey],
    authScopes: { is: ['device', 'host'] },
    resolve: (_root, _args, context) => context.database.read((tx) => listSignInPasskeys(tx, ownerOf(context))),
  }),
}))

builder.mutationFields((t) => ({
  beginSignIn: t.field({
    type: BegunSignIn,
    authScopes: { public: true },
    args: { origin: t.arg.string({ required: true }) },
    resolve: async (_root, { origin }, context) =>
      settled(await write(context, (tx) => beginSignIn(tx, { ...at(context), origin }))),
  }),
  signIn: t.field({
    type: SignedIn,
    authScopes: { public: true },
    args: { input: t.arg({ type: SignInInput, required: true }) },
    resolve: (_root, { input }, context) => signIn(context, input),
  }),
  openInvitation: t.field({
    type: OpenedInvitation,
    authScopes: { public: true },
    args: { code: t.arg.string({ required: true }), origin: t.arg.string({ required: true }) },
    resolve: async (_root, args, context) =>
      settled(await write(context, (tx) => openInvitation(tx, { ...at(context), ...args }))),
  }),
  acceptInvitation: t.field({
    type: SignedIn,
    authScopes: { public: true },
    args: { input: t.arg({ type: AcceptInvitationInput, required: true }) },
    resolve: (_root, { input }, context) => acceptInvitation(context, { ...input, address: context.address }),
  }),
  beginConfirmation: t.field({
    type: BegunSignIn,
    authScopes: { is: ['device'] },
    args: { origin: t.arg.string({ required: true }) },
    resolve: (_root, { origin }, context) =>
      write(context, (tx) => beginNonce(tx, { ...at(context), origin, deviceId: deviceOf(context).deviceId })),
  }),
  beginSignInPasskey: t.field({
    type: BegunPasskey,
    description: '`challenge` is the nonce of the sign-in bytes; the authenticator is given the hash of those.',
    authScopes: { is: ['device'] },
    args: { origin: t.arg.string({ required: true }) },
    resolve: (_root, { origin }, context) =>
      write(context, (tx) => beginOwnPasskey(tx, deviceOf(context), { ...at(context), origin })),
  }),
  addSignInPasskey: t.field({
    type: SignInPasskey,
    authScopes: { is: ['device'] },
    args: { input: t.arg({ type: AddSignInPasskeyInput, required: true }) },
    resolve: (_root, { input }, context) => addOwnPasskey(context, deviceOf(context), input),
  }),
  removeSignInPasskey: t.field({
    type: SignInPasskey,
    description: 'A device confirms `remove-passkey <id>`; a host’s terminal needs nothing more.',
    authScopes: { is: ['device', 'host'] },
    args: { id: t.arg.id({ required: true }), confirmation: t.arg({ type: ConfirmationInput }) },
    resolve: (_root, args, context) => removeOwnPasskey(context, governor(context), { confirmation: null, ...args }),
  }),
}))

const at = ({ publicUrl, address }: { publicUrl: string | null; address: string }) => ({ publicUrl, address })
