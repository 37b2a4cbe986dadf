// From the agent's request to an open decision: shows the tool call, reads a plan from its file, lets autopilot answer where this host keeps it.
import { open, realpath } from 'node:fs/promises'
import { isAbsolute, join, relative } from 'node:path'
import type { AgentPreset } from '../agent/presets/preset.ts'
import { selected } from '../agent/translate/answers.ts'
import { askedElicitation } from '../agent/translate/elicitation.ts'
import { fitting } from '../agent/translate/evidence.ts'
import { fieldsOf, wordOf } from '../agent/translate/json.ts'
import { type AskedDecision, askedPermission } from '../agent/translate/permission.ts'
import { wellFormed } from '../journal/well-formed.ts'
import type { Decisions } from './decisions.ts'
import { limits } from './limits.ts'
import type { Publishing } from './publishing.ts'
import type { Updates } from './updates.ts'
import { wordsGo } from './words.ts'

export type Asking = {
  onPermission(params: unknown, signal: AbortSignal): Promise<unknown>
  onElicitation(params: unknown, signal: AbortSignal): Promise<unknown>
}

export function createAsking(given: {
  decisions: Decisions
  updates: Updates
  publishing: Publishing
  preset: AgentPreset | null
  cwd: string
  canSteer: () => boolean
  isHostAutopilot: () => boolean
}): Asking {
  const { decisions, updates, publishing, preset, cwd } = given

  function ask(asked: AskedDecision, signal: AbortSignal): Promise<unknown> {
    return decisions.ask(asked, wordsGo(asked.kind, given.canSteer(), preset), signal)
  }

  /** Autopilot of this host takes "allow once", never "always": it must end when the mode does. */
  function byAutopilot(asked: AskedDecision): unknown {
    if (!given.isHostAutopilot() || asked.kind !== 'PERMISSION') return null
    const option = asked.options.find((each) => each.kind === 'allow_once')
    if (option === undefined) return null
    const description = asked.evidence.slice(0, 500)
    void publishing.record({
      noticeShown: { severity: 'info', title: `Autopilot allowed: ${asked.title}`, description },
    })
    return selected(option.id)
  }

  return {
    async onPermission(params, signal) {
      const request = wellFormed(params)
      const id = wordOf(fieldsOf(fieldsOf(request).toolCall).toolCallId)
      const known = id === null ? undefined : updates.callNow(id)
      const { call, decision } = askedPermission(request, { preset, cwd, ...(known && { known }) })
      if (call !== null) updates.sawCall(call)
      return byAutopilot(decision) ?? ask(await withPlan(decision, cwd), signal)
    },
    onElicitation: (params, signal) => ask(askedElicitation(wellFormed(params)), signal),
  }
}

/** The decision with the plan that its file holds, if that lies in the session's folder: an agent must not make us publish any other file. */
async function withPlan(decision: AskedDecision, cwd: string): Promise<AskedDecision> {
  if (decision.planPath === null) return decision
  try {
    const path = await realpath(isAbsolute(decision.planPath) ? decision.planPath : join(cwd, decision.planPath))
    const inside = relative(await realpath(cwd), path)
    if (inside.startsWith('..') || isAbsolute(inside)) return decision
    const file = await open(path, 'r')
    try {
      const buffer = Buffer.alloc(limits.maxPlanFileBytes)
      const { bytesRead } = await file.read(buffer, 0, buffer.byteLength, 0)
      const plan = fitting(buffer.toString('utf8', 0, bytesRead))
      return { ...decision, plan, evidence: plan }
    } finally {
      await file.close()
    }
  } catch {
    return decision
  }
}
