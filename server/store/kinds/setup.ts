/** What the agent offers: modes, options, slash commands, usage. */
import { z } from 'zod'
import { id, int, maybe, mode, origin, short, text } from './values.ts'

const configChoice = z.object({ value: text, name: text, description: maybe(text), group: maybe(text) })
export type ConfigChoice = z.infer<typeof configChoice>

const configOption = z.object({
  id,
  name: text,
  type: short,
  category: maybe(short),
  description: maybe(text),
  currentValue: text,
  choices: z.array(configChoice).default([]),
})
export type ConfigOption = z.infer<typeof configOption>

const slashCommand = z.object({
  name: short,
  description: text,
  hint: maybe(text),
  terminalOnly: z.boolean().default(false),
})
export type SlashCommand = z.infer<typeof slashCommand>

export const agentInfo = z.object({ id, name: short, version: maybe(short) })
export type AgentInfo = z.infer<typeof agentInfo>

export const setupKinds = {
  SessionConfigured: z.object({
    agent: agentInfo,
    capabilities: z.array(short),
    modes: z.array(mode),
    options: z.array(configOption).default([]),
  }),
  ModeChanged: z.object({ effective: mode, requested: maybe(mode), origin }),
  UsageChanged: z.object({
    used: int.min(0),
    size: int.min(0),
    costAmount: maybe(z.number()),
    costCurrency: maybe(short),
  }),
  SlashCommandsChanged: z.object({ commands: z.array(slashCommand) }),
}
