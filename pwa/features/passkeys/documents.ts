// Passkeys of the devices: made, pinned at a workstation, taken away.
import { graphql, type ResultOf } from '../../graphql/graphql.ts'

export const PasskeysDocument = graphql(`
  query Passkeys {
    devices(first: 100) { edges { node {
      id isThisOne
      passkeys { id name origin hostIds createdAt lastUsedAt isSynced }
    } } }
    hosts(first: 100) { edges { node { id name revokedAt } } }
  }
`)
export const BeginPasskeyDocument = graphql(`
  mutation BeginPasskey($origin: String!) { beginPasskey(origin: $origin) { challenge rpId userId userName excludeIds } }
`)
export const RegisterPasskeyDocument = graphql(`
  mutation RegisterPasskey($input: RegisterPasskeyInput!) { registerPasskey(input: $input) { id } }
`)
export const PinPasskeyDocument = graphql(`
  mutation PinPasskey($input: PinPasskeyInput!) { pinPasskey(input: $input) { id state } }
`)
export const PinStateDocument = graphql(`
  query PinState($id: ID!) { command(id: $id) { __typename id state refusal { code message } } }
`)
export const RemovePasskeyDocument = graphql(`mutation RemovePasskey($id: ID!) { removePasskey(id: $id) { id } }`)

export type OwnPasskey = ResultOf<typeof PasskeysDocument>['devices']['edges'][number]['node']['passkeys'][number]
export type PasskeyHost = ResultOf<typeof PasskeysDocument>['hosts']['edges'][number]['node']
