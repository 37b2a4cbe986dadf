// What a permission request asks, as a decision without its id: permission, plan, or a question in a permission's clothes. Pure.
import type { AgentPreset } from '../presets/preset.ts'
import type { DecisionKind, DecisionOption, Question, ToolCall } from './event-body.ts'
import { evidenceOf, planEvidence } from './evidence.ts'
import { fieldsOf } from './json.ts'
import { permissionOptions } from './options.ts'
import { planAsked } from './plan-approval.ts'
import { qwenQuestions } from './qwen-questions.ts'
import { questionTitle } from './title.ts'
import { toolCall } from './tool-call.ts'

/** How the answer must be put for the agent that asked. */
export type AnswerForm = 'option' | 'elicitation' | 'qwenAnswers'

/** A decision as asked. `planPath` names a file that holds the plan, for the bridge to read if it lies inside the session's folder. */
export type AskedDecision = {
  kind: DecisionKind
  title: string
  evidence: string
  options: DecisionOption[]
  questions: Question[]
  paths: string[]
  plan: string | null
  planPath: string | null
  toolCallId: string | null
  toolKind: string | null
  form: AnswerForm
}

/** `call` is what the request says of the tool call, to be upserted before the decision; null where it names none. */
export type AskedPermission = { decision: AskedDecision; call: ToolCall | null }

/**
 * Reads the params of session/request_permission. `known` is the tool call as upserted so far: a request may repeat only part
 * of it, and what is asked is the whole (D1). Takes anything and never throws.
 */
export function askedPermission(
  params: unknown,
  context: { preset: AgentPreset | null; cwd: string; known?: ToolCall | undefined },
): AskedPermission {
  const request = fieldsOf(params)
  const call = spoken(toolCall(request.toolCall))
  // A request without an id names no tool call, but what it asks must still be shown.
  const asked = call ?? spoken(toolCall({ ...fieldsOf(request.toolCall), toolCallId: '-' }))
  const whole: ToolCall = { toolCallId: '-', ...context.known, ...asked }
  const own = fieldsOf(request.toolCall).rawInput
  const rawInput = isEmpty(own) ? parsed(context.known?.rawInput) : own
  const questions = qwenQuestions(request)
  const plan = questions ? null : planAsked(whole, rawInput)
  const options = permissionOptions(request.options, plan === null ? null : { preset: context.preset })
  const paths = pathsOf(whole)
  const common = { options, paths, toolCallId: call?.toolCallId ?? null, toolKind: whole.kind ?? null }
  if (questions) {
    const title = questions[0]?.title ?? questionTitle(whole, rawInput)
    const evidence = evidenceOf({ call: whole, rawInput, cwd: context.cwd, paths })
    const decision = {
      ...common,
      kind: 'QUESTION',
      title,
      evidence,
      questions,
      plan: null,
      planPath: null,
      form: 'qwenAnswers',
    } as const
    return { call, decision }
  }
  if (plan) {
    const title = 'Go on with this plan?'
    const evidence = planEvidence(plan.text, whole, rawInput)
    const decision = {
      ...common,
      kind: 'PLAN',
      title,
      evidence,
      questions: [],
      plan: plan.text,
      planPath: plan.path,
      form: 'option',
    } as const
    return { call, decision: { ...decision, questions: [] } }
  }
  const title = questionTitle(whole, rawInput)
  const evidence = evidenceOf({ call: whole, rawInput, cwd: context.cwd, paths })
  return {
    call,
    decision: {
      ...common,
      kind: 'PERMISSION',
      title,
      evidence,
      questions: [],
      plan: null,
      planPath: null,
      form: 'option',
    },
  }
}

/**
 * Without the fields in which the request says nothing. Claude Code repeats the call as it was before its input had come (`{}`, `[]`):
 * that must not take away the plan or the command that an update has shown since.
 */
function spoken(call: ToolCall | null): ToolCall | null {
  if (call === null) return null
  const { rawInput, content, locations, ...rest } = call
  return {
    ...rest,
    ...(isEmpty(parsed(rawInput)) ? {} : { rawInput }),
    ...(isEmpty(content) ? {} : { content }),
    ...(isEmpty(locations) ? {} : { locations }),
  }
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

function parsed(json: string | null | undefined): unknown {
  try {
    return json === null || json === undefined ? undefined : JSON.parse(json)
  } catch {
    return json
  }
}

function pathsOf(call: ToolCall): string[] {
  const located = (call.locations ?? []).map((location) => location.path)
  const changed = (call.content ?? []).flatMap((content) => content.path ?? [])
  return [...new Set([...located, ...changed])]
}
