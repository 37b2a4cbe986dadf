// One ACP agent process and everything that can be said to it. Hands on what the agent says raw and in order.
// Knows ACP's calls; does not know what updates mean, nor any surface or server.
import { client, PROTOCOL_VERSION } from '@agentclientprotocol/sdk'
import { type Calls, createCalls } from './calls.ts'
import { type Answers, readAnswers } from './capabilities.ts'
import { AgentError, type AgentExit, exitedError } from './failure.ts'
import type { Ended, Family } from './family.ts'
import { type AgentLimits, defaultLimits } from './limits.ts'
import { type AgentCommand, type AgentProcess, startProcess } from './process.ts'
import { createQuestions, sessionOf } from './questions.ts'
import { createTap, type Garbage, type RawMessage } from './tap.ts'
import { createTurns, type TurnEnd } from './turns.ts'

/** What the host does with what the agent says. Calls come one after another, in the order of the agent's messages. */
export interface AgentHandlers {
  /** `params` of a `session/update`, raw. Must not wait. */
  onUpdate(params: unknown): void
  /** Raw params of `session/request_permission`; the result goes back verbatim, further fields included. `signal` aborts when it is moot. */
  onPermission(params: unknown, signal: AbortSignal): unknown
  /** Raw params of `elicitation/create`; the result goes back verbatim. */
  onElicitation(params: unknown, signal: AbortSignal): unknown
  /** Any other notification (`elicitation/complete`, the agent's own). */
  onNotification?(method: string, params: unknown): void
  /** A request this host does not serve; the agent is told so. */
  onUnknownRequest?(method: string, params: unknown): void
  onGarbage?(garbage: Garbage): void
  /** A handler threw. The agent goes on. */
  onHandlerError?(error: unknown): void
  /** Once, after every pending call has been rejected; not for an agent that never came up. */
  onExit?(exit: AgentExit): void
}

export interface AgentConnectionOptions extends AgentCommand {
  handlers: AgentHandlers
  /** Replaces what is advertised. File system and terminal are left out on purpose: agents then use their own. */
  clientCapabilities?: Record<string, unknown>
  clientInfo?: { name: string; version: string }
  /** Ends the agent, also while it starts. */
  signal?: AbortSignal
  limits?: Partial<AgentLimits>
}

export type ContentBlock = Record<string, unknown>

export interface AgentConnection {
  readonly pid: number
  /** What the agent answered to `initialize`. */
  readonly answers: Answers
  readonly exited: Promise<AgentExit>
  readonly family: Family
  /** Raw result: `sessionId`, `modes?`, `configOptions?` … Rejects like every call here with AgentError. */
  newSession(params: { cwd: string; mcpServers?: unknown[] }, signal?: AbortSignal): Promise<Record<string, unknown>>
  /** The old session's updates are handed over before this resolves. */
  loadSession(
    params: { sessionId: string; cwd: string; mcpServers?: unknown[] },
    signal?: AbortSignal,
  ): Promise<Record<string, unknown>>
  /**
   * Runs one turn. Aborting `signal` cancels it; it still ends by the agent's answer, or with TIMED_OUT if none comes. BUSY if a turn of
   * that session runs: agents differ on what a second one does, one of them breaks.
   */
  prompt(sessionId: string, blocks: ContentBlock[], signal?: AbortSignal): Promise<TurnEnd>
  /** Stops the turn and closes the session's open questions as cancelled. Resolves when told, not when stopped. */
  cancel(sessionId: string): Promise<void>
  /** Closes open questions without stopping the turn; returns how many. For what an agent leaves open at the end of a turn. */
  closeQuestions(sessionId: string): number
  setMode(sessionId: string, modeId: string): Promise<Record<string, unknown>>
  setConfigOption(sessionId: string, configId: string, value: string | boolean): Promise<Record<string, unknown>>
  /**
   * Puts words into the running turn; NOT_OFFERED if the agent cannot. Returns the agent's `outcome` as it is: `injected`, or
   * `promptRequired` when no turn runs and the words must be sent as a prompt.
   */
  steer(sessionId: string, blocks: ContentBlock[]): Promise<string>
  authenticate(methodId: string, signal?: AbortSignal): Promise<void>
  /** Ends the agent and everything it started, each step within `graceMs`. Pending calls reject with CLOSED. */
  close(graceMs?: number): Promise<Ended>
}

const advertised = {
  elicitation: { form: {}, url: {} },
  session: { notices: {}, compaction: {}, configOptions: { boolean: {} } },
}

/** Starts the agent and greets it. Rejects with AgentError, or the signal's reason, and leaves nothing running. */
export async function createAgentConnection(options: AgentConnectionOptions): Promise<AgentConnection> {
  const limits = { ...defaultLimits, ...options.limits }
  options.signal?.throwIfAborted()
  const agent = await startProcess(options, limits)
  const opened = open(agent, options, limits)
  try {
    const hello = {
      protocolVersion: PROTOCOL_VERSION,
      clientCapabilities: options.clientCapabilities ?? advertised,
      clientInfo: options.clientInfo ?? { name: 'offdesk', version: '0' },
    }
    const asked = opened.calls.ask('initialize', hello, { seconds: limits.startSeconds, signal: options.signal })
    const answers = readAnswers(await asked)
    const { protocolVersion: theirs } = answers
    if (theirs !== null && theirs !== PROTOCOL_VERSION) {
      const message = `The agent speaks version ${theirs} of ACP, and this host version ${PROTOCOL_VERSION}. Another version of the agent may fit.`
      throw new AgentError('NOT_OFFERED', message)
    }
    const connection = opened.ready(answers)
    const end = () => void connection.close()
    options.signal?.addEventListener('abort', end, { once: true })
    void agent.exited.then(() => options.signal?.removeEventListener('abort', end))
    return connection
  } catch (error) {
    await opened.close(0)
    throw error
  }
}

function open(agent: AgentProcess, options: AgentConnectionOptions, limits: AgentLimits) {
  const { handlers } = options
  const questions = createQuestions((error) => handlers.onHandlerError?.(error))
  const sessions = new Set<string>()
  let closing = false

  const tap = createTap(
    agent.stdout,
    agent.stdin,
    { onMessage, onGarbage: (garbage) => guard(() => handlers.onGarbage?.(garbage)) },
    limits,
  )
  const raw = (params: unknown) => params
  // Parsers of our own: the SDK's would refuse a question for an option kind it does not know, and nobody would be asked.
  const connection = client({ name: 'offdesk' })
    .onRequest('session/request_permission', raw, ({ params, signal }) =>
      questions.put(
        sessionOf(params),
        (s) => handlers.onPermission(params, s),
        { outcome: { outcome: 'cancelled' } },
        signal,
      ),
    )
    .onRequest('elicitation/create', raw, ({ params, signal }) =>
      questions.put(sessionOf(params), (s) => handlers.onElicitation(params, s), { action: 'cancel' }, signal),
    )
    .connect(tap.stream)
  const calls = createCalls(connection.agent, agent.exited, () => closing)

  // Without its pipes an agent is of no use, alive or not; and one that ended may have left others running.
  void connection.closed.then(() => agent.endTree(limits.drainMs))

  function onMessage(message: RawMessage): boolean {
    if (message.kind === 'notification') {
      if (message.method.startsWith('$/')) return true
      const { method, params } = message
      guard(() => (method === 'session/update' ? handlers.onUpdate(params) : handlers.onNotification?.(method, params)))
      return false
    }
    if (message.kind === 'request' && !served.has(message.method)) {
      guard(() => handlers.onUnknownRequest?.(message.method, message.params))
    }
    return true
  }

  function guard(act: () => void): void {
    try {
      act()
    } catch (error) {
      handlers.onHandlerError?.(error)
    }
  }

  function closeQuestions(sessionId: string, why: string): number {
    // A sub-agent asks under a session id of its own, which nobody opened here.
    return questions.close(
      (id) => id === sessionId || id === undefined || !sessions.has(id),
      new AgentError('CLOSED', why),
    )
  }

  async function close(graceMs = 3_000): Promise<Ended> {
    closing = true
    questions.close(() => true, new AgentError('CLOSED', 'The agent is being ended.'))
    return agent.endTree(graceMs)
  }

  async function tellCancel(sessionId: string): Promise<void> {
    const told = calls.tell('session/cancel', { sessionId })
    closeQuestions(sessionId, 'The turn was cancelled.')
    await told
  }

  function ready(answers: Answers): AgentConnection {
    void agent.exited.then(async (exit) => {
      await tap.drained
      questions.close(() => true, exitedError(exit))
      // One turn of the event loop, so that those who waited for an answer hear of the end first.
      setImmediate(() => guard(() => handlers.onExit?.(exit)))
    })
    return {
      pid: agent.pid,
      answers,
      exited: agent.exited,
      family: agent.family,
      ...sessionCalls(calls, limits, answers, sessions),
      ...createTurns(calls, limits, tellCancel),
      closeQuestions: (sessionId) => closeQuestions(sessionId, 'The turn is over.'),
      close,
    }
  }

  return { calls, ready, close }
}

const served: ReadonlySet<string> = new Set(['session/request_permission', 'elicitation/create'])

function sessionCalls(calls: Calls, limits: AgentLimits, answers: Answers, sessions: Set<string>) {
  const call = async (method: string, params: object, seconds: number, signal?: AbortSignal) =>
    record(await calls.ask(method, params, { seconds, signal }))
  return {
    async newSession(params: { cwd: string; mcpServers?: unknown[] }, signal?: AbortSignal) {
      const result = await call('session/new', { mcpServers: [], ...params }, limits.newSessionSeconds, signal)
      const id = sessionOf(result)
      if (id === undefined) throw new AgentError('REFUSED', 'The agent opened a session but did not say its id.')
      sessions.add(id)
      return result
    },
    async loadSession(params: { sessionId: string; cwd: string; mcpServers?: unknown[] }, signal?: AbortSignal) {
      if (!answers.canLoadSession) throw new AgentError('NOT_OFFERED', 'This agent cannot load an old session.')
      const result = await call('session/load', { mcpServers: [], ...params }, limits.loadSessionSeconds, signal)
      sessions.add(params.sessionId)
      return result
    },
    setMode: (sessionId: string, modeId: string) => call('session/set_mode', { sessionId, modeId }, limits.callSeconds),
    setConfigOption(sessionId: string, configId: string, value: string | boolean) {
      const typed = typeof value === 'boolean' ? { type: 'boolean', value } : { value }
      return call('session/set_config_option', { sessionId, configId, ...typed }, limits.callSeconds)
    },
    async steer(sessionId: string, blocks: ContentBlock[]) {
      if (!answers.canSteer) throw new AgentError('NOT_OFFERED', 'This agent cannot be steered during a turn.')
      // An idle agent would start a turn that no prompt here waits for; ask it to say so instead.
      const params = { sessionId, prompt: blocks, _meta: { steering: { idleBehavior: 'promptRequired' } } }
      const { outcome } = await call('_session/steering', params, limits.callSeconds)
      return typeof outcome === 'string' ? outcome : 'unknown'
    },
    async authenticate(methodId: string, signal?: AbortSignal) {
      await call('authenticate', { methodId }, limits.authenticateSeconds, signal)
    },
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
