// The keyless demo agent as a preset: how to start the shipped process and the scratch folder it may write in.
// Knows nothing of what the demo plays.
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { AgentPreset } from './preset.ts'

/** A folder holding this file is the demo's to write in; without it the demo makes a folder of its own. */
export const scratchMark = '.offdesk-demo'

/** A new marked scratch folder under the system's temporary folder. `close` deletes it; closing twice is harmless. */
export async function createDemoScratch(): Promise<{ path: string; close(): Promise<void> }> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'offdesk-demo-')))
  await writeFile(join(path, scratchMark), 'The Offdesk demo may write here.\n')
  return { path, close: () => rm(path, { recursive: true, force: true }) }
}

/** True where Offdesk runs from its sources and not from the built package. */
export const fromSources = import.meta.url.endsWith('.ts')

/** Arguments for Node that start the demo: its source through tsx, or `demo-agent.js` beside the built bundle. */
function demoArgs(): readonly string[] {
  if (!fromSources) return [fileURLToPath(new URL('./demo-agent.js', import.meta.url))]
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  return ['--import', loader, fileURLToPath(new URL('../../demo/main.ts', import.meta.url))]
}

export const demo: AgentPreset = {
  id: 'demo',
  title: 'Demo agent',
  npm: null,
  licence: { name: 'MIT', proprietary: false },
  launches: [{ find: process.execPath, args: demoArgs() }],
  install: 'It ships with Offdesk.',
  env: {},
  notes: ['Needs no key and no network. It works in a scratch folder, never in yours.'],
  engines: null,
  startTimeoutSeconds: 30,
  capabilities: {
    modes: {
      match: 'exact',
      native: [
        { id: 'plan', means: 'plan' },
        { id: 'default', means: 'interactive' },
        { id: 'auto', means: 'autopilot' },
      ],
      steps: {
        plan: [{ by: 'setMode', id: 'plan' }],
        interactive: [{ by: 'setMode', id: 'default' }],
        autopilot: [{ by: 'setMode', id: 'auto' }],
      },
      confirmedBy: 'currentModeUpdate',
      duringTurn: 'now',
      startsIn: 'default',
    },
    unattended: 'auto',
    questions: 'elicitation',
    planApproval: 'switchMode',
    planRefused: 'endTurn',
    permissionRefused: 'goesOn',
    steering: true,
    promptedMidTurn: 'cancelsFirst',
    toolCallBeforePermission: 'yes',
    todoAsPlan: 'yes',
    usageUpdate: 'withCost',
    stdinClosed: 'leaves',
    leavesChildrenAfterCancel: false,
    leavesDaemon: false,
  },
}
