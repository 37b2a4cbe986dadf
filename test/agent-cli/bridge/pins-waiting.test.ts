/** [F8] The terminal's session says that a passkey waits for its key press, and stops saying so once it is pinned, by whichever process. */
import { expect, test } from 'vitest'
import { pinsInWords } from '../../../agent-cli/terminal/words.ts'
import { asksToPin, makesPasskey, pressesPin } from '../../kit/passkeys.ts'
import { enrolled, paired, server } from '../remote/away.ts'
import { desk, folder, until } from './desk.ts'

test('[F8] a passkey that waits for a key press is told at the terminal, until it is pinned', {
  timeout: 60_000,
}, async () => {
  const at = await server()
  const dataDir = await folder()
  await enrolled(at, dataDir)
  const { session } = await desk({}, { dataDir, ceiling: 'FULL' })
  await session.remote.on()
  await until(session, ({ remote }) => remote.state === 'live')
  const phone = await paired(at, session, 'FULL')
  expect(pinsInWords(session.view().remote)).toBeNull()
  const authenticator = await makesPasskey(at.gql, phone)
  const { code } = await asksToPin(at.gql, phone, authenticator, session.view().remote.hostId ?? '')
  const { remote } = await until(session, (view) => view.remote.pinsWaiting.length > 0)
  expect(pinsInWords(remote)).toBe('A passkey of phone waits for your y: offdesk devices pin')
  await pressesPin(dataDir, at.url, code)
  await until(session, (view) => view.remote.pinsWaiting.length === 0)
})
