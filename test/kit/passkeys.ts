/** A device's passkey from the first touch to the key press at the terminal, through the real mutations. Knows no browser and no screen. */
import { join } from 'node:path'
import { createCaller } from '../../agent-cli/remote/credentials.ts'
import { openIdentity } from '../../agent-cli/remote/identity.ts'
import { openRoster } from '../../agent-cli/remote/roster.ts'
import { waitingPins } from '../../agent-cli/remote/waiting-pins.ts'
import { type KeyPair, sign } from '../../protocol/keys.ts'
import { pinningBytes, pinningCode } from '../../protocol/passkey.ts'
import { type Authenticator, createAuthenticator } from './authenticator.ts'
import type { EnrolledHost, Gql } from './people.ts'
import { vouchesWith } from './signing.ts'

export type Holder = { id: string; token: string; keys: KeyPair }

const LOCAL = 'http://localhost:4780'

/** Registered; pinned nowhere. From now on what the device says is vouched for where it weighs something. */
export async function makesPasskey(
  gql: Gql,
  { token }: Holder,
  authenticator: Authenticator = createAuthenticator({ origin: LOCAL }),
): Promise<Authenticator> {
  const { beginPasskey } = await gql<{ beginPasskey: { challenge: string } }>(
    token,
    'mutation($origin: String!) { beginPasskey(origin: $origin) { challenge } }',
    { origin: authenticator.origin },
  )
  const { challenge } = beginPasskey
  const input = { name: 'Fingerprint', challenge, ...authenticator.create(challenge) }
  const document = 'mutation($input: RegisterPasskeyInput!) { registerPasskey(input: $input) { id } }'
  await gql(token, document, { input })
  vouchesWith(token, authenticator)
  return authenticator
}

/** `by`: a passkey that the host has pinned before. The code is what the device shows. */
export async function asksToPin(
  gql: Gql,
  device: Holder,
  { id: passkeyId, publicKey, origin }: Authenticator,
  hostId: string,
  by?: Authenticator,
): Promise<{ commandId: string; code: string }> {
  const bytes = pinningBytes({ hostId, deviceId: device.id, passkeyId, publicKey, origin })
  const signature = await sign(device.keys.privateKey, bytes)
  const challenge = Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('base64url')
  const input = { passkeyId, hostId, publicKey, signature, ...(by && { assertion: by.get(challenge) }) }
  const { pinPasskey } = await gql<{ pinPasskey: { id: string } }>(
    device.token,
    'mutation($input: PinPasskeyInput!) { pinPasskey(input: $input) { id } }',
    { input },
  )
  return { commandId: pinPasskey.id, code: await pinningCode(bytes) }
}

/** Where no machine stands behind the host: its answer, as it would give it. */
export async function saysPinned(gql: Gql, host: EnrolledHost, commandId: string): Promise<void> {
  const acknowledge = 'mutation($h: ID!, $ids: [ID!]!) { acknowledgeCommands(hostId: $h, ids: $ids) { id } }'
  await gql(host.token, acknowledge, { h: host.id, ids: [commandId] })
  const settle = 'mutation($input: SettleCommandInput!) { settleCommand(input: $input) { id } }'
  await gql(host.token, settle, { input: { commandId, state: 'APPLIED' } })
}

/** The key press at the terminal of a machine that keeps its things in `dataDir`. */
export async function pressesPin(dataDir: string, server: string, code: string): Promise<void> {
  const hostDir = join(dataDir, 'host')
  const identity = await openIdentity(hostDir)
  const call = createCaller({ endpoint: { url: server }, identity, sessionId: null })
  const waiting = await waitingPins({ call, identity, roster: openRoster(hostDir) })
  const meant = waiting.find(({ asked }) => asked.code === code)
  if (!meant) throw new Error(`no passkey with the code ${code} waits at ${dataDir}`)
  const refusal = await meant.confirm()
  if (refusal) throw new Error(refusal.message)
}

/** All of it, for a host that is only a credential. */
export async function hasPasskey(gql: Gql, device: Holder, host: EnrolledHost): Promise<Authenticator> {
  const authenticator = await makesPasskey(gql, device)
  await saysPinned(gql, host, (await asksToPin(gql, device, authenticator, host.id)).commandId)
  return authenticator
}

/** All of it, for a machine. */
export async function pinsPasskey(
  at: { gql: Gql; url: string },
  device: Holder,
  dataDir: string,
): Promise<Authenticator> {
  const authenticator = await makesPasskey(at.gql, device)
  const { hostId } = await openIdentity(join(dataDir, 'host'))
  const { code } = await asksToPin(at.gql, device, authenticator, hostId)
  await pressesPin(dataDir, at.url, code)
  return authenticator
}
