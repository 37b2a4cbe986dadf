/** Paired devices as their owner sees them: listed, named, limited, vouched for, revoked. */
import { resolveCursorConnection } from '@pothos/plugin-relay'
import { addScript, renameDevice, revokeDevice, setDeviceRung } from '../auth/devices.ts'
import { trustDevice } from '../auth/sign-in/trusting.ts'
import type { Tx } from '../db/database.ts'
import { write } from '../live/write.ts'
import { type DeviceRow, listDevices, rosterPlaces } from '../store/devices.ts'
import { limits, maxPageSize } from '../store/limits.ts'
import { type PlacedPasskey, passkeysOf } from '../store/passkeys.ts'
import { subscribedDevices } from '../store/pushes.ts'
import { builder } from './builder.ts'
import { Passkey } from './passkeys.ts'
import { Rung } from './rung.ts'
import { governor, hostOf, ownerOf } from './who.ts'

export type DeviceShape = DeviceRow & { hostIds: string[]; pushSubscribed: boolean; passkeys: PlacedPasskey[] }

/** Rows with what the schema shows beside them, in three statements for any number. */
export async function showDevices(tx: Tx, rows: DeviceRow[]): Promise<DeviceShape[]> {
  const ids = rows.map((row) => row.id)
  const places = await rosterPlaces(tx, ids)
  const subscribed = await subscribedDevices(tx, ids)
  const passkeys = await passkeysOf(tx, ids)
  return rows.map((row) => ({
    ...{ ...row, hostIds: places.get(row.id) ?? [], passkeys: passkeys.get(row.id) ?? [] },
    pushSubscribed: subscribed.has(row.id),
  }))
}

export async function showDevice(tx: Tx, row: DeviceRow): Promise<DeviceShape> {
  const [shown] = await showDevices(tx, [row])
  return shown ?? { ...row, hostIds: [], pushSubscribed: false, passkeys: [] }
}

export const DeviceKind = builder.enumType('DeviceKind', { values: ['BROWSER', 'SCRIPT'] as const })

export const Device = builder.objectRef<DeviceShape>('Device').implement({
  authScopes: (device) => ({ owner: device.ownerId }),
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name'),
    kind: t.expose('kind', { type: DeviceKind }),
    publicKey: t.exposeString('publicKey', { nullable: true }),
    rung: t.expose('rung', { type: Rung }),
    hostIds: t.exposeIDList('hostIds', { description: 'Hosts whose roster holds this device.' }),
    isThisOne: t.boolean({
      resolve: (device, _args, { principal }) => principal.kind === 'device' && principal.deviceId === device.id,
    }),
    passkeys: t.expose('passkeys', { type: [Passkey] }),
    pushSubscribed: t.exposeBoolean('pushSubscribed'),
    pairedAt: t.expose('pairedAt', { type: 'DateTime' }),
    signedInAt: t.expose('signedInAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its person signed in on it last; null for one that was only ever paired.',
    }),
    awaitsTrust: t.exposeBoolean('awaitsTrust', {
      description: 'It came by a sign-in, and no host has taken it into its roster: it may view.',
    }),
    lastSeenAt: t.expose('lastSeenAt', { type: 'DateTime', nullable: true }),
    revokedAt: t.expose('revokedAt', { type: 'DateTime', nullable: true }),
  }),
})

builder.queryField('devices', (t) =>
  t.connection(
    {
      type: Device,
      authScopes: { is: ['device', 'host'] },
      resolve: (_root, args, context) =>
        resolveCursorConnection<Promise<DeviceShape[]>>(
          { args, defaultSize: limits.pageSize, maxSize: maxPageSize, toCursor: (device) => device.id },
          ({ before, after, limit, inverted }) => {
            const cursors = { ...(after !== undefined && { after }), ...(before !== undefined && { before }) }
            const page = { ownerId: ownerOf(context), limit, inverted, ...cursors }
            return context.database.read(async (tx) => showDevices(tx, await listDevices(tx, page)))
          },
        ),
    },
    { name: 'DeviceConnection' },
    { name: 'DeviceEdge' },
  ),
)

const AddScriptInput = builder.inputType('AddScriptInput', {
  fields: (t) => ({
    hostId: t.id({ required: true }),
    name: t.string({ required: true }),
    publicKey: t.string(),
    rung: t.field({ type: Rung, required: true }),
  }),
})

const AddedScript = builder.objectRef<{ device: DeviceShape; token: string }>('AddedScript').implement({
  authScopes: (added) => ({ owner: added.device.ownerId }),
  fields: (t) => ({ device: t.expose('device', { type: Device }), token: t.exposeString('token') }),
})

builder.mutationField('addScript', (t) =>
  t.field({
    type: AddedScript,
    authScopes: { is: ['host'] },
    args: { input: t.arg({ type: AddScriptInput, required: true }) },
    resolve: (_root, { input }, context) =>
      write(context, async (tx, ring) => {
        const { row, token } = await addScript(tx, ring, hostOf(context, input.hostId), input)
        return { device: await showDevice(tx, row), token }
      }),
  }),
)

builder.mutationField('renameDevice', (t) =>
  t.field({
    type: Device,
    authScopes: { is: ['device', 'host'] },
    args: { id: t.arg.id({ required: true }), name: t.arg.string({ required: true }) },
    resolve: (_root, args, context) =>
      write(context, async (tx, ring) => showDevice(tx, await renameDevice(tx, ring, governor(context), args))),
  }),
)

builder.mutationField('setDeviceRung', (t) =>
  t.field({
    type: Device,
    authScopes: { is: ['device', 'host'] },
    args: { id: t.arg.id({ required: true }), rung: t.arg({ type: Rung, required: true }) },
    resolve: (_root, args, context) =>
      write(context, async (tx, ring) => showDevice(tx, await setDeviceRung(tx, ring, governor(context), args))),
  }),
)

builder.mutationField('trustDevice', (t) =>
  t.field({
    type: Device,
    description:
      'A host says that it has taken a device into its roster; one that came by a sign-in may do `rung` from then on.',
    authScopes: { is: ['host'] },
    args: { id: t.arg.id({ required: true }), rung: t.arg({ type: Rung, required: true }) },
    resolve: (_root, args, context) =>
      write(context, async (tx, ring) => showDevice(tx, await trustDevice(tx, ring, hostOf(context), args))),
  }),
)

builder.mutationField('revokeDevice', (t) =>
  t.field({
    type: Device,
    authScopes: { is: ['device', 'host'] },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context) =>
      write(context, async (tx, ring) => showDevice(tx, await revokeDevice(tx, ring, governor(context), id))),
  }),
)
