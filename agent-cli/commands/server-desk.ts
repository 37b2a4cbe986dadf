/** What the small commands need to speak to a server as this host: address, identity, roster, caller. */
import type { Places } from '../journal/places.ts'
import { type Caller, createCaller } from '../remote/credentials.ts'
import { type Identity, openIdentity } from '../remote/identity.ts'
import { openRoster, type Roster } from '../remote/roster.ts'
import { readServers, serverUrl } from '../remote/servers.ts'
import { enrolHere } from './enrol-here.ts'
import { findServer } from './local-server.ts'
import { Mistake } from './mistake.ts'
import { openPlaces } from './open-places.ts'

export type Desk = {
  readonly places: Places
  readonly server: string
  readonly identity: Identity
  readonly roster: Roster
  readonly call: Caller
}

/** The server named, else the one that runs here, else the preferred one. Throws Mistake when there is none. */
export async function openDesk(wanted?: string): Promise<Desk> {
  const places = await openPlaces()
  const server = wanted
    ? serverUrl(wanted)
    : ((await findServer(places))?.url ?? (await readServers(places.host)).preferred)
  if (!server)
    throw new Mistake('No server is known. Start one with “offdesk serve”, or join one with “offdesk login <url>”.')
  await enrolHere(places, server)
  const identity = await openIdentity(places.host)
  return {
    places,
    server,
    identity,
    roster: openRoster(places.host),
    call: createCaller({ endpoint: { url: server }, identity, sessionId: null }),
  }
}
