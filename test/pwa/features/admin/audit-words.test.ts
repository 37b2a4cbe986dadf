/** [F5] What an audit tells is said in words, also of what a newer server does. */
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { actionWords } from '../../../../pwa/features/admin/audit-words.ts'

test('every action that the server enters by its name has words', () => {
  const found = execFileSync('git', ['grep', '-hoE', "'[a-z-]+(\\.[a-z-]+)+'", '--', 'server/**/*.ts'], {
    encoding: 'utf8',
  })
  const rooms =
    /^(audit|device|enterprise|hold|host|invitation|member|oidc|organisation|passkey|person|policy|refused|scim|session|sign-in-passkey|token|webhook)\./
  const actions = found
    .split('\n')
    .map((one) => one.replaceAll("'", ''))
    .filter((one) => rooms.test(one) && !one.endsWith('.ts'))
  expect(actions.length).toBeGreaterThan(25)
  expect(actions.filter((one) => actionWords(one) === one)).toEqual([])
})

test.each([
  ['command.SendPrompt', 'Send prompt'],
  ['refused.sendPrompt', 'Refused: send prompt'],
  ['refused.credential', 'Credential refused'],
  ['sign-in', 'Signed in'],
  ['weather.change', 'weather.change'],
])('%s is “%s”', (action, words) => expect(actionWords(action)).toBe(words))
