/** `offdesk devices revoke`: one device or all of them. This machine refuses from then on, whether the server can be reached or not; the server is told when it can. */
import { RemoteError } from '../remote/failure.ts'
import { RevokeDevice } from '../remote/host-operations.ts'
import { forgetNoted, noteEveryoneRevoked, noteRevoked, revokeEveryone } from '../remote/revocations.ts'
import { openRoster } from '../remote/roster.ts'
import { readServers, serverUrl } from '../remote/servers.ts'
import { type At, known, pick } from './devices.ts'
import { Mistake } from './mistake.ts'
import { openPlaces } from './open-places.ts'
import { say } from './say.ts'
import { openDesk } from './server-desk.ts'

const LATER =
  'The server is told as soon as a session or a command of this machine reaches it; until then a device can still look at what is there.'

/** Throws Mistake for a device that nobody knows. */
export async function revokeDevice(which: string, at: At): Promise<void> {
  const places = await openPlaces()
  const desk = await openDesk(at.server).catch((error: unknown) => {
    if (error instanceof Mistake) return error
    throw error
  })
  if (desk instanceof Mistake) {
    const roster = openRoster(places.host)
    const here = await roster.devices()
    // Nobody to ask and nobody meant here: what keeps the server away is the answer.
    if (!here.some(({ id, name }) => id === which || name === which)) throw desk
    const device = pick(here, which)
    await noteRevoked(places.host, await serversOf(places.host, at), device.id)
    await roster.remove(device.id)
    return say(`${device.name} can do nothing on this machine any more. ${desk.message} ${LATER}`)
  }
  const device = pick(await known(desk), which)
  await desk.roster.remove(device.id)
  await desk.call(RevokeDevice, { id: device.id })
  say(`Revoked ${device.name}. Its open pages are closed and it can do nothing any more.`)
}

/** Scripts too. First here, then there. */
export async function revokeAllDevices(at: At): Promise<void> {
  const places = await openPlaces()
  const since = new Date().toISOString()
  const servers = await serversOf(places.host, at)
  await noteEveryoneRevoked(places.host, servers, since)
  const roster = openRoster(places.host)
  const here = await roster.devices()
  for (const { id } of here) {
    await noteRevoked(places.host, servers, id)
    await roster.remove(id)
  }
  say(`This machine trusts no device any more (${here.length} until now); open sessions refuse them from this moment.`)
  const untold: string[] = []
  for (const server of servers) {
    try {
      const desk = await openDesk(server)
      const count = await revokeEveryone({ hostDir: places.host, call: desk.call, since })
      await forgetNoted(places.host, server)
      say(`${server}: ${count} devices revoked. Their open pages are closed.`)
    } catch (error) {
      if (!(error instanceof Mistake || error instanceof RemoteError)) throw error
      untold.push(server)
    }
  }
  if (untold.length > 0) say(`${untold.join(', ')} cannot be reached now. ${LATER}`)
}

/** Those this machine is known to, or the one that was named. */
async function serversOf(hostDir: string, { server }: At): Promise<readonly string[]> {
  if (server) return [serverUrl(server)]
  return (await readServers(hostDir)).servers.map(({ url }) => url)
}
