// The way back to a decision whose sheet has been closed.
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, it } from 'vitest'
import { WaitingBar } from '../../../../pwa/features/session/waiting-bar.tsx'
import { decision } from '../decisions/samples.ts'

it('[H2] the row that opened a sheet is still there while it is open, so that the focus can return to it', () => {
  const drawn = (hidden: boolean) =>
    renderToStaticMarkup(<WaitingBar decisions={[decision()]} hidden={hidden} onOpen={() => undefined} />)
  expect(drawn(true)).toMatch(/<button[^>]* hidden=""/)
  expect(drawn(false)).toMatch(/<button(?![^>]*hidden)/)
  expect(renderToStaticMarkup(<WaitingBar decisions={[]} hidden={false} onOpen={() => undefined} />)).not.toContain(
    '<button',
  )
})
