/** One turn of a session from its first prompt to the last answer: transcript, permission, question, plan, queue, search, what is offline. */
import { join } from 'node:path'
import type { Desk, DeskPhone } from '../../kit/desk.ts'
import type { Eye, Studio } from './studio.ts'

const MIGRATE = 'npm run migrate -- --to 20261120_retry_attempts && npm test -- retry --runInBand'

export async function turn(desk: Desk, studio: Studio<DeskPhone>, cwd: string, readme: string): Promise<void> {
  const { agent, session } = desk
  const { all, shoot, eyes } = studio
  const answered = (optionId: string) =>
    session.answer(session.view().decisions[0]?.id ?? '', { is: 'option', optionId })
  const opensSheet = (device: DeskPhone, eye: Eye) => (eye.isPhone ? device.taps(/Answer$/) : Promise.resolve())
  await all((device) => device.sees(/^Nothing has been said yet/))
  await shoot('turn-01-empty')

  await desk.works('The payment retries never stop. Find out why and fix it.')
  agent.thinks('The retry loop has no upper bound; let me look at the queue.')
  agent.lists([
    { content: 'Read the retry code', status: 'completed' },
    { content: 'Bound the retries', status: 'in_progress' },
    { content: 'Add a test', status: 'pending' },
    { content: 'Run everything', status: 'pending' },
  ])
  agent.spends(41_200, 0.31)
  const locations = [{ path: `${cwd}/src/queue/retry.ts`, line: 12 }]
  const read = agent.starts('Read src/queue/retry.ts', { kind: 'read', locations })
  agent.reports(read, 'export const retry = …')
  agent.says(
    '`retry.ts` reschedules **every** failure, also the ones that cannot succeed:\n\n- a declined card is asked for again after 2 s\n- nothing counts the attempts\n\n```ts\nif (error) queue.push({ ...job, at: now() + 2_000 })\n```\n\nI will bound it at five attempts with a growing pause.',
  )
  const edit = agent.starts('Edit src/queue/retry.ts', {
    kind: 'edit',
    content: [
      {
        type: 'diff',
        path: `${cwd}/src/queue/retry.ts`,
        oldText:
          'const pause = 2_000\n\nexport function again(job: Job) {\n  queue.push({ ...job, at: now() + pause })\n}\n',
        newText:
          'const pause = 2_000\nconst most = 5\n\nexport function again(job: Job) {\n  if (job.attempt >= most) return fail(job)\n  queue.push({ ...job, attempt: job.attempt + 1, at: now() + pause * 2 ** job.attempt })\n}\n',
      },
    ],
  })
  agent.update({ sessionUpdate: 'tool_call_update', toolCallId: edit, status: 'completed' })
  const test = agent.starts('npm test -- retry', { rawInput: { command: 'npm test -- retry' } })
  agent.reports(
    test,
    '\u001b[31mFAIL\u001b[0m test/retry.test.ts\n  ✕ stops after five attempts (12 ms)\n\n\u001b[1mTests:\u001b[0m \u001b[31m1 failed\u001b[0m, \u001b[32m14 passed\u001b[0m',
    'failed',
  )
  agent.says('\n\nThe queue’s clock is in seconds; I will correct the pause and run it again.', { messageId: 'two' })
  await all((device) => device.sees(/correct the pause/))
  await shoot('turn-02-streaming')
  await all((device) => device.page.getByRole('log').evaluate((log) => log.scrollTo(0, 0)))
  await shoot('turn-03-start')
  await all(async (device) => {
    await device.tapsOn(/^Edited/)
    await device.tapsOn(/^Thought for/)
  })
  await shoot('turn-04-opened')
  await all(async (device) => {
    await device.taps(/^Mode: /)
    await device.page.getByRole('menu').waitFor()
  })
  await shoot('turn-05-modes')
  await all((device) => device.presses('Escape'))

  const permission = agent.asks({
    title: MIGRATE,
    command: MIGRATE,
    options: [
      { optionId: 'allow', name: 'Allow once', kind: 'allow_once' },
      { optionId: 'always', name: 'Always allow npm', kind: 'allow_always' },
      { optionId: 'deny', name: 'Deny', kind: 'reject_once' },
    ],
  })
  await all(async (device, eye) => {
    await device.opens(desk.path)
    await opensSheet(device, eye)
    await device.control(/^Allow once/).click({ trial: true })
  })
  await shoot('turn-06-permission')
  await eyes[0]?.device.page.screenshot({ path: readme, animations: 'disabled' })
  await all((device) => device.taps('Deny with a reason'))
  await all((device) => device.writes('Reason', 'Not on this database. Use the copy in test/fixtures.'))
  await shoot('turn-07-reason')
  await answered('allow')
  await permission.answered()
  await all((device) => device.sees(/Answered at the terminal/))
  await shoot('turn-08-settled')
  await all((device) => device.closes())

  const question = agent.asksForm('How should it give up?', {
    end: {
      type: 'string',
      title: 'What happens after the fifth attempt?',
      oneOf: [
        { const: 'mail', title: 'Mail the customer', description: 'They can correct the card' },
        { const: 'drop', title: 'Close the order' },
      ],
    },
    end_custom: { type: 'string' },
    wait: { type: 'integer', title: 'First pause in seconds', minimum: 1, maximum: 60 },
  })
  await all(opensSheet)
  await all((device) => device.sees('Question 1 of 2'))
  await shoot('turn-09-question')
  await session.answer(session.view().decisions[0]?.id ?? '', { is: 'decline' })
  await question.answered()
  await all((device) => device.closes())

  const plan = agent.proposes(
    '# Bound the retries\n\nThe queue retries forever. This stops it after five attempts.\n\n1. Add `attempt` to **jobs**, with a migration\n2. Grow the pause: 2, 4, 8, 16, 32 s\n3. Mail the customer when it gives up\n4. Test the clock in seconds\n\nNothing else changes.',
  )
  await all(async (device, eye) => {
    if (eye.isPhone) await device.taps(/Answer$/)
    else await device.taps('Review the plan')
    await device.sees('Test the clock in seconds')
    await device.tapsOn(/Grow the pause/)
    await device.writes(/^Comment on 2/, 'Start at 5 s, the bank asks for it')
    await device.taps('Keep comment')
  })
  await shoot('turn-10-plan')
  await all((device) => device.presses('Escape'))
  await session.prompt('Then update the changelog')
  await all((device) => device.sees('Then update the changelog'))
  await shoot('turn-11-queued')
  for (const path of ['/', '/inbox']) {
    await all(async (device) => {
      await device.opens(path)
      await device.sees(/Go on with this plan/)
    })
    await shoot(path === '/' ? 'home-2-some' : 'inbox')
  }
  await answered('reject')
  await plan.answered()
  await search(desk, studio)
}

async function search(desk: Desk, { all, shoot }: Studio<DeskPhone>): Promise<void> {
  const menus = async (device: DeskPhone) => {
    // The session's own; on a wide screen each row of the list beside it has one too.
    const own = device.page.locator('.session').getByRole('button', { name: /^More for/ })
    await own.click()
  }
  await all(async (device) => {
    await device.opens(desk.path)
    await menus(device)
  })
  await shoot('session-menu')
  await all(async (device) => {
    await device.page.getByRole('menuitem', { name: 'Search' }).click()
    await device.writes('Search in this session', 'retry')
    await device.sees(/places$/)
  })
  await shoot('search-1-in-session')
  await all(async (device) => {
    await device.page.locator('dialog[open] button.row-main').nth(1).click()
    await device.sees(/^2 of/)
  })
  await shoot('search-2-found')
  await all(async (device) => {
    await device.opens('/')
    await device.taps('Search')
    await device.page.getByRole('searchbox').first().fill('change')
  })
  await shoot('search-3-list')
}

/** What is typed without a network waits in the outbox; the page itself opens without one. */
export async function offline(desk: Desk, { all, shoot }: Studio<DeskPhone>): Promise<void> {
  await all(async (device) => {
    await device.opens(desk.path)
    await device.sees('Live')
    await device.page.evaluate(() => navigator.serviceWorker?.ready.then(() => undefined))
    await device.context.setOffline(true)
    await device.sees(/is offline/)
    await device.writes('Prompt', 'And tell me how long the slowest test takes')
    await device.taps('Send')
    await device.sees(/sent in this order/)
  })
  await shoot('offline-1-outbox')
  for (const [path, name, seen] of [
    ['/', 'offline-2-home', /^Seen up to/],
    ['/settings', 'offline-3-settings', 'About'],
  ] as const) {
    await all(async (device) => {
      await device.opens(path)
      await device.sees(seen)
    })
    await shoot(name)
  }
  await all((device) => device.context.setOffline(false))
}

export const picture = (root: string): string => join(root, 'docs', 'images', 'phone.png')
