/** Starts the agent in a session; a failure becomes a sentence. */
import type { BridgeSession } from '../bridge/session.ts'
import { createSession } from '../bridge/session.ts'
import type { Rung } from '../bridge/view.ts'
import type { Places } from '../journal/places.ts'
import type { ChosenAgent } from './choose-agent.ts'
import { Mistake } from './mistake.ts'
import { withProgress } from './say.ts'

export type Opening = {
  readonly agent: ChosenAgent
  readonly places: Places
  readonly server: string | undefined
  readonly name: string | undefined
  readonly ceiling: Rung
}

export async function openSession({ agent, places, server, name, ceiling }: Opening): Promise<BridgeSession> {
  const { id, command, args, env, preset } = agent
  const starting = createSession({
    dataDir: places.data,
    agent: { id, name: agent.name, command, args, env, preset },
    cwd: agent.cwd,
    ceiling,
    ...(name ? { name } : {}),
    ...(server ? { server } : {}),
  })
  return withProgress(`Starting ${agent.name}`, starting).catch((error: unknown) => {
    throw new Mistake(error instanceof Error ? error.message : String(error))
  })
}
