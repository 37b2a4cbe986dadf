/** `offdesk agents`: which agents are installed here and how to run them. */
import { presets } from '../agent/presets/catalogue.ts'
import { detectInstalled } from '../agent/presets/detect.ts'
import { table } from './table.ts'

export async function agents(): Promise<void> {
  const here = new Set((await detectInstalled()).map((one) => one.preset.id))
  const rows = presets.map((preset) => {
    const isHere = preset.id === 'demo' || here.has(preset.id)
    return [
      preset.id,
      preset.title,
      isHere ? 'installed' : 'not installed',
      isHere ? `offdesk run ${preset.id} --remote` : preset.install,
    ]
  })
  process.stdout.write(
    `${table([['NAME', 'AGENT', 'HERE', 'RUN OR INSTALL'], ...rows])}\n\nAny other ACP agent: offdesk run --remote -- <command …>\n`,
  )
}
