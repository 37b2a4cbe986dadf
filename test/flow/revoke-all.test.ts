/** [F8] `offdesk devices revoke` with the server away: this machine refuses from that moment, and the server is told as soon as it is there again. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pairs, scripted, serve, sessionOf } from './house.ts'
import { machine, until } from './machine.ts'

test('[F8] [T5] every device is revoked with the server away: refused here at once, revoked there as soon as it comes back', async () => {
  const [there, here] = [await (await machine()).seeded(), await machine()]
  const server = await serve(there)
  const port = new URL(server.url).port
  const agent = await scripted()
  expect((await here.does(['login', server.url, '--code', server.setupCode ?? ''])).code).toBe(0)
  const session = here.runs(agent, '--remote', '--server', server.url)
  await agent.opened(30_000)
  const phone = await pairs(here, session, server.url)
  const id = await sessionOf(session)
  expect((await here.does(['devices', 'add-script', 'ci', '--allow', 'steer'])).code).toBe(0)
  const prompt = await phone.sends('sendPrompt', 'SendPromptInput', { sessionId: id, text: 'Begin' })
  expect((await phone.settled(prompt.id)).state).toBe('APPLIED')
  await agent.prompted()
  expect(await server.interrupt()).toBe(0)

  const unclear = await here.does(['devices', 'revoke', 'phone', '--all'])
  expect([unclear.code, unclear.stderr]).toEqual([1, expect.stringContaining('and not both')])
  const stranger = await here.does(['devices', 'revoke', 'fridge'])
  expect([stranger.code, stranger.stderr]).toEqual([1, expect.stringContaining('does not answer')])
  const all = await here.does(['devices', 'revoke', '--all'])
  expect(all.code).toBe(0)
  expect(all.stderr).toContain('This machine trusts no device any more (2 until now)')
  expect(all.stderr).toContain(`${server.url} cannot be reached now. The server is told as soon as`)

  const back = there.starts(['serve', '--port', port])
  await back.line(/127\.0\.0\.1/)
  // The running session tells it; nobody starts anything.
  await until(
    () =>
      phone.gql('{ viewer { id } }').then(
        () => false,
        (error: { code?: string }) => error.code === 'REVOKED',
      ),
    'the phone to be revoked there',
  )
  const listed = await here.does(['devices'])
  expect(listed.stdout).toContain('No device is paired.')
  // What was said once is not said again: a device that is let in afterwards stays.
  expect((await here.does(['devices', 'add-script', 'next', '--allow', 'steer'])).code).toBe(0)
  await until(
    () => readFileSync(join(here.dataDir, 'host', 'revoke-all.json'), 'utf8').trim() === '{}',
    'the word to be told',
  )
  expect((await here.does(['devices'])).stdout).toMatch(/^next +script +steer .*trusted here/m)
})
