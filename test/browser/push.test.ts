// Web Push from the agent's question to the answer on its button: encrypted by the server, opened by the test's push service, given to
// Chromium by its developer tools (it has no internet to be reached through).
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desk, type DeskPhone, openDesk } from '../kit/desk.ts'
import { createGoverned, type Governed } from '../kit/governed.ts'
import { createPushService, type PushService, subscribesTo } from '../kit/push-service.ts'

/** In the worker, where some of these functions run. */
declare const registration: ServiceWorkerRegistration

let desk: Desk
let phone: DeskPhone
let push: PushService
let deliver: (data: string) => Promise<void>
beforeAll(async () => {
  push = await createPushService()
  desk = await openDesk({ server: { push: { allowLoopback: true } } })
  phone = await desk.lastingPhone()
  await phone.context.grantPermissions(['notifications'], { origin: desk.server.url })
  await subscribesTo(phone.page, push.subscription)
  await phone.pairs()
  await phone.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  const devTools = await phone.context.newCDPSession(phone.page)
  const registered = new Promise<string>((resolve) => {
    devTools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const [first] = registrations
      if (first) resolve(first.registrationId)
    })
  })
  await devTools.send('ServiceWorker.enable')
  const registrationId = await registered
  deliver = (data) =>
    devTools.send('ServiceWorker.deliverPushMessage', { origin: desk.server.url, registrationId, data })
})
afterAll(async () => {
  await desk?.close()
  await push?.close()
})

const worker = () => {
  const [first] = phone.context.serviceWorkers()
  if (!first) throw new Error('the page has no worker')
  return first
}
const shown = () =>
  worker().evaluate(async () => {
    const all = await registration.getNotifications()
    return all.map((one) => {
      const { actions } = one as Notification & { actions: { action: string; title: string }[] }
      return {
        title: one.title,
        body: one.body,
        tag: one.tag,
        silent: one.silent,
        actions: actions.map((each) => each.title),
      }
    })
  })
/** The finger on a notification, or on one of its buttons. */
const click = (action: string) =>
  worker().evaluate(async (pressed) => {
    const [notification] = await registration.getNotifications()
    if (!notification) throw new Error('no notification is shown')
    dispatchEvent(new NotificationEvent('notificationclick', { notification, action: pressed }))
  }, action)
const openId = () => desk.session.view().decisions[0]?.id ?? ''

describe('notifications', () => {
  it('[D1] are turned on in the settings, and the test button says what the push service answered', async () => {
    await phone.opens('/settings')
    await phone.taps('Turn on')
    await phone.sees('Notifications are on')
    await phone.taps(/^Send a test/)
    const sent = await push.next()
    await phone.sees('The push service took it. It should be on this phone now.')
    // DevTools loses a message for a worker that is only being started; the tag makes a second one the same notification.
    await expect
      .poll(async () => {
        await deliver(sent)
        return shown()
      })
      .toMatchObject([{ title: 'Notifications work', tag: 'test' }])
  })

  it('[D1] a permission is shown with all that is asked; a tap opens the very card', async () => {
    await desk.works()
    const asked = desk.agent.asks({ title: 'Build', command: 'npm run build' })
    await deliver(await push.next())
    await expect
      .poll(async () => (await shown()).find((one) => one.tag === openId()))
      .toMatchObject({
        title: expect.stringMatching(/^Allow: /),
        body: expect.stringContaining('npm run build'),
        silent: false,
      })
    await worker().evaluate(async () => {
      for (const one of await registration.getNotifications({ tag: 'test' })) one.close()
    })
    await click('')
    await phone.page.waitForURL(`**/s/${desk.session.id}?d=${openId()}`)
    await phone.sees('npm run build')
    await phone.taps('Allow')
    expect(await asked.answered()).toBe('allow')
  })

  it('[D1] what was settled elsewhere replaces its card, silently and without buttons', async () => {
    await deliver(await push.next())
    const asked = desk.agent.asks({ title: 'Publish', command: 'npm publish' })
    await deliver(await push.next())
    const id = openId()
    await expect.poll(async () => (await shown()).find((one) => one.tag === id)?.actions).toContain('Deny')
    await desk.session.answer(id, { is: 'option', optionId: 'deny' })
    await asked.answered()
    await deliver(await push.next())
    await expect
      .poll(async () => (await shown()).find((one) => one.tag === id))
      .toMatchObject({
        body: expect.stringMatching(/^Answered by the terminal: Deny/),
        silent: true,
        actions: [],
      })
  })

  it('[D1][D5] Deny on the notification reaches the agent', async () => {
    await worker().evaluate(async () => {
      for (const one of await registration.getNotifications()) one.close()
    })
    const asked = desk.agent.asks({ title: 'Drop', command: 'dropdb shop' })
    await deliver(await push.next())
    await expect.poll(async () => (await shown()).flatMap((one) => one.actions)).toContain('Deny')
    await click('deny')
    expect(await asked.answered()).toBe('deny')
  })
})

describe('where its person must be verified', () => {
  let acme: Governed
  const asksFrom = (from: 'ANSWER' | 'VIEW') =>
    acme.apply(acme.organisationId, { remoteControl: 'VIEW_AND_CONTROL', stepUp: { from, answerMinutes: 0 } })
  const closesAll = () =>
    worker().evaluate(async () => {
      for (const one of await registration.getNotifications()) one.close()
    })
  /** What the push service is given next about that. */
  const nextOf = async (kind: string) => {
    for (;;) {
      const sent = await push.next()
      if (sent.includes(kind)) return sent
    }
  }
  beforeAll(async () => {
    acme = await createGoverned(desk.server)
    await asksFrom('ANSWER')
    await acme.join()
  })

  it('[T4][D1] the button reads Review in place of Allow, and opens the card', async () => {
    await closesAll()
    const asked = desk.agent.asks({ title: 'Deploy', command: 'make deploy' })
    await deliver(await nextOf('DECISION_OPENED'))
    const id = openId()
    await expect
      .poll(async () => (await shown()).find((one) => one.tag === id))
      .toMatchObject({ body: expect.stringContaining('make deploy'), actions: ['Deny', 'Review'] })
    await click('review')
    await phone.page.waitForURL(`**/s/${desk.session.id}?d=${id}`)
    await phone.sees('make deploy')
    expect(desk.session.view().decisions.map((one) => one.id)).toEqual([id])
    await desk.session.answer(id, { is: 'option', optionId: 'deny' })
    await asked.answered()
  })

  it('[T4][D5] who may not even look is told that something waits, and not what; Deny works', async () => {
    const before = desk.agent.asks({ title: 'Deploy', command: 'make deploy' })
    await deliver(await nextOf('DECISION_OPENED'))
    await expect.poll(async () => JSON.stringify(await shown())).toContain('make deploy')
    await asksFrom('VIEW')
    await phone.sees('Verify to look')
    // What is in the tray already loses its words; its Deny stays.
    await expect
      .poll(async () => (await shown()).find((one) => one.tag === openId()))
      .toMatchObject({ body: '', silent: true, actions: ['Deny', 'Review'] })
    expect(JSON.stringify(await shown())).not.toMatch(/deploy/i)
    await desk.session.answer(openId(), { is: 'option', optionId: 'deny' })
    await before.answered()
    await closesAll()
    const asked = desk.agent.asks({ title: 'Deploy', command: 'make deploy' })
    const sent = await nextOf('DECISION_OPENED')
    expect(sent).not.toMatch(/deploy/i)
    await deliver(sent)
    await expect
      .poll(async () => (await shown()).find((one) => one.tag === openId()))
      .toMatchObject({ title: 'Something waits for you', body: '', actions: ['Deny', 'Review'] })
    await click('deny')
    expect(await asked.answered()).toBe('deny')
  })
})
