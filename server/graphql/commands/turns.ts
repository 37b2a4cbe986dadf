/** Mode, cancel and stop from a device. A button is done when the host has said so (C5). */
import { refuse } from '../../store/refused.ts'
import { builder } from '../builder.ts'
import { modesOf, rungForMode } from '../session-facts.ts'
import { Command, commandRef, showMade } from './command.ts'
import { order } from './order.ts'
import { make, newCommand, parseSteering, STEERS, steerable } from './steer.ts'

const TAKES_AWAY = { needs: 'ANSWER', takesAway: true } as const
/** A cancel that comes later than this would stop another turn than the person saw. */
const CANCEL_SECONDS = 5 * 60

const SetMode = commandRef('SetMode').implement({
  interfaces: [Command],
  fields: (t) => ({ modeId: t.exposeString('modeId') }),
})

const SetModeInput = builder.inputType('SetModeInput', {
  fields: (t) => ({
    key: t.string({ required: true }),
    proof: t.string(),
    sessionId: t.id({ required: true }),
    modeId: t.string({ required: true }),
  }),
})

builder.mutationField('setMode', (t) =>
  t.field({
    type: SetMode,
    authScopes: { is: ['device'] },
    args: { input: t.arg({ type: SetModeInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      parseSteering(input)
      const { modeId } = input
      const needed = rungForMode(context, modeId)
      const session = await steerable(context, input.sessionId, needed, 'This mode')
      const offered = await modesOf(context, session)
      const mode = offered.find(({ id }) => id === modeId)
      if (!mode)
        throw refuse('OPTION_NOT_OFFERED', 'The agent does not offer this mode.', {
          rule: 'D6: only what the agent listed',
          level: 'session',
        })
      const said = { seen: { modeName: mode.name }, weighs: { needs: await needed(session), takesAway: false } }
      const wanted = await newCommand(context, session, 'SetMode', { modeId }, { ...input, ...said })
      return showMade('SetMode', await make(context, wanted))
    },
  }),
)

const CancelTurn = commandRef('CancelTurn').implement({
  interfaces: [Command],
  fields: (t) => ({ turnId: t.exposeID('turnId', { nullable: true }) }),
})

const CancelTurnInput = builder.inputType('CancelTurnInput', {
  fields: (t) => ({
    key: t.string({ required: true }),
    proof: t.string(),
    sessionId: t.id({ required: true }),
    turnId: t.id(),
  }),
})

builder.mutationField('cancelTurn', (t) =>
  t.field({
    type: CancelTurn,
    authScopes: { is: ['device'] },
    args: { input: t.arg({ type: CancelTurnInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      parseSteering(input)
      const value = { turnId: input.turnId ?? null }
      const how = { what: 'Cancelling', weighs: TAKES_AWAY, expiresInSeconds: CANCEL_SECONDS }
      return order(context, input, { kind: 'CancelTurn', value, ...how })
    },
  }),
)

const StopSession = commandRef('StopSession').implement({ interfaces: [Command] })

const StopSessionInput = builder.inputType('StopSessionInput', {
  fields: (t) => ({ key: t.string({ required: true }), proof: t.string(), sessionId: t.id({ required: true }) }),
})

builder.mutationField('stopSession', (t) =>
  t.field({
    type: StopSession,
    authScopes: { is: ['device'] },
    args: { input: t.arg({ type: StopSessionInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      parseSteering(input)
      return order(context, input, { kind: 'StopSession', value: {}, what: 'Stopping the session', weighs: STEERS })
    },
  }),
)
