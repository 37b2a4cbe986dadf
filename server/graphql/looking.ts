/** Whether a device may look at all (policy, stepUp at VIEW), and what it may end without looking (D5). */
import { vouchForLooking } from '../auth/looking.ts'
import { allowance, lookingRefusal } from '../policy/allowance.ts'
import type { Refused } from '../store/refused.ts'
import { findStoppable, type Deniable as OneDeniable, type Stoppable as OneStoppable } from '../store/stoppable.ts'
import { lookingTopic, trustTopic } from '../store/topic.ts'
import { builder, partOf } from './builder.ts'
import { CommandState } from './commands/command.ts'
import type { Context } from './context.ts'
import { WhyNot } from './effective-policy.ts'
import { DecisionKind } from './events/decisions.ts'
import { ConfirmationInput } from './sign-in.ts'
import { delivered, stream } from './streams.ts'
import { deviceOf } from './who.ts'

type LookingShape = { everyMinutes: number | null; until: Date | null; whyNot: Refused | null }

const Looking = builder.objectRef<LookingShape>('Looking').implement({
  extensions: partOf('Device'),
  fields: (t) => ({
    everyMinutes: t.exposeInt('everyMinutes', {
      nullable: true,
      description: 'How long one passkey lets this device look; null where policy does not ask who looks.',
    }),
    until: t.expose('until', {
      type: 'DateTime',
      nullable: true,
      description: 'When the last one is over; null where nobody asks, or none has been given yet.',
    }),
    whyNot: t.field({
      type: WhyNot,
      nullable: true,
      description: 'Why nothing is shown now, and what lifts it; null when it may look.',
      resolve: ({ whyNot }) => whyNot && { refused: whyNot },
    }),
  }),
})

/** From what is known of the token anyhow: nothing is read for it. */
async function lookingOf({ principal, stands }: Context): Promise<LookingShape> {
  const now = await stands()
  const { minutes = null } = now.deviceKind === 'SCRIPT' ? {} : (now.bounds?.looking ?? {})
  return {
    everyMinutes: minutes,
    until: now.looksUntil === undefined ? null : new Date(now.looksUntil),
    // Also where remote control is off: what a device has kept is for its person alone, and no less so then.
    whyNot: lookingRefusal({ ...allowance(principal, now, null), rung: 'VIEW' }),
  }
}

builder.queryField('looking', (t) =>
  t.field({
    type: Looking,
    description: 'Whether the asking device may look, and until when.',
    authScopes: { is: ['device'] },
    resolve: (_root, _args, context) => lookingOf(context),
  }),
)

/** First how it is, then whenever that changes: by a policy, by a passkey, or by the time alone. */
function followLooking(context: Context) {
  const { deviceId } = deviceOf(context)
  let last = ''
  const read = async (): Promise<LookingShape | null> => {
    const looking = await lookingOf(context)
    const { everyMinutes, until, whyNot } = looking
    const text = [everyMinutes, until?.getTime(), whyNot?.message].join()
    if (text === last) return null
    last = text
    return looking
  }
  return stream({ bell: context.bell, topics: [trustTopic, lookingTopic(deviceId)], read, signal: context.signal() })
}

builder.subscriptionField('lookingChanged', (t) =>
  t.field({
    type: Looking,
    authScopes: { is: ['device'] },
    subscribe: (_root, _args, context) => followLooking(context),
    resolve: delivered,
  }),
)

builder.mutationField('vouchForLooking', (t) =>
  t.field({
    type: Looking,
    description:
      'A passkey of this device that a host has pinned, or one that its person signs in with, for the act `look` (beginConfirmation).',
    authScopes: { is: ['device'] },
    args: { confirmation: t.arg({ type: ConfirmationInput, required: true }) },
    resolve: async (_root, { confirmation }, context) => {
      const verifiedAt = await vouchForLooking(context, deviceOf(context), confirmation)
      const { bounds } = await context.stands()
      const minutes = bounds?.looking?.minutes
      if (minutes === undefined) return { everyMinutes: null, until: null, whyNot: null }
      return { everyMinutes: minutes, until: new Date(verifiedAt.getTime() + minutes * 60_000), whyNot: null }
    },
  }),
)

const OwnAnswer = builder.objectRef<NonNullable<OneDeniable['said']>>('OwnAnswer').implement({
  description: 'A device’s own answer, without a word of what it answered.',
  extensions: partOf('Stoppable'),
  fields: (t) => ({
    key: t.exposeString('key'),
    state: t.expose('state', { type: CommandState }),
  }),
})

const Deniable = builder.objectRef<OneDeniable>('Deniable').implement({
  description: 'What a deny signs, and no word of what is asked.',
  extensions: partOf('Stoppable'),
  fields: (t) => ({
    id: t.exposeID('id'),
    kind: t.expose('kind', { type: DecisionKind }),
    epoch: t.exposeInt('epoch'),
    openedAt: t.expose('openedAt', { type: 'DateTime' }),
    optionId: t.exposeString('optionId', {
      nullable: true,
      description: 'The option that denies; null for a question, which is declined, and where the agent offers none.',
    }),
    optionName: t.exposeString('optionName', { nullable: true }),
    said: t.expose('said', {
      type: OwnAnswer,
      nullable: true,
      description: 'The last answer of the device that asks. REFUSED, EXPIRED or UNKNOWN: it can be said again.',
    }),
  }),
})

const Stoppable = builder.objectRef<OneStoppable>('Stoppable').implement({
  authScopes: ({ ownerId, hostId, sessionId }) => ({ session: { ownerId, hostId, sessionId } }),
  fields: (t) => ({
    sessionId: t.exposeID('sessionId'),
    hostId: t.exposeID('hostId'),
    hostName: t.exposeString('hostName'),
    isWorking: t.exposeBoolean('isWorking', { description: 'A turn is under way; cancelTurn ends it.' }),
    decisions: t.expose('decisions', { type: [Deniable] }),
  }),
})

builder.queryField('stoppable', (t) =>
  t.field({
    type: [Stoppable],
    description: 'What the asking device may deny or cancel without looking (D5). Empty for one that may only look.',
    authScopes: { is: ['device'] },
    resolve: async (_root, _args, context) => {
      const { rung } = await context.allowed(null)
      const { ownerId, deviceId } = deviceOf(context)
      if (rung === null || rung === 'VIEW') return []
      return context.database.read((tx) => findStoppable(tx, ownerId, deviceId))
    },
  }),
)
