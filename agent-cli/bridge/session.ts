// Puts one session together from its rooms and gives it to its caller. The public face of the bridge; knows no terminal.

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { AgentConnection } from '../agent/connection.ts'
import type { EventBody } from '../agent/translate/event-body.ts'
import { other } from '../agent/translate/update.ts'
import { lower } from '../remote/roster.ts'
import { readMachine } from '../rules/machine.ts'
import { createAsking } from './asking.ts'
import { blocksOf } from './attachments.ts'
import { createBoard } from './board.ts'
import { createCommands } from './commands.ts'
import type { BridgeSession, SessionOptions } from './contract.ts'
import { BridgeError } from './contract.ts'
import { createDecisions } from './decisions.ts'
import { hostAgent } from './hosted-agent.ts'
import { limits } from './limits.ts'
import { mintId } from './mint.ts'
import { createModes, type Modes } from './modes.ts'
import { host, terminal } from './origin.ts'
import { createPublishing } from './publishing.ts'
import { createQueue } from './queue.ts'
import { createRemote } from './remote-switch.ts'
import { openRuling, tellRefused } from './ruling.ts'
import { createRunner } from './runner.ts'
import { snapshotOf } from './snapshot.ts'
import { openSession } from './starting.ts'
import { createTurns, type Turns } from './turns.ts'
import { createUpdates } from './updates.ts'
import type { JournalView, Rung } from './view.ts'
import { saidOf, wordsGo } from './words.ts'

export * from './contract.ts'
export { recoverSessions } from './recovery.ts'
export type * from './view.ts'

/**
 * Starts the agent and gives back the session when the agent is ready for a prompt. Rejects with AgentError or JournalError, whose message
 * is the sentence to show, and leaves nothing running. Remote is off.
 */
export async function createSession(options: SessionOptions): Promise<BridgeSession> {
  const machine = await readMachine(options.machine)
  const ruling = await openRuling(options, machine)
  const ceiling: Rung = lower(options.ceiling ?? 'STEER', ruling.most)
  const { agent, cwd, isHeadless: headless = false } = options
  const { preset } = agent
  const { journal, epoch, place, view, loadSessionId } = await openSession(options, ceiling)
  const attachmentId = mintId('att')
  const board = createBoard(view)
  const publishing = createPublishing({ board, journal, epoch, mintId, onJournal: showJournal })
  let connection: AgentConnection | null = null
  let agentSessionId: string | null = null
  let modes: Modes | null = null
  // The agent speaks before the rooms below exist.
  let running: Turns | null = null
  let isClosing: Promise<void> | null = null

  const updates = createUpdates({
    publishing,
    modes: () => modes,
    agentSessionId: () => agentSessionId,
    onToolCall: (body) => running?.sawToolCall(body),
  })
  const decisions = createDecisions({
    publishing,
    epoch,
    cwd,
    isCancelling: () => running?.current?.isCancelling === true || isClosing !== null,
    onAnswered: (answered) => void followUp(answered),
  })
  const asking = createAsking({
    ...{ decisions, updates, publishing, preset, cwd },
    canSteer: () => connection?.answers.canSteer === true,
    isHostAutopilot: () => modes?.isHostAutopilot === true,
  })

  const hosted = await hostAgent({
    session: options,
    loadSessionId,
    whileLoading: (isLoading) => {
      updates.isReplaying = isLoading
    },
    handlers: {
      onUpdate: (params) => updates.take(params),
      onPermission: (params, signal) => asking.onPermission(params, signal),
      onElicitation: (params, signal) => asking.onElicitation(params, signal),
      onGarbage: ({ why, excerpt, bytes }) => {
        const title = `The agent wrote ${bytes} bytes that are no message (${why}).`
        void publishing.record({ noticeShown: { severity: 'warning', title, description: excerpt } })
      },
      onUnknownRequest: (method, params) => {
        void publishing.record(other(method, params ?? null))
      },
      onHandlerError: (error) => {
        void publishing.record({
          noticeShown: {
            severity: 'error',
            title: `Offdesk failed to handle something the agent said: ${String(error)}`,
          },
        })
      },
      onExit: ({ code, signal }) => void agentExited(code, signal),
    },
  }).catch(async (error: unknown) => {
    await publishing.close()
    await journal.close()
    // A session that never began leaves no row behind.
    if (options.resumeSessionId === undefined)
      await rm(join(options.dataDir, 'sessions', journal.id), { recursive: true, force: true })
    throw error
  })
  connection = hosted.connection
  agentSessionId = hosted.agentSessionId
  const acp = hosted.connection
  const acpSessionId = hosted.agentSessionId

  const queue = createQueue({
    publishing,
    onChange: () => board.change((now) => ({ ...now, queueHeld: queue.heldBecause })),
  })
  const turns = createTurns({
    ...{ agent: acp, agentSessionId: acpSessionId, publishing },
    onChange: showTurn,
    heldAfter: (ending) => {
      updates.forgetCalls()
      return runner.heldAfter(ending)
    },
  })
  running = turns
  const sessionModes = createModes({
    ...{ started: hosted.started, preset, publishing },
    steps: {
      setMode: (modeId) => acp.setMode(acpSessionId, modeId),
      setConfigOption: (configId, value) => acp.setConfigOption(acpSessionId, configId, value),
    },
    isWorking: () => turns.current !== null,
    onOptions: () => void publishing.record(configured()),
  })
  modes = sessionModes
  const runner = createRunner({
    ...{ queue, turns, modes: sessionModes, canSteer: acp.answers.canSteer },
    steer: (blocks) => acp.steer(acpSessionId, blocks),
    blocksOf: (prompt) => {
      const call = remote.live?.link.callFor(journal.id) ?? null
      return blocksOf(prompt, {
        bodies: journal.bodies,
        call,
        sessionId: journal.id,
        takesImages: acp.answers.takes.image,
      })
    },
    onPromptText: (text) => {
      updates.promptText = text
    },
  })
  const remote = createRemote({
    ...{ options, ceiling, epoch, board, journal, publishing, machine, ruling },
    start: (hostId) => {
      const { id, createdAt } = board.view.session
      const name = options.name ?? journal.meta.facts.title
      return {
        ...{ id, hostId, epoch, attachmentId, agent: agentInfo(), cwd, createdAt, ceiling, name },
        ...place,
        headless,
      }
    },
    snapshot: () => snapshotOf(board.view),
    takeCommands: ({ link, settlements }) =>
      createCommands({
        ...{
          hostId: link.identity.hostId,
          sessionId: journal.id,
          ledger: journal.ledger,
          settlements,
          roster: link.roster,
          decisions,
          modes: sessionModes,
          queue,
          runner,
          turns,
        },
        ceiling: () => ceiling,
        rules: () => ruling.standing(link.policy),
        sessionRefusal: () => ruling.refusal(link.policy),
        onRuledOut: (refusal, command) => tellRefused(publishing, refusal, command),
        stop: (reason) => void close(reason),
      }),
  })

  function agentInfo() {
    const version = acp.answers.version
    return { id: agent.id, name: agent.name, ...(version !== null && { version }) }
  }

  function configured(): EventBody {
    const facts = { agent: agentInfo(), capabilities: [...hosted.capabilities] }
    return { sessionConfigured: { ...facts, modes: [...sessionModes.list], options: [...sessionModes.options] } }
  }

  function showTurn(): void {
    const turn = turns.current
    board.change((now) =>
      now.turn === null || turn === null ? now : { ...now, turn: { ...now.turn, isCancelling: turn.isCancelling } },
    )
  }

  function journalFailed(error: unknown): void {
    showJournal({ state: 'failed', message: error instanceof Error ? error.message : String(error) })
  }

  function showJournal(given: JournalView): void {
    board.change((now) => ({ ...now, journal: given }))
  }

  /** What an answer brings with it: words for the agent (D7), a mode after a plan (C3). */
  async function followUp(answered: Parameters<typeof saidOf>[0]): Promise<void> {
    // The answer itself goes to the agent first.
    await new Promise((resolve) => setImmediate(resolve))
    const { thenMode, words, origin, decision } = answered
    const mode = thenMode === null ? undefined : sessionModes.list.find((each) => each.canonical === thenMode)
    try {
      if (mode !== undefined) await sessionModes.set(mode.id, origin)
      if (words === null) return
      const isSameTurn = wordsGo(decision.kind, acp.answers.canSteer, preset) === 'SAME_TURN'
      await (isSameTurn ? runner.sayNow(saidOf(answered), origin) : runner.sayNext(saidOf(answered), origin))
    } catch (error) {
      const title = `What followed an answer failed: ${error instanceof Error ? error.message : String(error)}`
      void publishing.record({ noticeShown: { severity: 'error', title } })
    }
  }

  async function agentExited(exitCode: number | null, signal: string | null): Promise<void> {
    if (isClosing !== null) return
    const how = signal === null ? `with code ${exitCode ?? 'unknown'}` : `by ${signal}`
    const detail = `The agent ended ${how}. Prompts are kept; start the session again to go on.`
    runner.end(detail)
    // Its turn ends first, so that no reader sees a prompt run in an agent that is gone.
    await turns.ended()
    void publishing.record({ agentExited: { exitCode, signal, detail } })
    await journal.meta.update({ pid: null }).catch(() => undefined)
  }

  function close(reason = 'Ended at the terminal.'): Promise<void> {
    isClosing ??= end(reason)
    return isClosing
  }

  async function end(reason: string): Promise<void> {
    runner.end(reason)
    void turns.cancel()
    await acp.close(limits.agentGraceMs)
    // Its turn ends with it; then nothing more is said.
    await turns.cancel()
    await publishing.inOrder(async () => undefined)
    const isTold = await remote.farewell(reason)
    await publishing.close()
    const untold = isTold === null ? {} : { untold: isTold ? null : reason }
    await journal.meta.update({ pid: null, ended: true, endReason: reason, ...untold }).catch(() => undefined)
    await journal.close()
    board.change((now) => ({ ...now, state: 'ENDED', stateDetail: reason, stateSince: new Date().toISOString() }))
  }

  await journal.meta.update({ pid: acp.pid, agentSessionId: acpSessionId, attachmentId }).catch(journalFailed)
  void publishing.record(configured())
  for (const title of journal.warnings) void publishing.record({ noticeShown: { severity: 'warning', title } })
  const { effective } = sessionModes
  if (effective !== null) void publishing.record({ modeChanged: { effective, origin: host } })
  board.change((now) => ({ ...now, state: now.state === 'STARTING' ? 'IDLE' : now.state }))

  return {
    id: journal.id,
    view: () => board.view,
    subscribe: (listener) => board.subscribe(listener),
    prompt(text, { delivery, modeId } = {}) {
      const how = { origin: terminal, ...(delivery && { delivery }), ...(modeId && { modeId }) }
      if (isClosing !== null) throw new BridgeError('SESSION_ENDED', 'This session has ended.')
      return runner.send(text, how)
    },
    async editPrompt(promptId, change) {
      await queue.edit(promptId, change)
      if (change.delivery === 'NOW') await runner.hurry()
    },
    withdrawPrompt: (promptId) => queue.withdraw(promptId),
    async releaseQueue() {
      queue.release()
      runner.kick()
    },
    answer: async (decisionId, answer) => decisions.answer(decisionId, answer, terminal).settlement,
    setMode: (modeId) => sessionModes.set(modeId, terminal),
    async cancelTurn() {
      if (turns.current !== null || !runner.stopStarting()) await turns.cancel()
    },
    notice: (title) => void publishing.record({ noticeShown: { severity: 'warning', title } }),
    remote,
    close,
  }
}
