// What can go wrong with an agent, as one typed error with the sentence to show. Knows no surface.
import { stripVTControlCharacters } from 'node:util'

export type AgentFault =
  | 'MISSING'
  | 'NO_FOLDER'
  | 'NOT_STARTED'
  | 'EXITED'
  | 'CLOSED'
  | 'TIMED_OUT'
  | 'AUTH_REQUIRED'
  | 'REFUSED'
  | 'BUSY'
  | 'NOT_OFFERED'

/** How an agent's process ended. `stderrTail` is the end of what it wrote there, raw. */
export interface AgentExit {
  code: number | null
  signal: NodeJS.Signals | null
  stderrTail: string
}

export interface AgentFaultFacts {
  /** The JSON-RPC error the agent answered with. */
  rpc?: { code: number; message: string; data?: unknown }
  exit?: AgentExit
  cause?: unknown
}

/** Every failure of this room. `message` is for a person; act on `fault`, never on the text. */
export class AgentError extends Error {
  readonly fault: AgentFault
  readonly rpc: AgentFaultFacts['rpc']
  readonly exit: AgentExit | undefined

  constructor(fault: AgentFault, message: string, facts: AgentFaultFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.name = 'AgentError'
    this.fault = fault
    this.rpc = facts.rpc
    this.exit = facts.exit
  }

  /** True when the agent wants a login first; its `authMethods` say which. */
  get authRequired(): boolean {
    return this.fault === 'AUTH_REQUIRED'
  }
}

/** The end of the agent in one sentence, with its last words if it left any. */
export function exitedError(exit: AgentExit): AgentError {
  const how = exit.signal === null ? `with code ${exit.code ?? 'unknown'}` : `by ${exit.signal}`
  const words = lastWords(exit.stderrTail)
  const message = `The agent ended ${how}.${words === '' ? '' : ` Its last words: ${words}`}`
  return new AgentError('EXITED', message, { exit })
}

/** Last line with text, without terminal control sequences (T8), at most 300 characters. */
function lastWords(stderrTail: string): string {
  const lines = stripVTControlCharacters(stderrTail)
    .split('\n')
    .map((line) => line.replace(/\p{Cc}/gu, '').trim())
  const last = lines.findLast((line) => line !== '') ?? ''
  return last.length > 300 ? `${last.slice(0, 300)}…` : last
}
