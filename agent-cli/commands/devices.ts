/** `offdesk devices`: who may attach; pair, confirm, revoke, trust, and a key file for scripts. */
import { existsSync } from 'node:fs'
import { exportPublicKey, generateKeys } from '../../protocol/keys.ts'
import { graphql } from '../remote/graphql.ts'
import { TrustDevice } from '../remote/pairing-operations.ts'
import type { Rung, TrustedDevice } from '../remote/roster.ts'
import { writeScript } from '../remote/script-file.ts'
import { age } from '../terminal/words.ts'
import { confirmed } from './ask.ts'
import { Mistake } from './mistake.ts'
import { say } from './say.ts'
import { scriptPath } from './script-device.ts'
import { type Desk, openDesk } from './server-desk.ts'
import { table } from './table.ts'

const ListDevices = graphql(`
  query ListDevices {
    devices(first: 200) { edges { node { id name kind publicKey rung awaitsTrust pairedAt lastSeenAt revokedAt } } }
  }
`)
const AddScript = graphql(`
  mutation AddScript($input: AddScriptInput!) { addScript(input: $input) { token device { id name } } }
`)

export type At = { readonly server: string | undefined }

export const known = async ({ call }: Desk) =>
  (await call(ListDevices, {})).devices.edges.map((edge) => edge.node).filter((device) => device.revokedAt === null)

export async function listDevices(at: At): Promise<void> {
  const desk = await openDesk(at.server)
  const trusted = new Map((await desk.roster.devices()).map((device) => [device.id, device]))
  const rows = (await known(desk)).map((device) => [
    device.name,
    device.kind.toLowerCase(),
    device.rung.toLowerCase(),
    device.lastSeenAt ? `${age(device.lastSeenAt, Date.now())} ago` : 'never',
    passkeysHere(trusted.get(device.id)),
    trusted.has(device.id) ? 'trusted here' : 'not trusted here',
    device.id,
  ])
  if (rows.length === 0)
    return void process.stdout.write(
      'No device is paired. “offdesk devices pair” shows a code; in a session Ctrl+E shows the QR.\n',
    )
  process.stdout.write(`${table([['NAME', 'KIND', 'MAY', 'SEEN', 'PASSKEYS HERE', 'THIS MACHINE', 'ID'], ...rows])}\n`)
}

/** Pinned ones, by the name their person gave them. */
function passkeysHere(device: TrustedDevice | undefined): string {
  if (device?.isUnattended) return 'needs none'
  return device?.passkeys?.map(({ name }) => name).join(', ') || '-'
}

/**
 * Takes a device that the server knows into this machine's roster (T5: once, by a person at this terminal). `allow` is what one may do that came by a
 * sign-in; any other keeps its rung.
 */
export async function trustDevice(which: string, { allow }: { allow: Rung }, at: At): Promise<void> {
  const desk = await openDesk(at.server)
  const device = pick(await known(desk), which)
  if (!device.publicKey)
    throw new Mistake(`${device.name} has no key to check. Make the script anew: offdesk devices add-script <name>.`)
  const rung = device.awaitsTrust ? allow : device.rung
  say(
    `${device.name}, ${device.awaitsTrust ? 'signed in' : 'paired'} ${age(device.pairedAt, Date.now())} ago, id ${device.id}. The same id stands on that device under Settings, This device.`,
  )
  if (!(await confirmed(`Let it ${rung.toLowerCase()} on this machine?`))) return say('Nothing was changed.')
  // First here, then there: the device may send a command the moment the server lets it.
  await desk.roster.add({
    id: device.id,
    name: device.name,
    publicKey: device.publicKey,
    rung,
    kind: device.kind,
    via: 'terminal',
    addedAt: new Date().toISOString(),
  })
  await desk.call(TrustDevice, { id: device.id, rung })
  say(`${device.name} is trusted on this machine.`)
}

/** Writes the script's key file and prints its path alone on stdout. */
export async function addScript(
  name: string,
  how: { rung: Rung; out: string | undefined; isUnattended: boolean },
  at: At,
): Promise<void> {
  const { rung, out, isUnattended } = how
  const desk = await openDesk(at.server)
  const path = out ?? scriptPath(desk.places, fileName(name))
  if (existsSync(path))
    throw new Mistake(`${path} is there already, and its key would be lost. Remove it, or name another: --key <file>.`)
  const { publicKey: open, privateKey } = await generateKeys(true)
  const publicKey = await exportPublicKey(open)
  const input = { hostId: desk.identity.hostId, name, rung, publicKey }
  const { addScript } = await desk.call(AddScript, { input })
  const { id } = addScript.device
  await writeScript(path, { deviceId: id, server: desk.server, token: addScript.token, privateKey })
  const unattended = isUnattended ? { isUnattended } : {}
  await desk.roster.add({ id, name, publicKey, rung, via: 'script', addedAt: new Date().toISOString(), ...unattended })
  if (isUnattended)
    say('What needs a passkey of anybody else, it may do without: keep its file as you would keep this terminal.')
  say(`Script “${name}” may ${rung.toLowerCase()}. Its token and the key it signs with are in this file, yours alone:`)
  process.stdout.write(`${path}\n`)
}

const fileName = (name: string): string => name.replaceAll(/[^A-Za-z0-9_-]+/g, '-')

export function pick<D extends { id: string; name: string }>(devices: readonly D[], which: string): D {
  const fits = devices.filter((device) => device.id === which || device.name === which)
  const [only] = fits
  if (fits.length === 1 && only) return only
  if (fits.length > 1)
    throw new Mistake(
      `${fits.length} devices are called “${which}”. Give the id: ${fits.map((device) => device.id).join(', ')}.`,
    )
  throw new Mistake(`No device is called “${which}”. “offdesk devices” lists them.`)
}
