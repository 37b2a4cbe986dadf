// What a governed person reads of a rule: its title, never the schema's name for it.
import { expect, it } from 'vitest'
import { namedByTitle, whoseWords } from '../../../pwa/features/policy/setting-words.ts'

it('[F3] what would lift a rule names the setting as the screens do; one of a newer server keeps its own name', () => {
  expect(namedByTitle('Ask the admins of the organisation Blue: their policy sets remoteControl.')).toBe(
    'Ask the admins of the organisation Blue: their policy sets “Remote control”.',
  )
  expect(namedByTitle('Ask them: their policy sets tomorrowsRule.')).toBe('Ask them: their policy sets tomorrowsRule.')
  expect(namedByTitle('Change it at its terminal.')).toBe('Change it at its terminal.')
  expect(whoseWords({ owner: 'yourself', remedy: null })).toBe('Set by yourself.')
  const owner = 'the admins of the organisation Blue'
  expect(whoseWords({ owner, remedy: `Ask ${owner}: their policy sets maxRung.` })).toBe(
    'Set by the admins of the organisation Blue. Only they can change it.',
  )
})
