// The owner's devices and workstations: read, renamed, limited, revoked, endorsed.
import { useMutation, useQuery } from 'urql'
import { endorsementBytes } from '../../../protocol/pairing.ts'
import { graphql, type ResultOf } from '../../graphql/graphql.ts'
import { type Problem, problemOfResult } from '../../graphql/problem.ts'
import { readDeviceKey } from '../../keys/device-key.ts'
import type { Rung } from './rung-words.ts'

const DeviceFields = graphql(`
  fragment DeviceFields on Device @_unmask {
    id name kind rung publicKey pairedAt lastSeenAt revokedAt hostIds isThisOne pushSubscribed awaitsTrust signedInAt
  }
`)
const HostFields = graphql(`
  fragment HostFields on Host @_unmask { id name platform enrolledAt lastSeenAt liveUntil revokedAt }
`)
export const DevicesDocument = graphql(
  `query Devices {
    devices(first: 100) { edges { node { ...DeviceFields } } }
    hosts(first: 100) { edges { node { ...HostFields } } }
  }`,
  [DeviceFields, HostFields],
)
const RenameDeviceDocument = graphql(
  `mutation RenameDevice($id: ID!, $name: String!) { renameDevice(id: $id, name: $name) { ...DeviceFields } }`,
  [DeviceFields],
)
const SetDeviceRungDocument = graphql(
  `mutation SetDeviceRung($id: ID!, $rung: Rung!) { setDeviceRung(id: $id, rung: $rung) { ...DeviceFields } }`,
  [DeviceFields],
)
const RevokeDeviceDocument = graphql(`mutation RevokeDevice($id: ID!) { revokeDevice(id: $id) { ...DeviceFields } }`, [
  DeviceFields,
])
const RevokeHostDocument = graphql(`mutation RevokeHost($id: ID!) { revokeHost(id: $id) { ...HostFields } }`, [
  HostFields,
])
const EndorseDeviceDocument = graphql(`
  mutation EndorseDevice($input: EndorseDeviceInput!) { endorseDevice(input: $input) { __typename id state } }
`)

export type Device = ResultOf<typeof DeviceFields>
export type Host = ResultOf<typeof HostFields>

export type DevicesUse = {
  devices: readonly Device[]
  hosts: readonly Host[]
  loaded: boolean
  /** Each resolves with null when the server has done it, else with what refused it. */
  rename(id: string, name: string): Promise<Problem | null>
  limit(id: string, rung: Rung): Promise<Problem | null>
  revoke(id: string): Promise<Problem | null>
  revokeHost(id: string): Promise<Problem | null>
  /** Signs a device in at another workstation with this device's key. `rung`: what one that awaits trust shall do. The workstation checks and decides. */
  endorse(device: Device, host: Host, rung: Rung): Promise<Problem | null>
  reload(): void
}

const isPresent = (one: { revokedAt: string | null }): boolean => one.revokedAt === null

/** Workstations whose roster lacks the device, and which this device can vouch for because they know it. */
export function endorsable(device: Device, self: Device | undefined, hosts: readonly Host[]): readonly Host[] {
  if (!self || device.publicKey === null) return []
  return hosts.filter((host) => self.hostIds.includes(host.id) && !device.hostIds.includes(host.id))
}

export function useDevices(): DevicesUse {
  const [{ data }, reload] = useQuery({ query: DevicesDocument })
  const [, rename] = useMutation(RenameDeviceDocument)
  const [, limit] = useMutation(SetDeviceRungDocument)
  const [, revoke] = useMutation(RevokeDeviceDocument)
  const [, revokeHost] = useMutation(RevokeHostDocument)
  const [, endorse] = useMutation(EndorseDeviceDocument)
  return {
    devices: (data?.devices.edges ?? []).map(({ node }) => node).filter(isPresent),
    hosts: (data?.hosts.edges ?? []).map(({ node }) => node).filter(isPresent),
    loaded: data !== undefined,
    rename: async (id, name) => problemOfResult(await rename({ id, name })),
    limit: async (id, rung) => problemOfResult(await limit({ id, rung })),
    revoke: async (id) => problemOfResult(await revoke({ id })),
    revokeHost: async (id) => problemOfResult(await revokeHost({ id })),
    async endorse(device, host, wanted) {
      const key = await readDeviceKey()
      const { publicKey } = device
      if (!key || publicKey === null)
        return {
          code: 'BAD_INPUT',
          message: 'This device has lost its key: unpair it under Settings, and pair it again.',
        }
      // One that a workstation trusts already has its rung from there; nobody gives it more in passing.
      const rung = device.awaitsTrust ? wanted : device.rung
      const bytes = endorsementBytes({ hostId: host.id, deviceId: device.id, publicKey, rung })
      const signature = await key.sign(bytes)
      const input = { deviceId: device.id, hostId: host.id, signature, ...(device.awaitsTrust && { rung }) }
      return problemOfResult(await endorse({ input }))
    },
    reload: () => reload({ requestPolicy: 'network-only' }),
  }
}
