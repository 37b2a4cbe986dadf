/** Starts the agent in a session, joined to a server when there is one; a failure becomes a sentence. */
import type { BridgeSession } from '../bridge/session.ts'
import { createSession, recoverSessions } from '../bridge/session.ts'
import type { Rung } from '../bridge/view.ts'
import type { Places } from '../journal/places.ts'
import { createHostLink } from '../remote/host-link.ts'
import type { ChosenAgent } from './choose-agent.ts'
import { Mistake } from './mistake.ts'
import { withProgress } from './say.ts'
import { hasTerminal } from './terminal-here.ts'

export type Opening = {
  readonly agent: ChosenAgent
  readonly places: Places
  /** Without one nothing is connected; `/remote on` looks for one then. */
  readonly server: string | undefined
  readonly name: string | undefined
  readonly ceiling: Rung
  /** An earlier session to go on with. */
  readonly resume?: string | undefined
  /** Ends the start; a session that has started is its caller's to close. */
  readonly signal: AbortSignal
}

export type OpenedSession = { readonly session: BridgeSession; close(): Promise<void> }

/** Also tells the server what earlier sessions of this machine left untold (C4, E1). Throws Mistake. */
export async function openSession(opening: Opening): Promise<OpenedSession> {
  const { agent, places, server } = opening
  const link = server ? await createHostLink({ dataDir: places.data, endpoint: { url: server } }) : undefined
  const ended = new AbortController()
  const starting = new AbortController()
  const onSignal = () => starting.abort(opening.signal.reason)
  opening.signal.addEventListener('abort', onSignal)
  const left: string[] = []
  let tell = (sentence: string): void => {
    left.push(sentence)
  }
  const recovering = link
    ? recoverSessions({ dataDir: places.data, link, signal: ended.signal, onLeft: (sentence) => tell(sentence) }).catch(
        () => [],
      )
    : Promise.resolve([])
  try {
    const session = await withProgress(`Starting ${agent.name}`, start(opening, link, starting.signal))
    tell = (sentence) => session.notice(sentence)
    for (const sentence of left) session.notice(sentence)
    return {
      session,
      async close() {
        await session.close()
        ended.abort()
        await recovering
        await link?.close()
      },
    }
  } catch (error) {
    ended.abort()
    await link?.close()
    opening.signal.throwIfAborted()
    throw error instanceof Error ? new Mistake(error.message) : error
  } finally {
    opening.signal.removeEventListener('abort', onSignal)
  }
}

function start(
  { agent, places, name, ceiling, resume }: Opening,
  link: Awaited<ReturnType<typeof createHostLink>> | undefined,
  signal: AbortSignal,
) {
  const { id, command, args, env, preset } = agent
  return createSession({
    dataDir: places.data,
    agent: { id, name: agent.name, command, args, env, preset },
    cwd: agent.cwd,
    ceiling,
    signal,
    isHeadless: !hasTerminal(),
    ...(name ? { name } : {}),
    ...(link ? { link } : {}),
    ...(resume ? { resumeSessionId: resume } : {}),
  })
}
