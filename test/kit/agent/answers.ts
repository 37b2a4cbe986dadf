// What a scripted agent answers by itself: everything a client asks that a test does not want to answer by hand.
import { type Arrivals, createArrivals } from './arrivals.ts'
import type { Manner } from './manner.ts'
import type { Id, Incoming, Json, Rpc } from './rpc.ts'
import { configOptions, initializeResult, modesOf } from './shapes.ts'
import { type Turns, textOf } from './turns.ts'

export interface Answers {
  readonly modeSet: Arrivals<string>
  readonly optionSet: Arrivals<{ configId: string; value: unknown }>
  readonly steered: Arrivals<string>
  readonly cancelled: Arrivals<string>
  readonly opened: Arrivals<{ sessionId: string; cwd: string; loaded: boolean }>
  readonly initialized: Arrivals<Json>
  /** The session opened last, and the mode the agent is in. */
  sessionId: string | null
  mode: string
  /** The config options with their present values. */
  options(): Json[]
  answer(rpc: Rpc, incoming: Incoming): void
  /** Tells the client of a mode, in the way the manner confirms. */
  confirmMode(rpc: Rpc, sessionId: string): void
}

/** `past` is what session/load replays. Session ids count up over all launches of one agent. */
export function createAnswers(manner: Manner, turns: Turns, past: readonly Json[], onCancel: () => void): Answers {
  let sessions = 0
  const values = new Map<string, unknown>()
  const answers: Answers = {
    modeSet: createArrivals('a mode to be set'),
    optionSet: createArrivals('an option to be set'),
    steered: createArrivals('steering words'),
    cancelled: createArrivals('session/cancel'),
    opened: createArrivals('a session to be opened'),
    initialized: createArrivals('initialize'),
    sessionId: null,
    mode: manner.modes.start,
    options: () => configOptions(manner, answers.mode, values),
    answer(rpc, incoming) {
      const { method, params, id } = incoming
      if (method === 'session/cancel') {
        answers.cancelled.push(String(params.sessionId))
        if (manner.onCancel === 'obeys') {
          onCancel()
          turns.cancelAll()
        }
      }
      if (id === undefined) return
      const given = byMethod[method]
      if (given) given(rpc, params, id, incoming)
      else rpc.replyError(id, { code: -32601, message: `"Method not found": ${method}` })
    },
    confirmMode(rpc, sessionId) {
      const { confirm } = manner.modes
      const tell = (update: Json) => rpc.notify('session/update', { sessionId, update })
      if (confirm === 'currentModeUpdate') tell({ sessionUpdate: 'current_mode_update', currentModeId: answers.mode })
      if (confirm === 'configOptionUpdate')
        tell({ sessionUpdate: 'config_option_update', configOptions: answers.options() })
      if (confirm === 'text') {
        const content = { type: 'text', text: `[MODE_UPDATE] ${answers.mode}` }
        tell({ sessionUpdate: 'agent_message_chunk', content })
      }
    },
  }

  const open = (rpc: Rpc, sessionId: string, params: Json, id: Id, loaded: boolean): void => {
    answers.sessionId = sessionId
    if (loaded) for (const update of past) rpc.notify('session/update', { sessionId, update })
    rpc.reply(id, { ...(loaded ? {} : { sessionId }), ...modesOf(manner, answers.mode, answers.options()) })
    if (manner.commands.length > 0) {
      const update = { sessionUpdate: 'available_commands_update', availableCommands: manner.commands }
      rpc.notify('session/update', { sessionId, update })
    }
    answers.opened.push({ sessionId, cwd: String(params.cwd), loaded })
  }
  const setMode = (rpc: Rpc, sessionId: string, mode: string, id: Id, result: () => Json): void => {
    if (!manner.modes.ids.includes(mode)) {
      rpc.replyError(id, { code: -32602, message: `no mode ${mode}` })
      return
    }
    answers.mode = mode
    rpc.reply(id, result())
    answers.confirmMode(rpc, sessionId)
    answers.modeSet.push(mode)
  }
  const byMethod: Record<string, (rpc: Rpc, params: Json, id: Id, incoming: Incoming) => void> = {
    initialize(rpc, params, id) {
      rpc.reply(id, initializeResult(manner))
      answers.initialized.push(params)
    },
    authenticate: (rpc, _params, id) => rpc.reply(id, {}),
    'session/new': (rpc, params, id) => open(rpc, `session-${++sessions}`, params, id, false),
    'session/load': (rpc, params, id) =>
      manner.loadsSessions
        ? open(rpc, String(params.sessionId), params, id, true)
        : rpc.replyError(id, { code: -32601, message: 'Method not found' }),
    'session/close': (rpc, _params, id) => rpc.reply(id, {}),
    'session/set_mode'(rpc, params, id) {
      if (manner.modes.via !== 'modes' && manner.modes.via !== 'both')
        return rpc.replyError(id, { code: -32601, message: 'Method not found' })
      setMode(rpc, String(params.sessionId), String(params.modeId), id, () => ({}))
    },
    'session/set_config_option'(rpc, params, id) {
      answers.optionSet.push({ configId: String(params.configId), value: params.value })
      const listed = () => ({ configOptions: answers.options() })
      if (manner.options.some((option) => option.id === params.configId)) {
        values.set(String(params.configId), params.value)
        rpc.reply(id, listed())
        return
      }
      const known = params.configId === 'mode' && manner.modes.via !== 'modes' && manner.modes.via !== 'none'
      if (!known) return rpc.replyError(id, { code: -32602, message: `no option ${String(params.configId)}` })
      setMode(rpc, String(params.sessionId), String(params.value), id, listed)
    },
    'session/prompt': (rpc, _params, id, incoming) => turns.take(rpc, incoming, id),
    '_session/steering'(rpc, params, id) {
      if (!manner.steering) return rpc.replyError(id, { code: -32601, message: 'Method not found' })
      const words = textOf(Array.isArray(params.prompt) ? params.prompt : [])
      rpc.reply(id, { outcome: turns.anyOpen() ? 'injected' : 'promptRequired' })
      answers.steered.push(words)
    },
  }
  return answers
}
