/** T8: what an agent, a device or a server names things never reaches the terminal as a control sequence. */
import { render } from 'ink-testing-library'
import type { ReactElement } from 'react'
import { expect, test } from 'vitest'
import { offView } from '../../../agent-cli/bridge/remote-view.ts'
import type { SessionView } from '../../../agent-cli/bridge/view.ts'
import { ChoiceList } from '../../../agent-cli/terminal/dialogs/choice-list.tsx'
import { StatusLine } from '../../../agent-cli/terminal/status-line.tsx'

// Sets the clipboard, rings, and paints over what stands there.
const hostile = 'Allow\u001b]52;c;cm0gLXJmIH4=\u0007\u001b[8mhidden\u001b[0m'

const sequences = ['\u001b]', '\u0007', '\u001b[8m']

function shown(element: ReactElement): string {
  const { frames, unmount } = render(element)
  unmount()
  return frames.join('')
}

test('[T8] an option is shown with every control character visible', () => {
  const rows = [{ id: 'a', label: hostile, note: hostile }]
  const text = shown(<ChoiceList rows={rows} isActive={false} onChoose={() => {}} />)
  expect(text).toContain('␛]52;c;')
  for (const sequence of sequences) expect(text).not.toContain(sequence)
})

test('[T8] the status line drops them', () => {
  const mode = { id: 'm', name: hostile, canonical: null }
  const view = {
    ...{ turn: null, decisions: [], usage: null, state: 'STOPPED', stateDetail: hostile, stateSince: '' },
    ...{ mode: { effective: mode, requested: null, list: [] }, remote: offView('STEER'), journal: { state: 'ok' } },
  } as unknown as SessionView
  const text = shown(<StatusLine view={view} />)
  expect(text).toContain('Stopped')
  for (const sequence of sequences) expect(text).not.toContain(sequence)
})
