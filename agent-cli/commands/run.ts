/** `offdesk run <agent>`: an agent in this terminal; remote only when asked for (A1). */
import type { Rung } from '../bridge/view.ts'
import { readServers } from '../remote/servers.ts'
import { attend } from './attended.ts'
import { chooseAgent } from './choose-agent.ts'
import { enrolHere } from './enrol-here.ts'
import { findServer } from './local-server.ts'
import { Mistake } from './mistake.ts'
import { openPlaces } from './open-places.ts'
import { say, withProgress } from './say.ts'
import { unless, untilSignalled } from './signals.ts'

export type RunFlags = {
  readonly agent: string | undefined
  readonly command: readonly string[]
  readonly cwd: string | undefined
  readonly name: string | undefined
  /** Undefined: remote stays off. */
  readonly remote: Rung | undefined
  readonly server: string | undefined
  /** An earlier session to go on with. */
  readonly resume: string | undefined
}

export async function run(flags: RunFlags): Promise<void> {
  const places = await openPlaces()
  const agent = await chooseAgent({ name: flags.agent, command: flags.command, cwd: flags.cwd }, places)
  const server = flags.remote || flags.server ? await serverFor(places, flags.server) : undefined
  const ending = untilSignalled()
  const { signal } = ending
  try {
    if (server) await withProgress('Making this machine known to the server', unless(signal, enrolHere(places, server)))
    if (agent.note) say(agent.note)
    const { openSession } = await import('./open-session.ts')
    const opened = await openSession({
      agent,
      places,
      server,
      name: flags.name,
      ceiling: flags.remote ?? 'STEER',
      resume: flags.resume,
      signal,
    })
    if (flags.remote) await opened.session.remote.on({ share: true })
    await attend(opened, { showQr: false, signal })
  } finally {
    ending.close()
  }
}

async function serverFor(places: Awaited<ReturnType<typeof openPlaces>>, wanted: string | undefined): Promise<string> {
  if (wanted) return wanted
  const local = await findServer(places)
  if (local) return local.url
  const { preferred } = await readServers(places.host)
  if (preferred) return preferred
  throw new Mistake(
    'No server is known. Start one on this machine with “offdesk serve”, or join one with “offdesk login <url>”; “offdesk start” does all of it at once.',
  )
}
