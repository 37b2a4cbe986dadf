// One turn: what a scene may do while it runs. Knows ACP's updates and how to wait for the person, knows no scene.
import { randomUUID } from 'node:crypto'
import {
  type AgentContext,
  type CreateElicitationResponse,
  type ElicitationSchema,
  methods,
  type PermissionOption,
  type RequestPermissionResponse,
  type SessionUpdate,
  type ToolCallUpdate,
} from '@agentclientprotocol/sdk'
import type { Sitting } from './sitting.ts'

export interface Turn {
  readonly sitting: Sitting
  readonly signal: AbortSignal
  /** Tool calls that have not ended: whoever ends the turn closes them. */
  readonly openCalls: Set<string>
  update(update: SessionUpdate): Promise<void>
  /** Streams markdown in small chunks, then answers what the person has added meanwhile. */
  say(markdown: string): Promise<void>
  think(text: string): Promise<void>
  pause(ms: number): Promise<void>
  /** Words injected into the running turn. */
  steer(words: string): void
  /** The injected words no scene has used yet; they are used up by this call. */
  takeWords(): string[]
  /** The id of the option chosen, or null if the person chose none. */
  ask(toolCall: ToolCallUpdate, options: PermissionOption[]): Promise<string | null>
  /** The answers of a form, or null if it was declined. Only call it if the sitting can show forms. */
  form(message: string, schema: ElicitationSchema): Promise<Record<string, unknown> | null>
  /** Adds pretended tokens and reports them. */
  spend(tokens: number): Promise<void>
}

/** Every wait in a turn rejects as soon as `signal` aborts: cancel takes effect wherever the scene is. */
export function createTurn(sitting: Sitting, agent: AgentContext, signal: AbortSignal): Turn {
  const { id: sessionId, pace } = sitting
  const inbox: string[] = []
  const words: string[] = []

  const update = async (update: SessionUpdate): Promise<void> => {
    signal.throwIfAborted()
    await agent.notify(methods.client.session.update, { sessionId, update })
  }
  const stream = async (kind: 'agent_message_chunk' | 'agent_thought_chunk', text: string): Promise<void> => {
    const messageId = randomUUID()
    for (const chunk of chunksOf(text)) {
      await update({ sessionUpdate: kind, messageId, content: { type: 'text', text: chunk } })
      await pace.pause(60, signal)
    }
  }
  /** The other side may take for ever over its answer; an abort must not wait for it. */
  const unlessAborted = async <T>(answer: Promise<T>): Promise<T> => {
    answer.catch(() => {})
    return await new Promise<T>((resolve, reject) => {
      const abort = () => reject(signal.reason)
      if (signal.aborted) abort()
      signal.addEventListener('abort', abort, { once: true })
      answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
    })
  }
  const turn: Turn = {
    sitting,
    signal,
    openCalls: new Set(),
    update,
    async say(markdown) {
      await stream('agent_message_chunk', `${markdown}\n\n`)
      for (const added of inbox.splice(0)) {
        words.push(added)
        await stream('agent_message_chunk', `You added: “${added}”. I take that along from here.\n\n`)
      }
    },
    async think(text) {
      await stream('agent_thought_chunk', `${text}\n`)
      await pace.pause(350, signal)
    },
    pause: (ms) => pace.pause(ms, signal),
    steer: (added) => void inbox.push(added),
    takeWords: () => [...words.splice(0), ...inbox.splice(0)],
    async ask(toolCall, options) {
      const params = { sessionId, toolCall, options }
      const asked: Promise<RequestPermissionResponse> = agent.request(
        methods.client.session.requestPermission,
        params,
        { cancellationSignal: signal },
      )
      const { outcome } = await unlessAborted(asked)
      return outcome.outcome === 'selected' && 'optionId' in outcome ? String(outcome.optionId) : null
    },
    async form(message, requestedSchema) {
      const params = { mode: 'form' as const, sessionId, message, requestedSchema }
      const asked: Promise<CreateElicitationResponse> = agent.request(methods.client.elicitation.create, params, {
        cancellationSignal: signal,
      })
      const answer = await unlessAborted(asked)
      if (answer.action !== 'accept') return null
      return 'content' in answer && answer.content ? { ...answer.content } : {}
    },
    async spend(tokens) {
      sitting.tokens += tokens
      const amount = Math.round(sitting.tokens * 0.0003) / 100
      await update({
        sessionUpdate: 'usage_update',
        used: sitting.tokens,
        size: 200_000,
        cost: { amount, currency: 'USD' },
      })
    },
  }
  return turn
}

/** Three words at a time, white space kept, so that joined chunks give back the text. */
function chunksOf(text: string): string[] {
  return text.match(/(?:\S+\s*|\s+){1,3}/g) ?? []
}
