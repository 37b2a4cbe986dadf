// The JSON a scripted agent sends: sessions, modes, permission options and the three ways to ask for a plan's approval.
import type { Manner } from './manner.ts'
import type { Json } from './rpc.ts'

export interface Option {
  readonly optionId: string
  readonly name: string
  readonly kind: string
}

export const allowOrDeny: readonly Option[] = [
  { optionId: 'allow', name: 'Allow', kind: 'allow_once' },
  { optionId: 'always', name: 'Always allow', kind: 'allow_always' },
  { optionId: 'deny', name: 'Deny', kind: 'reject_once' },
]

/** Two options of one kind, as Qwen sends them: only the id tells them apart. */
export const twoAllowOnce: readonly Option[] = [
  { optionId: 'proceed_file', name: 'Allow this file', kind: 'allow_once' },
  { optionId: 'proceed_folder', name: 'Allow this folder', kind: 'allow_once' },
  { optionId: 'cancel', name: 'No', kind: 'reject_once' },
]

export function initializeResult(manner: Manner): Json {
  return {
    protocolVersion: 1,
    agentInfo: { name: manner.name, version: '1' },
    agentCapabilities: {
      loadSession: manner.loadsSessions,
      promptCapabilities: { image: true, embeddedContext: true },
    },
    authMethods: [],
    ...(manner.steering ? { _meta: { steering: { supported: true } } } : {}),
    ...manner.initialize,
  }
}

/** The part of session/new and session/load that lists modes and options. */
export function modesOf({ modes, options: extra }: Manner, current: string, options: readonly Json[]): Json {
  const listed = { currentModeId: current, availableModes: modes.ids.map((id) => ({ id, name: id })) }
  const asOption = modes.via === 'configOption' || modes.via === 'both'
  return {
    ...(modes.via === 'modes' || modes.via === 'both' ? { modes: listed } : {}),
    ...(asOption || extra.length > 0 ? { configOptions: options } : {}),
  }
}

/** The mode as an option, where it is one, and the others; `values` overrides what they start with. */
export function configOptions(manner: Manner, mode: string, values: ReadonlyMap<string, unknown>): Json[] {
  const { via, ids } = manner.modes
  const asMode = { id: 'mode', name: 'Mode', category: 'mode', type: 'select', currentValue: mode, options: named(ids) }
  const others = manner.options.map(({ id, category, values: known, start }) => ({
    id,
    name: id,
    ...(category === undefined ? {} : { category }),
    currentValue: values.get(id) ?? start,
    ...(known === 'boolean' ? { type: 'boolean' } : { type: 'select', options: named(known) }),
  }))
  return [...(via === 'configOption' || via === 'both' ? [asMode] : []), ...others]
}

function named(values: readonly string[]): Json[] {
  return values.map((value) => ({ value, name: value }))
}

export function textContent(text: string): Json {
  return { type: 'content', content: { type: 'text', text } }
}

export interface PlanRequest {
  readonly toolCall: Json & { readonly toolCallId: string }
  readonly options: readonly Option[]
}

/** `style` as the real agents ask: Claude and Codex with kind switch_mode, Gemini with kind other and a path only. */
export function planRequest(style: 'claude' | 'codex' | 'gemini', plan: string, id: string): PlanRequest {
  if (style === 'gemini') {
    return {
      toolCall: {
        toolCallId: `exit_plan_mode-${id}`,
        title: '/home/dev/.gemini/plans/plan.md',
        kind: 'other',
        status: 'pending',
      },
      options: [
        { optionId: 'proceed_always', name: 'Yes, and accept edits', kind: 'allow_always' },
        { optionId: 'proceed_once', name: 'Yes', kind: 'allow_once' },
        { optionId: 'cancel', name: 'No, keep planning', kind: 'reject_once' },
      ],
    }
  }
  const claude = style === 'claude'
  return {
    toolCall: {
      toolCallId: `plan-${id}`,
      title: claude ? 'Ready to code?' : 'Implement this plan?',
      kind: 'switch_mode',
      status: 'pending',
      rawInput: { plan },
      ...(claude ? { content: [textContent(plan)] } : {}),
    },
    options: claude
      ? [
          { optionId: 'exit-plan-default', name: 'Yes, approve edits by hand', kind: 'allow_once' },
          { optionId: 'exit-plan-auto', name: 'Yes, and use auto mode', kind: 'allow_always' },
          { optionId: 'exit-plan-bypass', name: 'Yes, and bypass permissions', kind: 'allow_always' },
          { optionId: 'reject', name: 'No, keep planning', kind: 'reject_once' },
        ]
      : [
          { optionId: 'implement', name: 'Yes, implement it', kind: 'allow_once' },
          { optionId: 'stay', name: 'No, stay in plan mode', kind: 'reject_once' },
        ],
  }
}
