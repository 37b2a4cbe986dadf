// Where answers stand is decided by their names alone, and how a link's state gives way to a narrow place.
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, it } from 'vitest'
import { Answers, Button } from '../../../pwa/ui/button.tsx'
import { LinkState } from '../../../pwa/ui/link-state.tsx'

const answers = (names: string[], shown = names) =>
  renderToStaticMarkup(
    <Answers names={names}>
      {shown.map((name) => (
        <Button key={name}>{name}</Button>
      ))}
    </Answers>,
  )

it('[H2] short answers stand side by side; where one is long they stand one under the other', () => {
  expect(answers(['Deny', 'Allow once'])).not.toContain('answers-stacked')
  expect(answers(['No, and tell Claude what to do differently', 'Yes'])).toContain('answers-stacked')
})

it('[C5] what a button says once it was pressed moves no answer under the finger', () => {
  expect(answers(['Deny', 'Allow once'], ['Deny', 'Sent 14:02, waiting for atlas'])).not.toContain('answers-stacked')
})

it('[B6] an offline workstation’s long name is what gives way, never since when', () => {
  const host = 'attic-build-server-eu-central-1'
  const shown = renderToStaticMarkup(<LinkState link={{ kind: 'host-offline', since: 0, host }} />)
  expect(shown).toContain(`<strong class="cut">${host}</strong>`)
  expect(shown.replaceAll(/<[^>]+>/g, '')).toContain(`${host} is offline since `)
})
