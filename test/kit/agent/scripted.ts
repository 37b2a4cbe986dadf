// A real ACP agent process that does and says what a test tells it, while it runs. The test holds the script; the process
// is only its mouth and ears.
//   const agent = await createScriptedAgent()
//   … launch agent.command with agent.args and agent.env …
//   const prompt = await agent.prompted()
//   await agent.says('Looking.')
//   const asked = await agent.asks({ title: 'rm -rf build' })
//   expect(await asked.answered()).toBe('deny')
//   agent.ends()
import { program } from '../programs.ts'
import { createAnswers } from './answers.ts'
import { createArrivals, patienceMs, within } from './arrivals.ts'
import { createControl, type Launch } from './control.ts'
import { type Manner, plain } from './manner.ts'
import { createRpc, type Id, type Json, type Outgoing, type Rpc } from './rpc.ts'
import { allowOrDeny, type Option, planRequest, textContent } from './shapes.ts'
import { createTurns, type Prompted } from './turns.ts'

/** A question on its way to the person. */
export interface Asked {
  readonly id: Id
  readonly toolCallId: string
  /** The optionId chosen, or `cancelled`. Rejects if the client answers with an error or not within the deadline. */
  answered(withinMs?: number): Promise<string>
  /** The answer as it came, with whatever else the client put into it. */
  raw(withinMs?: number): Promise<Json>
  /** Takes the question back, as Claude and Codex do on cancel. */
  withdraw(): void
}

export interface Question {
  readonly title: string
  readonly kind?: string
  readonly options?: readonly Option[]
  readonly toolCallId?: string
  /** Whether a tool_call comes first; by default as the manner does it. */
  readonly announced?: boolean
  /** Further fields of the tool call: content, locations, rawInput, _meta. */
  readonly toolCall?: Json
  readonly command?: string
}

export type ScriptedAgent = Awaited<ReturnType<typeof createScriptedAgent>>

/**
 * `manner` says where this agent differs from a plain one; `past` is what session/load replays. Verbs act on the process
 * launched last and its session opened last; those that wait have a deadline. `close` ends every process it has started.
 */
export async function createScriptedAgent(options: Partial<Manner> & { past?: readonly Json[] } = {}) {
  const { past = [], ...differences } = options
  const manner: Manner = { ...plain, ...differences }
  const launches = createArrivals<Launch>('the agent to be launched')
  const questions = new Set<Id>()
  const turns = createTurns(manner)
  let current: { launch: Launch; rpc: Rpc } | null = null
  let toolCalls = 0

  const withdrawAll = () => {
    if (!manner.withdrawsOnCancel) return
    for (const id of questions) here().rpc.notify('$/cancel_request', { requestId: id })
    questions.clear()
  }
  const answers = createAnswers(manner, turns, past, withdrawAll)
  const control = await createControl((launch) => {
    const write = (line: string) =>
      launch.order({ order: 'write', base64: Buffer.from(`${line}\n`).toString('base64') })
    const rpc = createRpc(write, (incoming) => answers.answer(rpc, incoming))
    current = { launch, rpc }
    // A new process knows no mode, turn or question of the one before it.
    answers.mode = manner.modes.start
    turns.forget()
    questions.clear()
    launches.push(launch)
    return rpc.hear
  })
  const here = () => {
    if (!current) throw new Error('the scripted agent has not been launched yet')
    return current
  }
  const session = (): string => {
    if (answers.sessionId === null) throw new Error('no session has been opened yet')
    return answers.sessionId
  }
  const update = (update: Json, sessionId = session()): void =>
    here().rpc.notify('session/update', { sessionId, update })
  const track = (outgoing: Outgoing, toolCallId: string): Asked => {
    questions.add(outgoing.id)
    const settled = () => void questions.delete(outgoing.id)
    outgoing.result.then(settled, settled)
    const raw = (withinMs = patienceMs) => within(outgoing.result, withinMs, `an answer to ${toolCallId}`)
    return {
      id: outgoing.id,
      toolCallId,
      raw,
      async answered(withinMs) {
        const { outcome, action } = await raw(withinMs)
        if (typeof action === 'string') return action
        const { outcome: how, optionId } = (outcome ?? {}) as Json
        return how === 'selected' ? String(optionId) : String(how)
      },
      withdraw: () => here().rpc.notify('$/cancel_request', { requestId: outgoing.id }),
    }
  }
  const requestPermission = (
    toolCall: Json & { toolCallId: string },
    choices: readonly Option[],
    announced: boolean,
  ): Asked => {
    if (announced) update({ sessionUpdate: 'tool_call', status: 'pending', ...toolCall })
    const params = { sessionId: session(), toolCall, options: choices }
    return track(here().rpc.request('session/request_permission', params), toolCall.toolCallId)
  }

  const { onStdinClosed, onSigterm } = manner
  const obedience = { port: control.port, token: control.token, onStdinClosed, onSigterm }
  return {
    manner,
    command: process.execPath,
    args: program('scripted-agent'),
    env: { OFFDESK_SCRIPTED_AGENT: JSON.stringify(obedience) } as Record<string, string>,

    /** The next process that comes up: its pid, folder and arguments. */
    launched: launches.next,
    initialized: answers.initialized.next,
    opened: answers.opened.next,
    prompted: (withinMs?: number): Promise<Prompted> => turns.arrived.next(withinMs),
    cancelled: answers.cancelled.next,
    modeSet: answers.modeSet.next,
    optionSet: answers.optionSet.next,
    steered: answers.steered.next,
    /** Requests and notifications of the running process, as they came. */
    received: () => here().rpc.received.all,
    /** How many prompts have come since the agent was made. */
    promptCount: () => turns.arrived.all.length,
    pid: () => here().launch.pid,
    signals: () => here().launch.signals,
    gone: (withinMs = patienceMs) => within(here().launch.gone, withinMs, 'the agent to leave'),
    stdinClosed: (withinMs = patienceMs) => within(here().launch.stdinClosed, withinMs, 'stdin to be closed'),
    sessionId: session,

    update,
    says: (text: string, extra: Json = {}) =>
      update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text }, ...extra }),
    thinks: (text: string) => update({ sessionUpdate: 'agent_thought_chunk', content: { type: 'text', text } }),
    lists: (entries: readonly { content: string; status: string; priority?: string }[]) =>
      update({ sessionUpdate: 'plan', entries: entries.map((entry) => ({ priority: 'medium', ...entry })) }),
    spends: (used: number, amount?: number) =>
      update({
        sessionUpdate: 'usage_update',
        used,
        size: 200_000,
        ...(amount === undefined ? {} : { cost: { amount, currency: 'USD' } }),
      }),
    titles: (title: string) => update({ sessionUpdate: 'session_info_update', title }),
    offers: (commands: Manner['commands']) =>
      update({ sessionUpdate: 'available_commands_update', availableCommands: commands }),
    /** Changes mode by itself, and tells it as the manner does. */
    switchesMode(id: string) {
      answers.mode = id
      answers.confirmMode(here().rpc, session())
    },
    /** Begins a tool call; returns its id. */
    starts(title: string, fields: Json = {}): string {
      const toolCallId = `call-${++toolCalls}`
      update({ sessionUpdate: 'tool_call', toolCallId, title, kind: 'execute', status: 'in_progress', ...fields })
      return toolCallId
    },
    /** Text output and status of a tool call. */
    reports: (toolCallId: string, text: string, status = 'completed') =>
      update({ sessionUpdate: 'tool_call_update', toolCallId, status, content: [textContent(text)] }),

    /** Asks for permission. */
    asks({
      title,
      kind = 'execute',
      options: choices = allowOrDeny,
      toolCallId = `call-${++toolCalls}`,
      command,
      toolCall,
      announced,
    }: Question): Asked {
      const rawInput = command === undefined ? {} : { rawInput: { command } }
      const call = { toolCallId, title, kind, ...rawInput, ...toolCall }
      return requestPermission(call, choices, announced ?? manner.announcesToolCalls)
    },
    /** Asks for approval of a plan, in the manner's style or another. */
    proposes(plan: string, style = manner.plans): Asked {
      if (style === 'none') throw new Error(`${manner.name} never asks for a plan's approval`)
      const { toolCall, options: choices } = planRequest(style, plan, String(++toolCalls))
      return requestPermission(toolCall, choices, manner.announcesToolCalls)
    },
    /** Asks a question by form. `answered` gives accept, decline or cancel; `raw` has the content. */
    asksForm(question: string, properties: Json, extra: Json = {}): Asked {
      const requestedSchema = { type: 'object', properties, ...extra }
      const params = { mode: 'form', sessionId: session(), message: question, requestedSchema }
      return track(here().rpc.request('elicitation/create', params), question)
    },
    /** Any other request to the client, e.g. a vendor's own. */
    requests: (method: string, params: Json): Outgoing => here().rpc.request(method, params),

    ends: (stopReason = 'end_turn', extra: Json = {}) => turns.end({ stopReason, ...extra }),
    fails: (error: { code: number; message: string; data?: unknown }) => turns.fail(error),

    /** Puts a line on stdout exactly as given, with a line break after it. */
    writes: (line: string | Buffer) =>
      here().launch.order({
        order: 'write',
        base64: Buffer.concat([Buffer.from(line), Buffer.from('\n')]).toString('base64'),
      }),
    complains: (text: string) => here().launch.order({ order: 'complain', text }),
    exits: (code = 0) => here().launch.order({ order: 'exit', code }),
    dies: (signal: NodeJS.Signals = 'SIGKILL') => here().launch.order({ order: 'signal', signal }),
    /** Stops reading, writing and hearing signals, until it is killed or the seconds are over. */
    async hangs(seconds = 60) {
      here().launch.order({ order: 'hang', seconds })
      await within(here().launch.hanging, patienceMs, 'the agent to hang')
    },
    /** Starts a child that outlives the turn (in a group of its own if `detached`); returns its pid. */
    spawnsStray: (stray: { seconds?: number; detached?: boolean } = {}) =>
      here().launch.spawn({ seconds: stray.seconds ?? 60, detached: stray.detached ?? false }),
    close: control.close,
  }
}
