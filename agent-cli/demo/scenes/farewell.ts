// What comes after the demo: the agents found on this machine and the command that runs each.
import { thirdParty } from '../../agent/presets/catalogue.ts'
import { fromSources } from '../../agent/presets/demo.ts'
import { detectInstalled } from '../../agent/presets/detect.ts'
import type { Turn } from '../turn.ts'

/** Lists the installed agents; if there are none, how to get one. */
export async function nameAgents(turn: Turn): Promise<void> {
  const installed = await detectInstalled()
  if (installed.length > 0) {
    const rows = installed.map(
      ({ preset, note }) => `| ${preset.title} | \`${runCommandFor(preset.id)}\` |${note ? ` ${note}` : ''} |`,
    )
    return await turn.say(
      `These agents are installed on this machine. To steer one of them from your phone, end this demo with Ctrl+C and run:\n\n| Agent | Command | |\n| --- | --- | --- |\n${rows.join('\n')}`,
    )
  }
  const [first] = thirdParty.filter(({ id }) => id === 'opencode')
  await turn.say(
    `I found none of the agents Offdesk knows on this machine (${thirdParty.map(({ title }) => title).join(', ')}). ` +
      `One way to get one: \`${first?.install}\`, then \`${runCommandFor('opencode')}\`. Any other ACP agent runs with \`${anyCommand}\`.`,
  )
}

const anyCommand = fromSources ? 'npm start -- -- <command>' : 'npx offdesk run --remote -- <command>'

function runCommandFor(id: string): string {
  return fromSources ? `npm start -- ${id}` : `npx offdesk run ${id} --remote`
}
