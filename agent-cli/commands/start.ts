/** `offdesk start`, also `npm start`: server, agent and remote in one go (the main job). */
import type { Rung } from '../bridge/view.ts'
import { attend } from './attended.ts'
import { chooseAgent } from './choose-agent.ts'
import { enrolHere } from './enrol-here.ts'
import { findServer, type LocalServer, startServer } from './local-server.ts'
import { openPlaces } from './open-places.ts'
import { detectTailscale, reach } from './reach.ts'
import { say, withProgress } from './say.ts'
import { unless, untilSignalled } from './signals.ts'
import { requireServing } from './ways.ts'

export const DEFAULT_PORT = 4747

/** The port asked for by flag or OFFDESK_PORT; 0 lets the system choose. What is no number is left to the server, which says so. */
export const portToUse = (flag: number | undefined): number => flag ?? Number(process.env.OFFDESK_PORT ?? DEFAULT_PORT)

/** What the demo is asked for when nobody has asked yet. */
export const DEMO_PROMPT = 'Add discount codes to this little shop, and show me that the tests pass.'

export type StartFlags = {
  readonly agent: string | undefined
  readonly command: readonly string[]
  readonly cwd: string | undefined
  readonly name: string | undefined
  readonly ceiling: Rung
  readonly reach: string | undefined
  readonly server: string | undefined
  readonly port: number | undefined
  /** An earlier session to go on with. */
  readonly resume: string | undefined
}

export async function start(flags: StartFlags): Promise<void> {
  const places = await openPlaces()
  const agent = await chooseAgent({ name: flags.agent, command: flags.command, cwd: flags.cwd }, places)
  const port = portToUse(flags.port)
  const ending = untilSignalled()
  const { signal } = ending
  let server: LocalServer | null = null
  try {
    server = flags.server ? null : await ownServer(places, port, flags.reach, signal)
    const url = flags.server ?? server?.url ?? ''
    await withProgress('Making this machine known to the server', unless(signal, enrolHere(places, url)))
    if (agent.note) say(agent.note)
    const { openSession } = await import('./open-session.ts')
    const opened = await openSession({
      agent,
      places,
      server: url,
      name: flags.name,
      ceiling: flags.ceiling,
      resume: flags.resume,
      signal,
    })
    await opened.session.remote.on({ share: true })
    await attend(opened, { showQr: true, firstPrompt: agent.id === 'demo' ? DEMO_PROMPT : undefined, signal })
  } finally {
    await server?.stop()
    ending.close()
  }
}

async function ownServer(
  places: Awaited<ReturnType<typeof openPlaces>>,
  port: number,
  wanted: string | undefined,
  signal: AbortSignal,
) {
  const { reaches } = await requireServing(wanted ?? process.env.OFFDESK_PUBLIC_URL)
  const running = await findServer(places)
  if (running) {
    say(`Using the server that already runs at ${running.url}.`)
    if (wanted !== undefined && wanted !== running.publicUrl) say(reachLeft(wanted, running.publicUrl))
    return running
  }
  const publicUrl = wanted
    ? await reach(wanted, port)
    : (process.env.OFFDESK_PUBLIC_URL ?? (reaches ? await detectTailscale(port) : null))
  return withProgress('Starting the server', startServer(places, { port, publicUrl, signal }))
}

/** A server that runs keeps the address it was started with: nobody else's phones lose it. */
function reachLeft(wanted: string, publicUrl: string | null): string {
  const has = publicUrl ? `is reached at ${publicUrl}` : 'has no public address'
  return `--reach ${wanted} was not used: that server ${has}. To change it, end it (Ctrl+C where it was started) and start again.`
}
