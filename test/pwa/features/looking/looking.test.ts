/** [T4] Where nothing of a session is shown before its person is verified: everywhere but where the way to that leads. */
import { expect, it } from 'vitest'
import { showsNoSession } from '../../../../pwa/features/looking/looking.ts'

it.each(['/', '/s/ses_1', '/S/ses_1', '/inbox', '/INBOX', '/s/ses_1/', '/settingsx', '/new-room'])(
  'not at %s',
  (path) => expect(showsNoSession(path)).toBe(false),
)

it.each(['/settings', '/settings/passkeys', '/Settings', '/login', '/pair', '/admin/org_1/audit'])('at %s', (path) =>
  expect(showsNoSession(path)).toBe(true),
)
