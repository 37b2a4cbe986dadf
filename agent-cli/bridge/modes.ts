// The session's mode: what was requested, what the agent says is in force (the agent is the authority), and autopilot by this host where
// the agent has none. Knows steps and confirmations, no surface.
import type { AgentPreset } from '../agent/presets/preset.ts'
import { configOptions } from '../agent/translate/config-options.ts'
import type { ConfigOption, Mode, Origin } from '../agent/translate/event-body.ts'
import {
  effectiveMode,
  inMode,
  type ModeTable,
  modeInOptions,
  modeTable,
  type Step,
  stepsTo,
} from '../agent/translate/modes.ts'
import { BridgeError } from './contract.ts'
import { agent as byAgent } from './origin.ts'
import type { Publishing } from './publishing.ts'

export type Modes = {
  readonly list: readonly Mode[]
  readonly options: readonly ConfigOption[]
  readonly effective: Mode | null
  readonly requested: Mode | null
  /** True while this host answers permissions itself. */
  readonly isHostAutopilot: boolean
  /** Resolves when the agent has taken every step. Throws BridgeError NOT_FOUND or REFUSED; then the mode is what it was. */
  set(modeId: string, origin: Origin): Promise<void>
  /** The agent said so by itself, or as its confirmation. */
  agentSaid(nativeId: string): void
  optionsChanged(options: readonly ConfigOption[]): void
  turnEnded(): void
}

export type AgentSteps = {
  setMode(modeId: string): Promise<unknown>
  setConfigOption(configId: string, value: string | boolean): Promise<Record<string, unknown>>
}

export function createModes(given: {
  started: Record<string, unknown>
  preset: AgentPreset | null
  steps: AgentSteps
  publishing: Pick<Publishing, 'record'>
  isWorking: () => boolean
  onOptions: () => void
}): Modes {
  const { preset, steps, publishing } = given
  let options: readonly ConfigOption[] = configOptions(given.started.configOptions)
  let table: ModeTable = modeTable(given.started.modes, options, preset)
  let isHostAutopilot = false
  let requested: { mode: Mode; origin: Origin } | null = null
  /** Native mode taken from a reply, which counts when the turn ends (Codex). */
  let afterTurn: string | null = null
  let said: string | null = null
  let last: Promise<unknown> = Promise.resolve()

  const effective = () => effectiveMode(table, options, preset, isHostAutopilot)

  /** Tells the mode if it or the request changed. */
  function tell(origin: Origin): void {
    const now = effective()
    if (requested !== null && now?.id === requested.mode.id) requested = null
    if (now === null) return
    const state = `${now.id}\n${requested?.mode.id ?? ''}`
    if (state === said) return
    said = state
    void publishing.record({ modeChanged: { effective: now, requested: requested?.mode ?? null, origin } })
  }

  function isIn(nativeId: string): void {
    const origin = requested?.origin ?? byAgent
    // A new word of the agent about its mode ends an autopilot that only this host knows.
    if (isHostAutopilot && nativeId !== table.nativeId) isHostAutopilot = false
    table = inMode(table, nativeId)
    tell(origin)
  }

  function take(next: readonly ConfigOption[]): void {
    options = next
    const nativeId = modeInOptions(table, options)
    if (nativeId !== null) table = inMode(table, nativeId)
    tell(requested?.origin ?? byAgent)
    given.onOptions()
  }

  async function perform(step: Step): Promise<void> {
    if (step.by === 'setMode') {
      await steps.setMode(step.modeId)
      if (given.isWorking() && preset?.capabilities.modes.duringTurn === 'nextTurn') afterTurn = step.modeId
      else isIn(step.modeId)
      return
    }
    const reply = await steps.setConfigOption(step.configId, step.value)
    const told = configOptions(reply.configOptions)
    take(
      told.length > 0
        ? told
        : options.map((each) => (each.id === step.configId ? { ...each, currentValue: String(step.value) } : each)),
    )
  }

  async function set(modeId: string, origin: Origin): Promise<void> {
    const mode = table.list.find((each) => each.id === modeId)
    const todo = mode && stepsTo(table, modeId, options, preset)
    if (!mode || !todo) throw new BridgeError('NOT_FOUND', `This agent has no mode “${modeId}” here.`)
    if (todo === 'host') {
      isHostAutopilot = true
      requested = null
      tell(origin)
      return
    }
    requested = { mode, origin }
    if (isHostAutopilot) isHostAutopilot = false
    tell(origin)
    try {
      for (const step of todo) await perform(step)
    } catch (error) {
      requested = null
      tell(origin)
      const why = error instanceof Error ? error.message : String(error)
      throw new BridgeError('REFUSED', `The mode “${mode.name}” was not taken. ${why}`)
    }
    tell(origin)
  }

  return {
    get list() {
      return table.list
    },
    get options() {
      return options
    },
    get effective() {
      return effective()
    },
    get requested() {
      return requested?.mode ?? null
    },
    get isHostAutopilot() {
      return isHostAutopilot
    },
    set(modeId, origin) {
      // One after another: the steps of two requests must not mix.
      const mine = last.then(() => set(modeId, origin))
      last = mine.catch(() => undefined)
      return mine
    },
    agentSaid(nativeId) {
      afterTurn = null
      isIn(nativeId)
    },
    optionsChanged: take,
    turnEnded() {
      if (afterTurn !== null) isIn(afterTurn)
      afterTurn = null
    },
  }
}
