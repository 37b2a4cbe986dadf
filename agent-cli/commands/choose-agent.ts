/** Which agent to start and how: the demo, a known agent that is installed here, or any ACP command. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { presets, thirdParty } from '../agent/presets/catalogue.ts'
import { demo as demoPreset, scratchMark } from '../agent/presets/demo.ts'
import { detectInstalled, locate, which } from '../agent/presets/detect.ts'
import type { AgentPreset } from '../agent/presets/preset.ts'
import type { Places } from '../journal/places.ts'
import { Mistake } from './mistake.ts'

export type ChosenAgent = {
  readonly id: string
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly preset: AgentPreset | null
  readonly cwd: string
  /** What the person should know before it starts, e.g. a download. */
  readonly note: string | null
}

export type Wanted = {
  readonly name: string | undefined
  readonly command: readonly string[]
  readonly cwd: string | undefined
}

/** Throws Mistake for a name nobody knows and for an agent that is not installed. */
export async function chooseAgent(wanted: Wanted, places: Places): Promise<ChosenAgent> {
  const cwd = wanted.cwd ?? process.cwd()
  const [command, ...args] = wanted.command
  if (command) {
    const found = await which(command, process.env)
    if (!found)
      throw new Mistake(
        `The command “${command}” was not found on this machine's PATH. Check its spelling, or give its full path.`,
      )
    return {
      id: basename(command),
      name: basename(command),
      command: found,
      args,
      env: {},
      preset: null,
      cwd,
      note: null,
    }
  }
  if (wanted.name === undefined || wanted.name === 'demo') return demo(places, wanted.cwd)
  return installed(wanted.name, cwd)
}

async function demo(places: Places, wanted: string | undefined): Promise<ChosenAgent> {
  const here = await locate(demoPreset)
  if (!here) throw new Mistake('The demo agent could not be found beside Offdesk. Install Offdesk again.')
  const { command, args, env, note } = here
  const cwd = wanted ?? places.scratch
  if (!wanted) {
    mkdirSync(cwd, { recursive: true, mode: 0o700 })
    writeFileSync(join(cwd, scratchMark), 'The Offdesk demo may write here.\n')
  }
  return { id: 'demo', name: demoPreset.title, command, args, env, preset: demoPreset, cwd, note }
}

async function installed(name: string, cwd: string): Promise<ChosenAgent> {
  const preset = thirdParty.find((one) => one.id === name)
  if (!preset) {
    throw new Mistake(
      `No agent is called “${name}”. Known: ${presets.map((one) => one.id).join(', ')}. Any other ACP agent starts with its command after “--”.`,
    )
  }
  const here = await locate(preset)
  if (!here) {
    const others = (await detectInstalled()).map((one) => one.preset.id)
    const instead =
      others.length > 0
        ? ` Installed here: ${others.join(', ')}.`
        : ' The demo needs no installation: offdesk run demo.'
    throw new Mistake(`${preset.title} is not installed on this machine. Install it with: ${preset.install}.${instead}`)
  }
  return {
    id: preset.id,
    name: preset.title,
    command: here.command,
    args: here.args,
    env: here.env,
    preset,
    cwd,
    note: here.note,
  }
}
