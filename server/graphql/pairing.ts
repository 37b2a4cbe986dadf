/** The pairing handshake as fields (docs/protocol.md §6). What each step does is auth/'s. */
import { confirmPairing } from '../auth/confirming.ts'
import {
  claimPairing,
  joinPairing,
  openPairing,
  ownPairing,
  pairingTopic,
  refusePairing,
  revealPairing,
} from '../auth/handshake.ts'
import { settled } from '../auth/limited.ts'
import { write } from '../live/write.ts'
import { limits } from '../store/limits.ts'
import { type PairingRow, revealedEnrolments } from '../store/pairings.ts'
import { refuse } from '../store/refused.ts'
import { builder } from './builder.ts'
import type { Context } from './context.ts'
import { AssertionInput } from './passkeys.ts'
import { Rung } from './rung.ts'
import { governor, hostOf } from './who.ts'

const PairingPurpose = builder.enumType('PairingPurpose', { values: ['PAIR_DEVICE', 'ENROL_HOST'] as const })
const PairingState = builder.enumType('PairingState', {
  values: ['OPEN', 'CLAIMED', 'JOINED', 'REVEALED', 'CONFIRMED', 'REFUSED', 'EXPIRED'] as const,
})

const stateOf = (row: PairingRow) =>
  row.isLate && row.state !== 'CONFIRMED' && row.state !== 'REFUSED' ? 'EXPIRED' : row.state

export const Pairing = builder.objectRef<PairingRow>('Pairing').implement({
  authScopes: (row) => ({ pairing: { pairingId: row.id, ownerId: row.ownerId }, $granted: 'answered' }),
  fields: (t) => ({
    id: t.exposeID('id'),
    purpose: t.expose('purpose', { type: PairingPurpose }),
    state: t.field({ type: PairingState, resolve: stateOf }),
    commitment: t.expose('commitment', { type: 'Digest' }),
    openerPublicKey: t.exposeString('openerPublicKey'),
    openerName: t.exposeString('openerName'),
    openerPlatform: t.exposeString('platform', {
      nullable: true,
      description: 'ENROL_HOST: what kind of machine asks, by its own word.',
    }),
    openerAddress: t.exposeString('openerAddress', {
      nullable: true,
      description: 'ENROL_HOST: from where it asks. Show it to whoever is to let it in.',
    }),
    openerNonce: t.exposeString('openerNonce', { nullable: true }),
    joinerPublicKey: t.exposeString('joinerPublicKey', { nullable: true }),
    joinerName: t.exposeString('joinerName', { nullable: true }),
    joinerNonce: t.exposeString('joinerNonce', { nullable: true }),
    mac: t.exposeString('mac', { nullable: true }),
    rung: t.expose('rung', { type: Rung }),
    sessionId: t.exposeID('sessionId', { nullable: true }),
    hostId: t.exposeID('hostId', { nullable: true }),
    deviceId: t.exposeID('deviceId', { nullable: true }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime' }),
  }),
})

type Opened = { row: PairingRow; code: string; token?: string }

export const OpenedPairing = builder.objectRef<Opened>('OpenedPairing').implement({
  // Whoever opened it is answered once; an enrolling host has no credential yet but the one in this answer.
  authScopes: { public: true },
  fields: (t) => ({
    pairing: t.field({ type: Pairing, grantScopes: ['answered'], resolve: (opened) => opened.row }),
    code: t.exposeString('code'),
    token: t.string({
      nullable: true,
      description: 'Only for ENROL_HOST: what the new host polls with.',
      resolve: (opened) => opened.token ?? null,
    }),
  }),
})

const ClaimedPairing = builder.objectRef<{ row: PairingRow; token: string }>('ClaimedPairing').implement({
  authScopes: { public: true },
  fields: (t) => ({
    pairing: t.field({ type: Pairing, grantScopes: ['answered'], resolve: (claimed) => claimed.row }),
    token: t.exposeString('token', {
      description: "The device's bearer token; it can do nothing but this pairing until the host confirms.",
    }),
  }),
})

const OpenPairingInput = builder.inputType('OpenPairingInput', {
  fields: (t) => ({
    hostId: t.id({ required: true }),
    commitment: t.field({ type: 'Digest', required: true }),
    rung: t.field({ type: Rung, required: true, defaultValue: 'STEER' }),
    sessionId: t.id(),
  }),
})

const JoinPairingInput = builder.inputType('JoinPairingInput', {
  fields: (t) => ({
    pairingId: t.id({ required: true }),
    publicKey: t.string({ required: true }),
    nonce: t.string({ required: true }),
    name: t.string({ required: true }),
    mac: t.string(),
  }),
})

builder.mutationFields((t) => ({
  openPairing: t.field({
    type: OpenedPairing,
    authScopes: { is: ['host'] },
    args: { input: t.arg({ type: OpenPairingInput, required: true }) },
    resolve: (_root, { input }, context) =>
      write(context, (tx) => {
        const { commitment, rung, sessionId = null } = input
        return openPairing(tx, hostOf(context, input.hostId), { commitment, rung, sessionId })
      }),
  }),
  claimPairing: t.field({
    type: ClaimedPairing,
    authScopes: { is: ['anonymous', 'device', 'pairing'] },
    args: { code: t.arg.string({ required: true }) },
    resolve: async (_root, { code }, context) => {
      const { principal, address } = context
      return settled(await write(context, (tx, ring) => claimPairing(tx, ring, principal, { code, address })))
    },
  }),
  joinPairing: t.field({
    type: Pairing,
    authScopes: { is: ['pairing', 'device'] },
    args: { input: t.arg({ type: JoinPairingInput, required: true }) },
    resolve: (_root, { input }, context) =>
      write(context, (tx, ring) => joinPairing(tx, ring, joiner(context), { ...input, id: input.pairingId })),
  }),
  revealPairing: t.field({
    type: Pairing,
    authScopes: { is: ['host', 'pairing'] },
    args: { id: t.arg.id({ required: true }), nonce: t.arg.string({ required: true }) },
    resolve: (_root, args, context) => write(context, (tx, ring) => revealPairing(tx, ring, context.principal, args)),
  }),
  confirmPairing: t.field({
    type: Pairing,
    authScopes: { is: ['host', 'device'] },
    description:
      'By the host that opened it; for ENROL_HOST by the device that joined, with its passkey, or by another host of its owner.',
    args: {
      id: t.arg.id({ required: true }),
      assertion: t.arg({
        type: AssertionInput,
        description: 'ENROL_HOST: over the SHA-256 of the admission bytes (docs/protocol.md §6).',
      }),
    },
    resolve: async (_root, { id, assertion = null }, context) =>
      settled(await write(context, (tx, ring) => confirmPairing(tx, ring, governor(context), { id, assertion }))),
  }),
  refusePairing: t.field({
    type: Pairing,
    authScopes: { is: ['host', 'device', 'pairing'] },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context) => write(context, (tx, ring) => refusePairing(tx, ring, context.principal, id)),
  }),
}))

builder.queryField('pairing', (t) =>
  t.field({
    type: Pairing,
    nullable: true,
    authScopes: { is: ['host', 'device', 'pairing'] },
    args: {
      id: t.arg.id({ required: true }),
      knownState: t.arg({ type: PairingState }),
      waitSeconds: t.arg.int({ defaultValue: 0 }),
    },
    resolve: (_root, { id, knownState, waitSeconds }, context) =>
      waitForStep(context, id, knownState ?? null, Math.min(waitSeconds ?? 0, limits.maxWaitSeconds)),
  }),
)

builder.queryField('waitingEnrolments', (t) =>
  t.field({
    type: [Pairing],
    description:
      "New hosts that a device of the asking host's owner would let in, and that a key press here may confirm.",
    authScopes: { is: ['host'] },
    resolve: (_root, _args, context) => context.database.read((tx) => revealedEnrolments(tx, hostOf(context).ownerId)),
  }),
)

/** Answers once the state differs from `knownState`, or after the wait; ends at once with the request (L4). */
async function waitForStep(context: Context, id: string, knownState: string | null, waitSeconds: number) {
  const look = () => context.database.read((tx) => ownPairing(tx, context.principal, id, 'any'))
  const until = performance.now() + Math.max(0, waitSeconds) * 1000
  const watch = context.bell.watch(pairingTopic(id))
  try {
    for (;;) {
      watch.mark()
      const row = await look()
      const left = until - performance.now()
      if (stateOf(row) !== knownState || left <= 0) return row
      const signal = context.signal()
      // Its end by time rings for nobody: at most a second late.
      await watch.rung(Math.min(left, 1000), signal)
      signal.throwIfAborted()
    }
  } finally {
    watch.close()
  }
}

function joiner({ principal }: Context) {
  if (principal.kind === 'pairing' || principal.kind === 'device') return principal
  throw refuse('UNAUTHENTICATED', 'Joining needs the token that claiming gave.')
}
