// One event into what is shown. Pure: the same events give the same view, here and after a restart.
import type { EventKinds } from '../agent/translate/event-body.ts'
import type { Happened } from './happened.ts'
import { titled } from './naming.ts'
import { transcribed } from './transcript.ts'
import type { OpenDecision, QueuedPrompt, SessionView } from './view.ts'

export function folded(view: SessionView, happened: Happened): SessionView {
  const transcript = transcribed(view, happened)
  const session = titled(view.session, happened.body)
  const isSame = transcript === view.transcript && session === view.session
  return facts(isSame ? view : { ...view, transcript, session }, happened)
}

function facts(view: SessionView, { body, at, epoch }: Happened): SessionView {
  if ('turnStarted' in body) {
    const { turnId, promptId } = body.turnStarted
    const turn = { id: turnId, promptId: promptId ?? null, since: at, isCancelling: false }
    return { ...view, turn, state: 'WORKING', stateDetail: null, stateSince: at }
  }
  if ('turnEnded' in body) {
    const { stopReason, errorMessage } = body.turnEnded
    const isIdle = stopReason === 'end_turn' || stopReason === 'cancelled'
    const stateDetail = isIdle ? null : (errorMessage ?? stopReason)
    return { ...view, turn: null, state: isIdle ? 'IDLE' : 'STOPPED', stateDetail, stateSince: at }
  }
  if ('agentExited' in body) {
    return { ...view, turn: null, state: 'STOPPED', stateDetail: body.agentExited.detail, stateSince: at }
  }
  if ('decisionOpened' in body)
    return { ...view, decisions: [...view.decisions, opened(body.decisionOpened, at, epoch)] }
  if ('decisionSettled' in body) {
    const { decisionId } = body.decisionSettled
    return { ...view, decisions: view.decisions.filter((each) => each.id !== decisionId) }
  }
  if ('promptChanged' in body) return { ...view, prompts: queued(view.prompts, body.promptChanged) }
  if ('modeChanged' in body) {
    const { effective, requested } = body.modeChanged
    return { ...view, mode: { ...view.mode, effective, requested: requested ?? null } }
  }
  if ('sessionConfigured' in body) {
    const { agent, capabilities, modes, options } = body.sessionConfigured
    const session = { ...view.session, agent, capabilities }
    return { ...view, session, mode: { ...view.mode, list: modes }, options: options ?? [] }
  }
  if ('planChanged' in body) return { ...view, plan: body.planChanged.entries }
  if ('slashCommandsChanged' in body) return { ...view, slashCommands: body.slashCommandsChanged.commands }
  if ('usageChanged' in body) {
    const { used, size, costAmount, costCurrency } = body.usageChanged
    return { ...view, usage: { used, size, costAmount: costAmount ?? null, costCurrency: costCurrency ?? null } }
  }
  return view
}

function opened(body: EventKinds['decisionOpened'], openedAt: string, epoch: number): OpenDecision {
  const {
    decisionId: id,
    kind,
    title,
    evidence,
    evidenceDigest,
    toolCallId,
    toolKind,
    cwd,
    paths,
    plan,
    options,
    questions,
    wordsGo,
  } = body
  return {
    ...{ id, epoch, kind, title, evidence, evidenceDigest, options, wordsGo, openedAt },
    ...{ toolCallId: toolCallId ?? null, toolKind: toolKind ?? null, cwd: cwd ?? null, plan: plan ?? null },
    ...{ paths: paths ?? [], questions: questions ?? [] },
  }
}

const waiting: ReadonlySet<string> = new Set(['QUEUED', 'HELD', 'RUNNING'])

function queued(prompts: readonly QueuedPrompt[], body: EventKinds['promptChanged']): readonly QueuedPrompt[] {
  const { promptId: id, text, delivery, modeId, state, reason, origin } = body
  const prompt: QueuedPrompt = { id, text, delivery, modeId: modeId ?? null, state, reason: reason ?? null, origin }
  if (!waiting.has(state)) return prompts.filter((each) => each.id !== id)
  return prompts.some((each) => each.id === id)
    ? prompts.map((each) => (each.id === id ? prompt : each))
    : [...prompts, prompt]
}
