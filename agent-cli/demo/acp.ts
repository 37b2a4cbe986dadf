// The demo as an ACP agent: sessions, turns, modes, steering and cancel. Knows no scene but the one that plays a prompt.
import { randomUUID } from 'node:crypto'
import {
  type AgentApp,
  type AgentContext,
  agent,
  type ContentBlock,
  methods,
  PROTOCOL_VERSION,
  RequestError,
} from '@agentclientprotocol/sdk'
import { modeNamed, modeState, paceOption, paces } from './modes.ts'
import { playPrompt, slashCommands } from './scenes/choose.ts'
import { createSitting, type Sitting } from './sitting.ts'
import { createTurn, type Turn } from './turn.ts'

interface Running {
  readonly turn: Turn
  readonly cancel: AbortController
  readonly over: Promise<unknown>
}

/** The agent to connect to a stream. `close` ends every turn and deletes the scratch folders the demo made. */
export function createDemoAgent(): { app: AgentApp; close(): void } {
  const sittings = new Map<string, Sitting>()
  const running = new Map<string, Running>()
  let canAsk = false

  const sittingOf = (id: string): Sitting => {
    const sitting = sittings.get(id)
    if (!sitting) throw RequestError.resourceNotFound(id)
    return sitting
  }
  const cancelTurn = async (id: string): Promise<void> => {
    const current = running.get(id)
    current?.cancel.abort()
    await current?.over
  }
  const leave = (id: string): void => {
    running.get(id)?.cancel.abort()
    sittings.get(id)?.scratch.close()
    sittings.delete(id)
  }
  const runTurn = async (sitting: Sitting, client: AgentContext, prompt: string): Promise<'end_turn' | 'cancelled'> => {
    const cancel = new AbortController()
    const turn = createTurn(sitting, client, cancel.signal)
    const played = playPrompt(turn, prompt)
    running.set(sitting.id, { turn, cancel, over: played.catch(() => {}) })
    try {
      await played
      return 'end_turn'
    } catch (error) {
      if (!cancel.signal.aborted) throw error
      return 'cancelled'
    } finally {
      for (const toolCallId of turn.openCalls) {
        const update = { sessionUpdate: 'tool_call_update' as const, toolCallId, status: 'failed' as const }
        await client.notify(methods.client.session.update, { sessionId: sitting.id, update }).catch(() => {})
      }
      if (running.get(sitting.id)?.turn === turn) running.delete(sitting.id)
    }
  }

  const app = agent({ name: 'offdesk-demo' })
    .onRequest(methods.agent.initialize, ({ params }) => {
      canAsk = Boolean(params.clientCapabilities?.elicitation?.form)
      return {
        protocolVersion: PROTOCOL_VERSION,
        agentInfo: { name: 'offdesk-demo', title: 'Offdesk demo agent', version: '1' },
        agentCapabilities: { promptCapabilities: { embeddedContext: true, image: true } },
        authMethods: [],
        _meta: { steering: { supported: true } },
      }
    })
    .onRequest(methods.agent.session.new, ({ params, client }) => {
      const sitting = createSitting(randomUUID(), params.cwd, canAsk)
      sittings.set(sitting.id, sitting)
      // Updates may name a session only once the client knows it, so this follows the answer.
      setImmediate(() => {
        const update = { sessionUpdate: 'available_commands_update' as const, availableCommands: [...slashCommands] }
        client.notify(methods.client.session.update, { sessionId: sitting.id, update }).catch(() => {})
      })
      return { sessionId: sitting.id, modes: modeState(sitting.mode), configOptions: [paceOption(sitting.paceName)] }
    })
    .onRequest(methods.agent.session.setMode, async ({ params, client }) => {
      const sitting = sittingOf(params.sessionId)
      const mode = modeNamed(params.modeId)
      if (!mode)
        throw RequestError.invalidParams({ modeId: params.modeId }, 'The demo has the modes plan, default and auto.')
      sitting.mode = mode
      const update = { sessionUpdate: 'current_mode_update' as const, currentModeId: mode }
      await client.notify(methods.client.session.update, { sessionId: sitting.id, update })
      return {}
    })
    .onRequest(methods.agent.session.setConfigOption, ({ params }) => {
      const sitting = sittingOf(params.sessionId)
      const name = String(params.value)
      const factor = Object.hasOwn(paces, name) ? paces[name] : undefined
      if (params.configId !== 'pace' || factor === undefined)
        throw RequestError.invalidParams({ configId: params.configId })
      sitting.paceName = name
      sitting.pace.factor = factor
      return { configOptions: [paceOption(name)] }
    })
    .onRequest(methods.agent.session.prompt, async ({ params, client }) => {
      const sitting = sittingOf(params.sessionId)
      // Two prompts may wait for the same turn to end: only one may follow it.
      while (running.has(sitting.id)) await cancelTurn(sitting.id)
      return { stopReason: await runTurn(sitting, client, textOf(params.prompt)) }
    })
    .onNotification(methods.agent.session.cancel, ({ params }) => cancelTurn(params.sessionId))
    .onRequest(methods.agent.session.close, async ({ params }) => {
      sittingOf(params.sessionId)
      await cancelTurn(params.sessionId)
      leave(params.sessionId)
      return {}
    })
    .onRequest('_session/steering', readSteering, ({ params }) => {
      sittingOf(params.sessionId)
      const current = running.get(params.sessionId)
      if (!current || current.cancel.signal.aborted) return { outcome: 'promptRequired' }
      current.turn.steer(params.words)
      return { outcome: 'injected' }
    })

  return {
    app,
    close() {
      for (const id of [...sittings.keys()]) leave(id)
    },
  }
}

function textOf(prompt: readonly ContentBlock[]): string {
  return prompt.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n')
}

function readSteering(params: unknown): { sessionId: string; words: string } {
  if (typeof params === 'object' && params !== null && 'sessionId' in params && 'prompt' in params) {
    const { sessionId, prompt } = params
    if (typeof sessionId === 'string' && Array.isArray(prompt))
      return { sessionId, words: textOf(prompt.filter(isBlock)) }
  }
  throw RequestError.invalidParams(undefined, 'Steering needs sessionId and prompt.')
}

function isBlock(value: unknown): value is ContentBlock {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    (value.type !== 'text' || ('text' in value && typeof value.text === 'string'))
  )
}
