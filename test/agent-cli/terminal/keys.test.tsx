/** Keys that come faster than the screen is drawn act on what was typed, one after the other. */
import { render } from 'ink-testing-library'
import { expect, test, vi } from 'vitest'
import { ChoiceList, INERT_MS } from '../../../agent-cli/terminal/dialogs/choice-list.tsx'
import { emptyLine, type Line, sent } from '../../../agent-cli/terminal/edit-line.ts'
import { PromptField } from '../../../agent-cli/terminal/prompt-field.tsx'
import { useFresh } from '../../../agent-cli/terminal/use-fresh.ts'

function Prompt({ onSubmit }: { onSubmit(text: string): void }) {
  const [, line] = useFresh(() => emptyLine())
  const submit = (said: Line) => {
    onSubmit(said.text)
    return sent(said)
  }
  return <PromptField line={line} onSubmit={submit} isActive placeholder="Prompt" />
}

test('Enter sends every word that came before it, however soon it comes', async () => {
  const said: string[] = []
  const { stdin, unmount, lastFrame } = render(<Prompt onSubmit={(text) => said.push(text)} />)
  await vi.waitFor(() => expect(lastFrame()).toContain('Prompt'))
  // Listened to only when it has been drawn.
  await vi.waitFor(() => {
    stdin.write('x')
    expect(lastFrame()).toContain('x')
  })
  for (const piece of ['/remote', ' ', 'on']) stdin.write(piece)
  stdin.write('\r')
  stdin.write('next')
  stdin.write('\r')
  expect(said).toEqual([expect.stringMatching(/^x+\/remote on$/), 'next'])
  unmount()
})

test('an arrow and Enter at once choose where the arrow went, not where it came from', async () => {
  const chosen: string[] = []
  const rows = ['always', 'once', 'deny'].map((id) => ({ id, label: id }))
  const { stdin, unmount } = render(<ChoiceList rows={rows} isActive onChoose={(id) => chosen.push(id)} />)
  // What comes while it is new is not taken; its digit says that it takes one now.
  await vi.waitFor(
    () => {
      stdin.write('1')
      expect(chosen.length).toBeGreaterThan(0)
    },
    { timeout: INERT_MS * 20 },
  )
  chosen.length = 0
  stdin.write('\u001b[B')
  stdin.write('\u001b[B')
  stdin.write('\r')
  expect(chosen).toEqual(['deny'])
  unmount()
})
