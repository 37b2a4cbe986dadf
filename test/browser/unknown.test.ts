// A command of which nobody knows whether it was done: the phone says so, and shows the place where it was sent.
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { command, event } from '../../server/db/schema.ts'
import { type Desk, type DeskPhone, openDesk } from '../kit/desk.ts'
import { publishSession } from '../kit/session.ts'

const COUNT = 2_000
/** The workstation took the command right after this line, and went down. */
const TAKEN = 700
let desk: Desk
let phone: DeskPhone
let path: string
beforeAll(async () => {
  desk = await openDesk()
  const session = await publishSession(desk.server.gql, await desk.server.enrolledHost('barn'))
  await session.push({ agentText: { messageId: 'm1', text: 'Line 1' } })
  await desk.database.transaction(async (tx) => {
    await tx.execute(sql`
      insert into ${event} (session_id, seq, epoch, at, kind, digest, format, payload)
      select ${session.id}, n, 1, now() - interval '1 second' * (${COUNT} - n), 'AgentText', decode(repeat('ee', 32), 'hex'), 'json',
        convert_to(json_build_object('messageId', 'm' || n, 'text', 'Line ' || n)::text, 'UTF8')
      from generate_series(2, ${COUNT}) n`)
    await tx.execute(sql`update session set last_seq = ${COUNT} where id = ${session.id}`)
  })
  path = `/s/${session.id}`
  phone = await desk.phone()
  await phone.pairs()
  await phone.opens(path)
  await phone.sees(/^Line 2000/)
  await phone.writes('Prompt', 'Delete the staging snapshot')
  await phone.taps('Send')
  await phone.sees(/^Saved /)
  const taken = sql`(select at + interval '0.5 second' from ${event} where session_id = ${session.id} and seq = ${TAKEN})`
  await desk.database.transaction((tx) =>
    tx.update(command).set({ state: 'UNKNOWN', deliveredAt: taken, settledAt: sql`now()`, revision: 2 }),
  )
})
afterAll(() => desk?.close())

describe('a command that was perhaps done', () => {
  it('[C4] says so, and shows the place of the transcript where it was sent', async () => {
    await phone.opens(path)
    await phone.sees(/^Unknown since /)
    await phone.sees(/Look before you send it again\.$/)
    await phone.taps(/^Show \d\d:\d\d$/)
    await expect.poll(() => phone.page.locator('.tr-found').innerText()).toBe(`Line ${TAKEN}`)
    await phone.sees(/^\d\d:\d\d: Delete the staging snapshot$/)
    await expect
      .poll(() =>
        phone.page.locator('.tr-found').evaluate((row) => {
          const { top, bottom } = row.getBoundingClientRect()
          return top > 0 && bottom < innerHeight
        }),
      )
      .toBe(true)
  })

  it('[C4] and leads back to the end, where it can be sent again', async () => {
    await phone.taps('To the end')
    await phone.sees(/^Line 2000/)
    await phone.taps('Send again')
    await expect
      .poll(() => phone.page.getByLabel('Prompt', { exact: true }).inputValue())
      .toBe('Delete the staging snapshot')
    expect(phone.complaints).toEqual([])
  })
})
