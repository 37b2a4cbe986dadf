/** What holds for one person and why: each setting with the level it comes from, whose rule that is and what would lift it (F3, T7). */
import { lookingRefusal, requireRung } from '../policy/allowance.ts'
import { because, effectiveOf } from '../policy/effective.ts'
import type { Effective } from '../policy/resolve.ts'
import { isSame, personal, type SettingName, type Settings, settingNames } from '../policy/settings.ts'
import { requireByPolicy } from '../policy/steering-rules.ts'
import { findMember, placeOf } from '../store/organisations.ts'
import { type PolicyRow, readPolicy } from '../store/policies.ts'
import { isRefused, notFound, type Refused } from '../store/refused.ts'
import { findSession } from '../store/sessions.ts'
import { builder, partOf } from './builder.ts'
import { DeviceKind } from './devices.ts'
import { adminIn } from './governance/admin-in.ts'
import { NotificationContent, StepUp } from './governance/document-type.ts'
import { Policy, RemoteControl } from './policy.ts'
import { reasonOf } from './refusal.ts'
import { Rung } from './rung.ts'
import { CanonicalMode } from './values.ts'
import { ownerOf } from './who.ts'

type SettingShape = { name: SettingName; of: Effective }

const EffectiveSetting = builder.objectRef<SettingShape>('EffectiveSetting').implement({
  extensions: partOf('EffectivePolicy'),
  fields: (t) => ({
    name: t.exposeString('name'),
    value: t.string({ resolve: ({ name, of }) => wordOf(of[name].value) }),
    level: t.string({
      description: 'enterprise, organisation, person, host, session, or default: nobody has said anything.',
      resolve: ({ name, of }) => of[name].from.level,
    }),
    scopeId: t.id({ nullable: true, resolve: ({ name, of }) => of[name].from.id }),
    owner: t.string({
      description: 'Whose rule it is.',
      resolve: ({ name, of }) => because(name, of[name].from).owner,
    }),
    remedy: t.string({
      nullable: true,
      description: 'What would lift it; null when it takes nothing away.',
      resolve: ({ name, of }) => (isSame(of[name].value, personal[name]) ? null : because(name, of[name].from).remedy),
    }),
  }),
})

const wordOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const NeverRemote = builder.objectRef<Settings['neverRemote'][number]>('NeverRemote').implement({
  extensions: partOf('EffectivePolicy'),
  fields: (t) => ({
    name: t.exposeString('name'),
    patterns: t.stringList({ resolve: ({ patterns }) => [...patterns] }),
  }),
})

type EffectiveShape = { ownerId: string; version: number; place: Awaited<ReturnType<typeof placeOf>>; of: Effective }

export const EffectivePolicy = builder.objectRef<EffectiveShape>('EffectivePolicy').implement({
  authScopes: ({ ownerId, place }) => ({ owner: ownerId, admin: place }),
  fields: (t) => ({
    ownerId: t.exposeID('ownerId'),
    version: t.exposeInt('version', { description: 'Rises with every change of what holds.' }),
    organisationId: t.id({ nullable: true, resolve: ({ place }) => place.organisationId }),
    settings: t.field({
      type: [EffectiveSetting],
      resolve: ({ of }) => settingNames.map((name) => ({ name, of })),
    }),
    remoteControl: t.field({ type: RemoteControl, resolve: ({ of }) => of.remoteControl.value }),
    allowedAgents: t.stringList({
      nullable: true,
      description: 'Null is any.',
      resolve: ({ of }) => (of.allowedAgents.value === null ? null : [...of.allowedAgents.value]),
    }),
    allowedModes: t.field({ type: [CanonicalMode], resolve: ({ of }) => [...of.allowedModes.value] }),
    allowedDeviceKinds: t.field({ type: [DeviceKind], resolve: ({ of }) => [...of.allowedDeviceKinds.value] }),
    maxRung: t.field({ type: Rung, resolve: ({ of }) => of.maxRung.value }),
    headlessSessions: t.boolean({ resolve: ({ of }) => of.headlessSessions.value }),
    stepUp: t.field({ type: StepUp, resolve: ({ of }) => of.stepUp.value }),
    neverRemote: t.field({ type: [NeverRemote], resolve: ({ of }) => [...of.neverRemote.value] }),
    sessionRetentionMinutes: t.int({ nullable: true, resolve: ({ of }) => of.sessionRetentionMinutes.value }),
    auditRetentionMinutes: t.int({ nullable: true, resolve: ({ of }) => of.auditRetentionMinutes.value }),
    idleLockMinutes: t.int({ nullable: true, resolve: ({ of }) => of.idleLockMinutes.value }),
    notificationContent: t.field({ type: NotificationContent, resolve: ({ of }) => of.notificationContent.value }),
  }),
})

const shownOf = (row: PolicyRow, place: EffectiveShape['place']): EffectiveShape => ({
  ...{ ownerId: row.ownerId, version: row.version, place },
  of: effectiveOf(row),
})

const placeOfOwner = async (tx: Parameters<typeof findMember>[0], ownerId: string) =>
  placeOf(tx, (await findMember(tx, ownerId))?.organisationId ?? null)

builder.objectField(Policy, 'effective', (t) =>
  t.field({
    type: EffectivePolicy,
    description: 'Everything that holds besides, for a host to check again.',
    resolve: (row, _args, { database }) =>
      database.read(async (tx) => shownOf(row, await placeOfOwner(tx, row.ownerId))),
  }),
)

builder.queryField('effectivePolicy', (t) =>
  t.field({
    type: EffectivePolicy,
    description: "One's own; an admin names a member.",
    authScopes: { is: ['device', 'host', 'session', 'admin'] },
    args: { ownerId: t.arg.id() },
    resolve: (_root, { ownerId }, context) =>
      context.database.read(async (tx) => {
        if (context.principal.kind !== 'admin') {
          const own = ownerOf(context)
          if (ownerId && ownerId !== own) throw notFound('person')
          return shownOf(await readPolicy(tx, own), await placeOfOwner(tx, own))
        }
        const member = ownerId ? await findMember(tx, ownerId) : null
        if (!member) throw notFound('member')
        const { place } = await adminIn(context, tx, 'READ', member.organisationId)
        return shownOf(await readPolicy(tx, member.ownerId), place)
      }),
  }),
)

// In an object of its own: what is an Error, graphql-js takes for one.
export const WhyNot = builder.objectRef<{ refused: Refused }>('WhyNot').implement({
  extensions: partOf('EffectivePolicy'),
  fields: (t) => ({
    code: t.string({ resolve: ({ refused }) => refused.code }),
    message: t.string({ resolve: ({ refused }) => refused.message }),
    rule: t.string({ resolve: ({ refused }) => reasonOf(refused).rule }),
    level: t.string({ resolve: ({ refused }) => reasonOf(refused).level }),
    owner: t.string({ resolve: ({ refused }) => reasonOf(refused).owner }),
    remedy: t.string({ resolve: ({ refused }) => reasonOf(refused).remedy }),
  }),
})

builder.queryField('whyNot', (t) =>
  t.field({
    type: WhyNot,
    nullable: true,
    description: 'Why this device may not do what needs that rung, in a session or at all; null when it may.',
    authScopes: { is: ['device', 'host', 'session'] },
    args: { rung: t.arg({ type: Rung, required: true }), sessionId: t.arg.id(), modeId: t.arg.string() },
    resolve: async (_root, { rung, sessionId, modeId }, context) => {
      const ownerId = ownerOf(context)
      const session = sessionId ? await context.database.read((tx) => findSession(tx, ownerId, sessionId)) : null
      if (sessionId && !session) throw notFound('session')
      try {
        const has = await context.allowed(session)
        requireRung(has, rung, 'This')
        // What it may do it may do unseen; to look is the one thing that needs its person.
        const unseen = rung === 'VIEW' ? lookingRefusal(has) : null
        if (unseen) throw unseen
        if (session && modeId) {
          const asked = { kind: 'SetMode', value: { modeId }, sessionId: session.id }
          await context.database.read(async (tx) => requireByPolicy(tx, await readPolicy(tx, ownerId), asked, session))
        }
        return null
      } catch (error) {
        if (isRefused(error)) return { refused: error }
        throw error
      }
    },
  }),
)
