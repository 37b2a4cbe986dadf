/** A paired device vouches for another at a host that trusts it (T5). */
import { endorseDevice } from '../auth/devices.ts'
import { write } from '../live/write.ts'
import { notFound } from '../store/refused.ts'
import { builder } from './builder.ts'
import { Command, showCommands } from './commands/command.ts'
import { Rung } from './rung.ts'
import { deviceOf } from './who.ts'

const EndorseDeviceInput = builder.inputType('EndorseDeviceInput', {
  fields: (t) => ({
    deviceId: t.id({ required: true }),
    hostId: t.id({ required: true }),
    rung: t.field({
      type: Rung,
      description:
        'For a device that awaits trust: what it may do from then on, and what is signed. Else its own counts.',
    }),
    signature: t.string({ required: true }),
  }),
})

builder.mutationField('endorseDevice', (t) =>
  t.field({
    type: Command,
    authScopes: { is: ['device'] },
    args: { input: t.arg({ type: EndorseDeviceInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const row = await write(context, (tx, ring) => endorseDevice(tx, ring, deviceOf(context), input))
      const [shown] = showCommands([row])
      if (!shown) throw notFound('command')
      return shown
    },
  }),
)
