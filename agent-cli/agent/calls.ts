// Calls to the agent that always end: with its answer, its refusal, its death, a time limit or the caller's signal.
// Knows the SDK's errors, no ACP method.
import { type ClientContext, RequestError } from '@agentclientprotocol/sdk'
import { AgentError, type AgentExit, exitedError } from './failure.ts'

export interface Calls {
  /**
   * Asks the agent. Resolves with its raw result; rejects with AgentError (REFUSED, AUTH_REQUIRED, TIMED_OUT, EXITED, CLOSED) or with
   * the signal's reason. On time-out and abort the agent is told by `$/cancel_request` and its later answer is dropped.
   */
  ask(method: string, params: unknown, limits: { seconds?: number; signal?: AbortSignal | undefined }): Promise<unknown>
  /** Tells the agent. Rejects with AgentError EXITED or CLOSED. */
  tell(method: string, params: unknown): Promise<void>
}

/** `exited` resolves at the agent's end; `closing` is true when the end is our doing. */
export function createCalls(agent: ClientContext, exited: Promise<AgentExit>, closing: () => boolean): Calls {
  /** The SDK's pending promises reject when the stream ends, a little before the exit code is known. */
  async function gone(): Promise<AgentError> {
    const exit = await exited
    return closing() ? new AgentError('CLOSED', 'The agent was ended here.', { exit }) : exitedError(exit)
  }

  async function asAgentError(error: unknown): Promise<AgentError> {
    if (!(error instanceof RequestError)) return gone()
    const { code, message, data } = error
    const rpc = { code, message, data }
    if (code === -32000) {
      return new AgentError('AUTH_REQUIRED', 'The agent wants you to log in first.', { rpc, cause: error })
    }
    return new AgentError('REFUSED', `The agent refused: ${message}`, { rpc, cause: error })
  }

  return {
    async ask(method, params, { seconds, signal }) {
      signal?.throwIfAborted()
      const stop = new AbortController()
      const onAbort = () => stop.abort(signal?.reason)
      signal?.addEventListener('abort', onAbort, { once: true })
      const timer =
        seconds === undefined ? undefined : setTimeout(() => stop.abort(timedOut(method, seconds)), seconds * 1_000)
      try {
        return await agent.request(method, params, { cancellationSignal: stop.signal, stopWaitingOnCancel: true })
      } catch (error) {
        if (stop.signal.aborted) throw stop.signal.reason
        throw await asAgentError(error)
      } finally {
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
      }
    },
    async tell(method, params) {
      try {
        await agent.notify(method, params)
      } catch {
        throw await gone()
      }
    },
  }
}

export function timedOut(method: string, seconds: number): AgentError {
  const message = `The agent did not answer "${method}" within ${seconds} seconds. It may hang: end it and start it again.`
  return new AgentError('TIMED_OUT', message)
}
