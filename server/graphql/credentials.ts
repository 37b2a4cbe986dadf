/** Challenges and the short-lived credentials minted against them (T2). */
import { mintCredential, requestChallenge } from '../auth/minting.ts'
import { builder } from './builder.ts'

const Challenge = builder.objectRef<{ nonce: string; expiresAt: Date }>('Challenge').implement({
  authScopes: { public: true },
  fields: (t) => ({
    nonce: t.exposeString('nonce'),
    expiresAt: t.expose('expiresAt', { type: 'DateTime' }),
  }),
})

const Credential = builder.objectRef<{ token: string; expiresAt: Date }>('Credential').implement({
  // Shown once, to whoever has just proven to be that host.
  authScopes: { public: true },
  fields: (t) => ({
    token: t.exposeString('token'),
    expiresAt: t.expose('expiresAt', { type: 'DateTime' }),
  }),
})

const MintCredentialInput = builder.inputType('MintCredentialInput', {
  fields: (t) => ({
    hostId: t.id({ required: true }),
    sessionId: t.id(),
    nonce: t.string({ required: true }),
    signature: t.string({ required: true }),
  }),
})

builder.mutationFields((t) => ({
  requestChallenge: t.field({
    type: Challenge,
    authScopes: { public: true },
    args: { hostId: t.arg.id({ required: true }) },
    resolve: (_root, { hostId }, { database }) => requestChallenge(database, hostId),
  }),
  mintCredential: t.field({
    type: Credential,
    authScopes: { public: true },
    args: { input: t.arg({ type: MintCredentialInput, required: true }) },
    resolve: (_root, { input }, { database }) => mintCredential(database, input),
  }),
}))
