/** What a session shows on a bad day: long names, a large diff, a picture, what stayed unsaid, a cancelled turn, an end; and refusals with their reason. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Desk, DeskPhone } from '../../kit/desk.ts'
import { publishSession } from '../../kit/session.ts'
import type { Studio } from './studio.ts'

const icon = join(import.meta.dirname, '..', '..', '..', 'pwa', 'public', 'icons', 'icon-192.png')
const LONG =
  'src/modules/payments/infrastructure/persistence/repositories/idempotent-retry-attempt.repository.integration.spec.ts'

export async function odd(desk: Desk, { all, shoot }: Studio<DeskPhone>, cwd: string): Promise<void> {
  const { agent, session } = desk
  await session.remote.off()
  agent.says('Said while remote was off.', { messageId: 'away' })
  await session.remote.on()
  const lines = (word: string) =>
    Array.from(
      { length: 160 },
      (_, at) => `  const ${word}${at} = await queue.take({ attempt: ${at}, pause: ${at * 2} })`,
    )
  const large = agent.starts(`Edit ${LONG}`, {
    kind: 'edit',
    content: [
      {
        type: 'diff',
        path: `${cwd}/${LONG}`,
        oldText: `${lines('old').join('\n')}\n`,
        newText: `${lines('fresh').join('\n')}\n`,
      },
    ],
  })
  agent.update({ sessionUpdate: 'tool_call_update', toolCallId: large, status: 'completed' })
  agent.says(
    `The longest name is \`${LONG}\`, and https://ci.example.com/organisation/payments/pipelines/20261121/jobs/integration-with-a-very-long-name/artifacts says so.\n\n| Attempt | Pause before it | What the bank answers |\n| --- | --- | --- |\n| 1 | 2 s | insufficient funds, ask again after the first of the month |\n| 2 | 4 s | the same |\n`,
    { messageId: 'long' },
  )
  agent.update({
    sessionUpdate: 'agent_message_chunk',
    messageId: 'picture',
    content: { type: 'image', mimeType: 'image/png', data: readFileSync(icon).toString('base64') },
  })
  await all(async (device) => {
    await device.opens(desk.path)
    await device.taps(/^Show image/)
    await device.page.locator('.tr-picture').last().waitFor()
  })
  await shoot('odd-1-picture')
  await all(async (device) => {
    await device.page
      .getByText(/^Edited/)
      .last()
      .click()
    await device.page.getByRole('log').evaluate((log) => log.scrollTo(0, log.scrollHeight * 0.6))
  })
  await shoot('odd-2-withheld-and-diff')
  agent.starts('npm test', { rawInput: { command: 'npm test -- --watch' } })
  // What is new is below what is read.
  await all(async (device) => {
    await device.taps('New below')
    await device.sees('npm test -- --watch')
  })
  await session.cancelTurn()
  await agent.cancelled()
  await all((device) => device.sees(/^Turn cancelled/))
  await shoot('odd-3-cancelled')
}

/** The last of a desk: its session ends, its workstation is gone. */
export async function ends(desk: Desk, { all, shoot, visits }: Studio<DeskPhone>): Promise<void> {
  await desk.session.close()
  await all(async (device) => {
    await device.opens(desk.path)
    await device.sees(/ended/i)
  })
  await shoot('odd-4-ended')
  await visits('odd-5-unknown-session', '/s/ses_nothing', /./)
}

/** Every state a list can hold, with names that do not fit. */
export async function manySessions(desk: Desk, { visits, all, shoot }: Studio<DeskPhone>): Promise<void> {
  const { gql } = desk.server
  const rename = 'mutation($id: ID!, $title: String!) { renameSession(id: $id, name: $title) { id } }'
  for (const [name, count] of [
    ['macbook', 4],
    ['build-machine-in-the-basement.internal.example.com', 3],
  ] as const) {
    const host = await desk.server.enrolledHost(name)
    for (let at = 0; at < count; at++) {
      const repository = at % 2 === 0 ? 'acme/billing' : 'acme/a-repository-with-a-name-that-goes-on-and-on'
      const made = await publishSession(gql, host, { repository, cwd: `/home/dev/${repository}` })
      const title = at === 1 ? 'Rename every invoice column and everything that reads one of them' : `Session ${at + 1}`
      await gql(host.token, rename, { id: made.id, title })
      if (at === 0) await made.asks('Deploy?', 'make deploy --region eu-west-1')
    }
  }
  await visits('home-3-many', '/', /Session 3/)
  await all(async (device) => {
    await device.taps('More')
    await device.taps('Select')
    await device.tapsOn('Session 3')
    await device.sees('1 session')
  })
  await shoot('home-4-selecting')
}

/** A device that may only look: what it is refused, and by whom. */
export async function refused(_desk: Desk, { all, shoot }: Studio<DeskPhone>): Promise<void> {
  await all(async (device) => {
    await device.pairs('VIEW')
    await device.sees(/may go up to|may look/i)
  })
  await shoot('why-1-view-only')
  await all(async (device) => {
    await device.taps('Why?')
    await device.sees('You cannot send prompts here: view only')
  })
  await shoot('why-2-sheet')
}
