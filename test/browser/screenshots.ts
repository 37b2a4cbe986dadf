// Every screen in both themes and both sizes into test/.out/screens, for eyes; and the README's picture. Not a test:
//   node --import tsx test/browser/screenshots.ts
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { claudeLike } from '../kit/agent/manner.ts'
import { type DeskPhone, openDesk } from '../kit/desk.ts'
import { createGoverned } from '../kit/governed.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const out = join(root, 'test', '.out', 'screens')
rmSync(out, { recursive: true, force: true })
mkdirSync(out, { recursive: true })
const cwd = join(tmpdir(), 'shop')
mkdirSync(cwd, { recursive: true })
execFileSync('git', ['init', '-q', '-b', 'fix/retry', cwd])

const desk = await openDesk({ manner: claudeLike, place: { cwd, agentName: 'Claude Code' } })
const { agent, session } = desk
const devices: { name: string; device: DeskPhone }[] = []
for (const colorScheme of ['light', 'dark'] as const) {
  const phone = await desk.phone({ colorScheme, deviceScaleFactor: colorScheme === 'light' ? 1.5 : 1 })
  devices.push({ name: `phone-${colorScheme}`, device: phone })
  devices.push({ name: `desktop-${colorScheme}`, device: await desk.desktop({ colorScheme }) })
}
const phones = devices.filter(({ name }) => name.startsWith('phone'))
async function shoot(name: string, on = devices): Promise<void> {
  for (const { name: which, device } of on) {
    await device.page.screenshot({ path: join(out, `${name}-${which}.png`), animations: 'disabled' })
  }
}
const all = async (act: (device: DeskPhone, name: string) => Promise<unknown>, on = devices) => {
  for (const { device, name } of on) await act(device, name)
}
const answered = (optionId: string) => session.answer(session.view().decisions[0]?.id ?? '', { is: 'option', optionId })
const opensSheet = (device: DeskPhone, name: string) =>
  name.startsWith('phone') ? device.taps(/Answer$/) : Promise.resolve()

await all(async (device) => {
  await device.opens('/')
  await device.page.getByRole('button').first().waitFor()
})
await shoot('00-not-paired')
await all(async (device) => {
  await device.opens('/sign-in')
  await device.sees('Or with your organisation')
})
await shoot('00-sign-in')
await all(async (device) => {
  await device.opens('/pair')
  await device.page.getByRole('textbox').first().waitFor()
})
await shoot('01-pair-code')
for (const { device, name } of devices) {
  const { link, pairing } = await desk.opensPairing()
  await device.opens(link)
  await device.taps(/^Pair this (phone|tablet|computer)$/)
  const match = device.page.getByRole('img', { name: /^Match code/ })
  const code = ((await match.textContent()) ?? '').replaceAll(/\s/g, '')
  await shoot('02-match', [{ name, device }])
  await desk.confirms(pairing, code)
  await device.page.waitForURL(`**/s/${session.id}`)
}
await shoot('03-empty-session')

await desk.works('The payment retries never stop. Find out why and fix it.')
agent.thinks('The retry loop has no upper bound; let me look at the queue.')
agent.lists([
  { content: 'Read the retry code', status: 'completed' },
  { content: 'Bound the retries', status: 'in_progress' },
  { content: 'Add a test', status: 'pending' },
  { content: 'Run everything', status: 'pending' },
])
agent.spends(41_200, 0.31)
const read = agent.starts('Read src/queue/retry.ts', {
  kind: 'read',
  locations: [{ path: `${cwd}/src/queue/retry.ts`, line: 12 }],
})
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
await shoot('04-session')
await all((device) => device.page.getByRole('log').evaluate((log) => log.scrollTo(0, 0)))
await shoot('05-session-start')

const permission = agent.asks({
  title: 'npm run migrate -- --to 20261120_retry_attempts && npm test -- retry --runInBand',
  command: 'npm run migrate -- --to 20261120_retry_attempts && npm test -- retry --runInBand',
  options: [
    { optionId: 'allow', name: 'Allow once', kind: 'allow_once' },
    { optionId: 'always', name: 'Always allow npm', kind: 'allow_always' },
    { optionId: 'deny', name: 'Deny', kind: 'reject_once' },
  ],
})
await all(async (device, name) => {
  await device.opens(desk.path)
  await opensSheet(device, name)
  await device.control(/^Allow once/).click({ trial: true })
})
await shoot('06-permission')
await phones[0]?.device.page.screenshot({ path: join(root, 'docs', 'images', 'phone.png'), animations: 'disabled' })
await all((device) => device.taps('Deny with a reason'))
await all((device) => device.writes('Reason', 'Not on this database. Use the copy in test/fixtures.'))
await shoot('07-reason')
await answered('allow')
await permission.answered()
await all((device) => device.sees(/Answered at the terminal/))
await shoot('08-settled')
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
await shoot('09-question')
await session.answer(session.view().decisions[0]?.id ?? '', { is: 'decline' })
await question.answered()
await all((device) => device.closes())

const plan = agent.proposes(
  '# Bound the retries\n\nThe queue retries forever. This stops it after five attempts.\n\n1. Add `attempt` to **jobs**, with a migration\n2. Grow the pause: 2, 4, 8, 16, 32 s\n3. Mail the customer when it gives up\n4. Test the clock in seconds\n\nNothing else changes.',
)
await all(async (device, name) => {
  if (name.startsWith('desktop')) await device.taps('Review the plan')
  else await device.taps(/Answer$/)
  await device.sees('Test the clock in seconds')
  await device.tapsOn(/Grow the pause/)
  await device.writes(/^Comment on 2/, 'Start at 5 s, the bank asks for it')
  await device.taps('Keep comment')
})
await shoot('10-plan')
await all((device) => device.presses('Escape'))

await session.prompt('Then update the changelog')
await all((device) => device.sees('Then update the changelog'))
await shoot('11-queued')
for (const [path, name] of [
  ['/', '12-sessions'],
  ['/inbox', '13-inbox'],
  ['/settings', '14-settings'],
  ['/settings/devices', '15-devices'],
] as const) {
  await all(async (device) => {
    await device.opens(path)
    await device.page.getByRole('button').first().waitFor()
    await device.sees(/atlas|Pixel 8|Chrome on Linux/)
  })
  await shoot(name)
}
await answered('reject')
await plan.answered()
await all(async (device) => {
  await device.opens(desk.path)
  // The session's own; on a wide screen each row of the list beside it has one too.
  await device.page
    .locator('.session')
    .getByRole('button', { name: /^More for/ })
    .click()
  await device.page.getByRole('menuitem', { name: 'Search' }).click()
  await device.writes('Search in this session', 'retry')
  await device.sees(/places$/)
})
await shoot('17-search')
await all(async (device) => {
  await device.page.locator('dialog[open] button.row-main').nth(1).click()
  await device.sees(/^2 of/)
})
await shoot('18-found')
for (const [path, name, seen] of [
  ['/settings/passkeys', '19-passkeys', /fingerprint/],
  ['/settings/policy', '20-what-holds', /^Remote control: /],
  ['/settings/sign-in', '27-signing-in', /offdesk invite --myself/],
] as const) {
  await all(async (device) => {
    await device.opens(path)
    await device.sees(seen)
  })
  await shoot(name)
}
const acme = await createGoverned(desk.server)
await acme.apply(acme.organisationId, { remoteControl: 'VIEW_AND_CONTROL', maxRung: 'STEER' })
await acme.join()
await all(async (device) => {
  await device.opens('/admin')
  await device.writes(/^Admin’s token/, acme.admin)
})
await shoot('21-admin-token')
await all(async (device) => {
  await device.taps('Go on')
  await device.sees('Blue')
})
await shoot('22-admin')
await all(async (device) => {
  await device.opens(`/admin/${acme.organisationId}/policy`)
  await device.taps(/^View only/)
  await device.sees(/not applied/)
})
await shoot('23-admin-policy')
await all(async (device) => {
  await device.taps('Try it')
  await device.sees(/running session/)
})
await shoot('24-admin-trial')
await all(async (device) => {
  await device.opens(`/admin/${acme.organisationId}/members/${acme.ownerId}`)
  await device.sees(/^Remote control: /)
})
await shoot('25-admin-member')
await all(async (device) => {
  await device.opens(`/admin/${acme.organisationId}/audit`)
  await device.taps('Filter')
})
await shoot('26-admin-audit')
for (const [path, name, seen] of [
  ['/admin/tokens', '28-admin-tokens', /this tab’s own$/],
  [`/admin/${acme.organisationId}/webhooks`, '29-admin-webhooks', 'Nothing is sent anywhere yet.'],
  [`/admin/${acme.organisationId}/sign-on`, '30-admin-sign-on', 'For the provider'],
  [`/admin/${acme.organisationId}/members`, '31-admin-members', 'Invite a person'],
] as const) {
  await all(async (device) => {
    await device.opens(path)
    await device.sees(seen)
  })
  await shoot(name)
}
await all(async (device) => {
  await device.opens('/admin/tokens')
  await device.taps('New token')
  await device.writes('Name', 'nightly audit')
})
await shoot('32-admin-new-token')
await all(async (device) => {
  await device.opens('/admin')
  await device.taps('New enterprise')
  await device.writes('Name of the enterprise', 'Umbrella')
  await device.writes(/^Its organisations/, 'Payments\nPlatform')
})
await shoot('33-admin-founding')
await all((device) => device.opens(desk.path))
await all((device) => device.sees('Live'))
await all((device) => device.context.setOffline(true))
await all(async (device) => {
  await device.sees(/is offline/)
  await device.writes('Prompt', 'And tell me how long the slowest test takes')
  await device.taps('Send')
})
await all((device) => device.sees(/sent in this order/))
await shoot('16-offline')
await desk.close()
rmSync(cwd, { recursive: true, force: true })
