/** Where a device wants its pushes, and a try whether they come. */

import { write } from '../live/write.ts'
import { parsePushSubscription } from '../push/endpoint.ts'
import { findDevice } from '../store/devices.ts'
import { removePush, savePush } from '../store/pushes.ts'
import { notFound } from '../store/refused.ts'
import { ownerTopic } from '../store/topic.ts'
import { builder } from './builder.ts'
import type { Context } from './context.ts'
import { Device, showDevice } from './devices.ts'
import { deviceOf } from './who.ts'

const PushSubscriptionInput = builder.inputType('PushSubscriptionInput', {
  fields: (t) => ({
    endpoint: t.string({ required: true }),
    p256dh: t.string({ required: true }),
    auth: t.string({ required: true }),
  }),
})

type Tested = { delivered: boolean; statusCode: number | null; detail: string }

const PushTest = builder.objectRef<Tested>('PushTest').implement({
  authScopes: { is: ['device'] },
  fields: (t) => ({
    delivered: t.exposeBoolean('delivered'),
    statusCode: t.exposeInt('statusCode', { nullable: true }),
    detail: t.exposeString('detail'),
  }),
})

builder.mutationFields((t) => ({
  subscribePush: t.field({
    type: Device,
    authScopes: { is: ['device'] },
    args: { input: t.arg({ type: PushSubscriptionInput, required: true }) },
    resolve: (_root, { input }, context) => {
      const { deviceId } = deviceOf(context)
      const subscription = parsePushSubscription(input, context.push)
      return change(context, (tx) => savePush(tx, { deviceId, ...subscription }))
    },
  }),
  unsubscribePush: t.field({
    type: Device,
    authScopes: { is: ['device'] },
    resolve: (_root, _args, context) => change(context, (tx) => removePush(tx, deviceOf(context).deviceId)),
  }),
  testPush: t.field({
    type: PushTest,
    authScopes: { is: ['device'] },
    resolve: (_root, _args, context) => context.push.test(deviceOf(context).deviceId),
  }),
}))

function change(context: Context, work: (tx: Parameters<typeof showDevice>[0]) => Promise<void>) {
  const { ownerId, deviceId } = deviceOf(context)
  return write(context, async (tx, ring) => {
    await work(tx)
    ring(ownerTopic(ownerId))
    const row = await findDevice(tx, ownerId, deviceId)
    if (!row) throw notFound('device')
    return showDevice(tx, row)
  })
}
