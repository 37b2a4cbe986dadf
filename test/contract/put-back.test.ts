/** Commands of a database that was put back: what it holds as queued may have been fetched and done since it was copied. */
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { command, serverFact } from '../../server/db/schema.ts'
import { createCommand } from '../../server/store/commands.ts'
import { expireNext, settleCommand, settleLeftOver } from '../../server/store/delivery.ts'
import { lookForHost } from '../../server/store/host-commands.ts'
import { doubtQueued } from '../../server/store/put-back.ts'
import { refuseDevicesCommands } from '../../server/store/taken-away.ts'
import { attach, newKey, type Place, person, places, silent } from './place.ts'

const revoked = { code: 'REVOKED', message: 'This device has been revoked.', rule: null }

describe.each(places)('a database that was put back, on %s', (_name, open) => {
  let place: Place
  beforeAll(async () => {
    place = await open()
  })
  afterAll(() => place?.close())

  async function prompts() {
    const who = await person(place.database)
    const session = await attach(place.database, who)
    const wanted = { ownerId: who.ownerId, hostId: who.hostId, sessionId: session.id, device: who.phone, proof: null }
    const value = { promptId: 'p1', text: 'go on', attachments: [], delivery: 'AFTER_TURN', modeId: null }
    const send = (expiresInSeconds = 86_400) =>
      place.database.transaction((tx) =>
        createCommand(tx, silent, { ...wanted, key: newKey(), kind: 'SendPrompt', value, expiresInSeconds }),
      )
    return { who, session, send }
  }
  /** What `settleIncarnation` does to a copy. */
  const putBack = () =>
    place.database.read(async (tx) => {
      await tx.update(serverFact).set({ value: crypto.randomUUID() }).where(eq(serverFact.name, 'incarnation'))
    })
  const doubt = () => place.database.transaction(doubtQueued)
  const stateOf = async (id: string) =>
    place.database.read(async (tx) => (await tx.select().from(command).where(eq(command.id, id)))[0]?.state)

  it('[C4] what is queued there is not refused by a revocation: it may have run, and its host says so', async () => {
    const { who, send } = await prompts()
    const queued = await send()
    await putBack()
    await doubt()
    await place.database.transaction((tx) => refuseDevicesCommands(tx, silent, who.phone.id, revoked))
    expect(await stateOf(queued.id)).toBe('DELIVERED')
    // The host is told of it again, and its ledger knows.
    const look = await place.database.read((tx) => lookForHost(tx, who.hostId, null))
    expect(look.commands.map(({ id }) => id)).toEqual([queued.id])
    const applied = { id: queued.id, state: 'APPLIED' as const, refusal: null }
    await place.database.transaction((tx) => settleCommand(tx, silent, who, applied))
    expect(await stateOf(queued.id)).toBe('APPLIED')
  })

  it('[C4] nor is it said to have come too late, and its session’s end leaves it UNKNOWN', async () => {
    const { session, send } = await prompts()
    const queued = await send(60)
    await putBack()
    await doubt()
    const overdue = { expiresAt: sql`clock_timestamp() - interval '1 second'` }
    await place.database.read((tx) => tx.update(command).set(overdue).where(eq(command.id, queued.id)))
    while (await place.database.transaction((tx) => expireNext(tx, silent)));
    expect(await stateOf(queued.id)).toBe('DELIVERED')
    const ended = { code: 'SESSION_ENDED', message: 'The session has ended.', rule: null }
    await place.database.transaction((tx) => settleLeftOver(tx, silent, { sessionId: session.id }, ended))
    expect(await stateOf(queued.id)).toBe('UNKNOWN')
  })

  it('[C5] what is queued after that is queued, whichever process starts', async () => {
    const { who, send } = await prompts()
    await putBack()
    await Promise.all([doubt(), place.other.transaction(doubtQueued)])
    const queued = await send()
    await doubt()
    expect(await stateOf(queued.id)).toBe('QUEUED')
    await place.database.transaction((tx) => refuseDevicesCommands(tx, silent, who.phone.id, revoked))
    expect(await stateOf(queued.id)).toBe('REFUSED')
  })
})
