// Starts the agent of a session and its ACP session, new or loaded. Says what it can do in words for people's screens.
import { type AgentConnection, type AgentHandlers, createAgentConnection } from '../agent/connection.ts'
import { AgentError } from '../agent/failure.ts'
import type { SessionOptions } from './contract.ts'

export type HostedAgent = {
  readonly connection: AgentConnection
  /** The agent's own id of the session. */
  readonly agentSessionId: string
  /** Raw answer to session/new or session/load: modes and options. */
  readonly started: Record<string, unknown>
  readonly capabilities: readonly string[]
}

/** Rejects with AgentError (its message is the sentence to show) and leaves nothing running. `whileLoading` brackets an old session's replay. */
export async function hostAgent(options: {
  session: SessionOptions
  handlers: AgentHandlers
  loadSessionId: string | null
  whileLoading: (isLoading: boolean) => void
}): Promise<HostedAgent> {
  const { agent, cwd, signal } = options.session
  const startSeconds = agent.preset?.startTimeoutSeconds
  const connection = await createAgentConnection({
    command: agent.command,
    args: agent.args,
    env: { ...agent.preset?.env, ...process.env, ...agent.env },
    cwd,
    handlers: options.handlers,
    ...(signal && { signal }),
    ...(startSeconds && { limits: { startSeconds, newSessionSeconds: startSeconds } }),
  })
  try {
    const { agentSessionId, started } = await open(connection, options)
    return { connection, agentSessionId, started, capabilities: capabilitiesOf(connection, options.session) }
  } catch (error) {
    await connection.close(0)
    throw error
  }
}

async function open(connection: AgentConnection, options: Parameters<typeof hostAgent>[0]) {
  const { cwd, signal } = options.session
  if (options.loadSessionId !== null && connection.answers.canLoadSession) {
    const sessionId = options.loadSessionId
    options.whileLoading(true)
    try {
      const started = await loggedIn(connection, () => connection.loadSession({ sessionId, cwd }, signal))
      return { agentSessionId: sessionId, started }
    } catch (error) {
      // The agent has lost it; a fresh one goes on in the same row.
      if (!(error instanceof AgentError) || error.fault !== 'REFUSED') throw error
    } finally {
      options.whileLoading(false)
    }
  }
  const started = await loggedIn(connection, () => connection.newSession({ cwd }, signal))
  return { agentSessionId: String(started.sessionId), started }
}

/** Tries again after the one login that needs no person: a key that is in the environment already. */
async function loggedIn<T>(connection: AgentConnection, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof AgentError) || !error.authRequired) throw error
    const { authMethods } = connection.answers
    const method = authMethods.find(({ id }) => /api[-_]?key/i.test(id))
    const hasKey = Object.keys(process.env).some((name) => name.endsWith('_API_KEY'))
    if (method !== undefined && hasKey) {
      await connection.authenticate(method.id)
      return await act()
    }
    const ways = authMethods
      .map(({ name, description }) => (description ? `${name} (${description})` : name))
      .join('; ')
    const how =
      ways === '' ? 'Run it once by itself and sign in.' : `It offers: ${ways}. Run it once by itself and sign in.`
    throw new AgentError('AUTH_REQUIRED', `The agent wants you to log in first. ${how}`, { cause: error })
  }
}

function capabilitiesOf({ answers }: AgentConnection, { agent }: SessionOptions): string[] {
  const known = agent.preset?.capabilities
  const said: [string, boolean][] = [
    ['steering', answers.canSteer],
    ['images', answers.takes.image],
    ['audio', answers.takes.audio],
    ['embeddedContext', answers.takes.embeddedContext],
    ['loadSession', answers.canLoadSession],
    ['questions', known === undefined || known.questions !== 'none'],
    ['plans', known === undefined || known.planApproval !== 'none'],
  ]
  return said.filter(([, has]) => has).map(([name]) => name)
}
