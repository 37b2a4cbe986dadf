// Finds which known agents are installed by looking for their executables on a PATH. Starts nothing.
import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import { thirdParty } from './catalogue.ts'
import type { AgentPreset } from './preset.ts'

/** How to start an installed agent. `found` is the executable that proves it is there. */
export interface InstalledAgent {
  readonly preset: AgentPreset
  readonly found: string
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly note: string | null
}

/** The variables that decide where executables are found. */
export type SearchPath = { readonly PATH?: string | undefined; readonly PATHEXT?: string | undefined }

/** The installed ones of `candidates` (by default all third-party presets), in their order. Never throws. */
export async function detectInstalled(
  env: SearchPath = process.env,
  candidates: readonly AgentPreset[] = thirdParty,
): Promise<InstalledAgent[]> {
  const found = await Promise.all(candidates.map((preset) => locate(preset, env)))
  return found.filter((agent) => agent !== null)
}

/** How to start this agent here, or null if none of its executables is on the PATH. */
export async function locate(preset: AgentPreset, env: SearchPath = process.env): Promise<InstalledAgent | null> {
  for (const launch of preset.launches) {
    const found = await which(launch.find, env)
    if (found === null) continue
    const command = launch.command === undefined ? found : await which(launch.command, env)
    if (command === null) continue
    return { preset, found, command, args: launch.args, env: preset.env, note: launch.note ?? null }
  }
  return null
}

/** The full path of an executable, or null. */
export async function which(name: string, env: SearchPath): Promise<string | null> {
  const endings = process.platform === 'win32' ? (env.PATHEXT ?? '.EXE;.CMD;.BAT').split(';') : ['']
  const folders = isAbsolute(name) ? [''] : (env.PATH ?? '').split(delimiter).filter((folder) => isAbsolute(folder))
  for (const folder of folders) {
    for (const ending of isAbsolute(name) ? ['', ...endings] : endings) {
      const path = folder === '' ? name + ending : join(folder, name + ending)
      if (await isExecutable(path)) return path
    }
  }
  return null
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}
