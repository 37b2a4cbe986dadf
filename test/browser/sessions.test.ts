// The list of sessions on a phone: what needs me is first; names, archive and delete are facts of the server that need no workstation.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desk, type DeskPhone, openDesk } from '../kit/desk.ts'
import type { EnrolledHost } from '../kit/people.ts'
import { publishSession } from '../kit/session.ts'

let desk: Desk
let phone: DeskPhone
let away: EnrolledHost
const titles = () => phone.page.getByRole('link').filter({ hasText: 'Session' }).allTextContents()

/** A session of a workstation that never comes back. */
async function leaves(title: string): Promise<void> {
  const { gql } = desk.server
  const { id } = await publishSession(gql, away)
  await gql(away.token, 'mutation($id: ID!, $title: String!) { renameSession(id: $id, name: $title) { id } }', {
    ...{ id, title },
  })
}

beforeAll(async () => {
  desk = await openDesk()
  away = await desk.server.enrolledHost('attic')
  for (const letter of ['A', 'B', 'C', 'D']) await leaves(`Session ${letter}`)
  phone = await desk.phone()
  await phone.pairs()
  await phone.opens('/')
})
afterAll(() => desk?.close())

describe('the list of sessions', () => {
  it('[C7] several are archived at once, are found in the archive and come back', async () => {
    await phone.sees('Session A')
    await phone.taps('More')
    await phone.taps('Select')
    await phone.tapsOn('Session A')
    await phone.tapsOn('Session B')
    await phone.sees('2 sessions')
    await phone.taps('Archive')
    await phone.seesNo('Session A')
    await phone.seesNo('Session B')
    await phone.sees('Session C')
    await phone.taps('More')
    await phone.taps('Show the archive')
    await phone.sees('Session A')
    await phone.sees('Session B')
    await phone.taps('More')
    await phone.taps('Select')
    await phone.tapsOn('Session A')
    await phone.taps('Take out')
    await phone.seesNo('Session A')
    await phone.taps('More')
    await phone.taps('Show sessions')
    await phone.sees('Session A')
  })

  it('[C7] deleting asks once, says how many, and nothing of them is left on the server', async () => {
    await phone.taps('More')
    await phone.taps('Select')
    await phone.tapsOn('Session C')
    await phone.tapsOn('Session D')
    await phone.taps('Delete')
    await phone.sees('Delete 2 sessions?')
    await phone.taps('Delete 2 sessions')
    await phone.seesNo('Session C')
    await phone.seesNo('Session D')
    expect((await titles()).join()).toContain('Session A')
    type Found = { sessions: { edges: { node: { title: string } }[] } }
    const { sessions } = await desk.server.gql<Found>(
      away.token,
      '{ sessions(first: 50) { edges { node { title } } } }',
    )
    const left = sessions.edges.map(({ node }) => node.title)
    expect(left).not.toContain('Session C')
    expect(left).not.toContain('Session D')
  })

  it('[B1] what waits for me stands first, whenever it was begun', async () => {
    await desk.works()
    desk.agent.asks({ title: 'make', command: 'make all' })
    await phone.sees('Waiting for you')
    const first = phone.page.getByRole('link', { name: /Make the tests pass/ }).first()
    expect(await first.getAttribute('href')).toContain('?d=')
    const places = await phone.page.getByRole('link').allTextContents()
    expect(places.findIndex((text) => text.includes('Make the tests pass'))).toBeLessThan(
      places.findIndex((text) => text.includes('Session A')),
    )
  })
})
