// The agents Offdesk knows by name. What is not listed here runs as any ACP command.
import { claude } from './claude.ts'
import { cline } from './cline.ts'
import { codex } from './codex.ts'
import { copilot } from './copilot.ts'
import { demo } from './demo.ts'
import { gemini } from './gemini.ts'
import { opencode } from './opencode.ts'
import type { AgentPreset } from './preset.ts'
import { qwen } from './qwen.ts'

/** The third-party agents, in the order they are offered. */
export const thirdParty: readonly AgentPreset[] = [claude, copilot, gemini, codex, opencode, qwen, cline]

/** Every preset, the demo last. */
export const presets: readonly AgentPreset[] = [...thirdParty, demo]

/** The preset of that id, or undefined. */
export function presetNamed(id: string): AgentPreset | undefined {
  return presets.find((preset) => preset.id === id)
}
