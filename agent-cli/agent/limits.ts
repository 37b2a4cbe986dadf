// Every limit and waiting time of hosting an agent in one place, with its unit in its name. Knows no caller.

export interface AgentLimits {
  /** From spawning to the answer of `initialize`. */
  startSeconds: number
  /** A new session; slow agents take several seconds. */
  newSessionSeconds: number
  /** Loading an old session, which replays it. */
  loadSessionSeconds: number
  /** Any other short call (mode, option, steering). */
  callSeconds: number
  /** Authentication may send a person to a browser. */
  authenticateSeconds: number
  /** From `session/cancel` to the prompt's answer; after that the agent is called hung. */
  cancelSeconds: number
  /** Longest line taken from the agent. The SDK would drop the whole connection at a longer one; here it is skipped and answered. */
  maxMessageBytes: number
  /** End of stderr that is kept. */
  stderrTailBytes: number
  /** Part of a line that was no message which is reported. */
  garbageExcerptBytes: number
  /** After the agent has ended: how long what it wrote is still read, when a child of it holds the pipe open. */
  drainMs: number
  /** After SIGKILL: how long a process may take to be gone before it is reported as remaining. */
  killWaitMs: number
}

export const defaultLimits: AgentLimits = {
  startSeconds: 60,
  newSessionSeconds: 60,
  loadSessionSeconds: 300,
  callSeconds: 60,
  authenticateSeconds: 600,
  cancelSeconds: 30,
  maxMessageBytes: 32 * 1024 * 1024,
  stderrTailBytes: 64 * 1024,
  garbageExcerptBytes: 512,
  drainMs: 2_000,
  killWaitMs: 2_000,
}
