// Turns: one at a time, each with a beginning and an end that waits for nothing but the agent's answer. At its end everything the agent
// left open is closed: text, tool calls, questions, processes of a stopped command.
import type { AgentConnection, ContentBlock } from '../agent/connection.ts'
import { AgentError } from '../agent/failure.ts'
import type { EventBody, TurnEnded } from '../agent/translate/event-body.ts'
import { limits } from './limits.ts'
import { mintId } from './mint.ts'
import type { Publishing } from './publishing.ts'

export type Ending = {
  readonly stopReason: string
  readonly message: string | null
  /** It was stopped here, by a person or to make room for a prompt. */
  readonly wasCancelled: boolean
}

export type Turns = {
  readonly current: { readonly id: string; readonly promptId: string | null; readonly isCancelling: boolean } | null
  /** Runs one turn to its end; never rejects. `heldPrompts` is asked when it ends. */
  run(promptId: string, blocks: ContentBlock[], onStarted: (turnId: string) => void): Promise<Ending>
  /** Resolves when the turn has ended; at once without one. */
  cancel(): Promise<void>
  /** Resolves when no turn runs. */
  ended(): Promise<unknown>
  /** What a tool call looks like now; for upserts that change only a part. */
  sawToolCall(body: EventBody): void
}

const over: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled'])

export function createTurns(options: {
  agent: AgentConnection
  agentSessionId: string
  publishing: Publishing
  onChange: () => void
  /** Asked before the end is told: how many prompts will wait for a person. */
  heldAfter: (ending: Ending) => number
}): Turns {
  const { agent, agentSessionId, publishing, onChange } = options
  let current: { id: string; promptId: string | null; isCancelling: boolean; done: Promise<unknown> } | null = null
  const openCalls = new Map<string, string>()

  async function run(promptId: string, blocks: ContentBlock[], onStarted: (turnId: string) => void): Promise<Ending> {
    const id = mintId('trn')
    let finish = () => {}
    const done = new Promise<void>((resolve) => {
      finish = resolve
    })
    const turn = { id, promptId, isCancelling: false, done }
    current = turn
    publishing.breakText()
    onStarted(id)
    void publishing.record({ turnStarted: { turnId: id, promptId } })
    onChange()
    const before = await agent.family.snapshot().catch(() => [])
    // Cancelled before the agent was told of it: then it is not told.
    const answer = turn.isCancelling ? { stopReason: 'cancelled' } : await answered(blocks)
    const wasCancelled = turn.isCancelling
    publishing.breakText()
    agent.closeQuestions(agentSessionId)
    const leftOpen = closeCalls()
    const isStopped = wasCancelled || answer.stopReason !== 'end_turn' || leftOpen > 0
    const strayProcessesEnded = isStopped ? await endStrays(before) : 0
    const message = 'errorMessage' in answer ? (answer.errorMessage ?? null) : null
    const ending = { stopReason: answer.stopReason, message, wasCancelled }
    current = null
    const heldPrompts = options.heldAfter(ending)
    await publishing.record({ turnEnded: { turnId: id, promptId, ...answer, heldPrompts, strayProcessesEnded } })
    onChange()
    finish()
    return ending
  }

  async function answered(
    blocks: ContentBlock[],
  ): Promise<Pick<TurnEnded, 'stopReason' | 'errorCode' | 'errorMessage'>> {
    try {
      const { stopReason } = await agent.prompt(agentSessionId, blocks)
      return { stopReason }
    } catch (error) {
      const errorMessage = error instanceof Error ? error.message : String(error)
      if (!(error instanceof AgentError)) return { stopReason: 'error', errorCode: 'INTERNAL', errorMessage }
      const isGone = error.fault === 'EXITED' || error.fault === 'CLOSED'
      return { stopReason: isGone ? 'agent_exited' : 'error', errorCode: error.fault, errorMessage }
    }
  }

  function closeCalls(): number {
    const left = [...openCalls.keys()]
    openCalls.clear()
    for (const toolCallId of left) void publishing.record({ toolCallChanged: { toolCallId, endedWithTurn: true } })
    return left.length
  }

  /** A background process that the agent meant to leave running after a clean turn is not touched. */
  async function endStrays(before: Awaited<ReturnType<AgentConnection['family']['snapshot']>>): Promise<number> {
    try {
      return (await agent.family.endStrays(before, limits.strayGraceMs)).ended.length
    } catch {
      return 0
    }
  }

  return {
    get current() {
      return current
    },
    run,
    ended: () => current?.done ?? Promise.resolve(),
    async cancel() {
      const turn = current
      if (turn === null) return
      if (!turn.isCancelling) {
        turn.isCancelling = true
        onChange()
        // An agent that has ended ends its turn as well.
        await agent.cancel(agentSessionId).catch(() => undefined)
      }
      await turn.done
    },
    sawToolCall(body) {
      if (!('toolCallChanged' in body)) return
      const { toolCallId, status } = body.toolCallChanged
      const now = status ?? openCalls.get(toolCallId) ?? 'pending'
      if (over.has(now)) openCalls.delete(toolCallId)
      else openCalls.set(toolCallId, now)
    },
  }
}
