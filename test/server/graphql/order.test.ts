/** What is steered again is not read again; and whatever is otherwise than it was is said as ever. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { anotherPerson } from '../../kit/another-person.ts'
import { ask, type Refusal } from '../../kit/ask.ts'
import { type CountedServer, startCounted } from '../../kit/counted.ts'
import type { EnrolledHost, PairedDevice } from '../../kit/people.ts'
import { signed } from '../../kit/signing.ts'
import { type Desk, newKey, openDesk } from './desk.ts'

const PROMPT = 'mutation($input: SendPromptInput!) { sendPrompt(input: $input) { id state expiresAt createdAt } }'
const CANCEL = 'mutation($input: CancelTurnInput!) { cancelTurn(input: $input) { id state expiresAt createdAt } }'
type Sent = { id: string; state: string; expiresAt: string; createdAt: string }

let server: CountedServer
let host: EnrolledHost
let phone: PairedDevice
let desk: Desk
beforeAll(async () => {
  server = await startCounted()
  host = await server.enrolledHost()
  phone = await server.pairedDevice({ host })
})
afterAll(() => server?.close())
const send = async (input: object = {}, from = phone, document = PROMPT): Promise<Sent> => {
  const full = { key: newKey(), sessionId: desk.sessionId, ...(document === PROMPT && { text: 'go on' }), ...input }
  const data = await server.gql<Record<string, Sent>>(from.token, document, { input: full })
  return Object.values(data)[0] as Sent
}
const codeOf = (work: Promise<unknown>) => work.then(() => 'ok').catch((error: Refusal) => error.code)
beforeEach(async () => {
  desk = await openDesk(server, host)
  await send()
})

describe('a session that was steered before', () => {
  it('[C2] is not read for the next prompt: one statement makes it', async () => {
    const look = async (query: string, about: object) => (await ask(server.url, phone.token, query, about)).data
    const inputs = await Promise.all(
      Array.from({ length: 40 }, () =>
        signed(phone.token, PROMPT, { input: { key: newKey(), sessionId: desk.sessionId, text: 'go on' } }, look),
      ),
    )
    const before = server.reads()
    for (const variables of inputs) expect((await ask(server.url, phone.token, PROMPT, variables)).errors).toEqual([])
    // Those who are trusted are looked at by the clock; a look at the session for each would make eighty.
    expect(server.reads() - before).toBeLessThan(70)
  })

  it('[C1] gives the same row for the same key', async () => {
    const key = newKey()
    expect(await send({ key })).toEqual(await send({ key }))
  })

  it('[C5] keeps each command as long as its kind says', async () => {
    const seconds = ({ expiresAt, createdAt }: Sent) => (Date.parse(expiresAt) - Date.parse(createdAt)) / 1000
    expect(Math.round(seconds(await send()))).toBe(24 * 3600)
    expect(Math.round(seconds(await send({}, phone, CANCEL)))).toBe(300)
  })

  it('[T4] refuses a rung that does not reach, and takes a cancel from it', async () => {
    const low = await server.pairedDevice({ host, rung: 'ANSWER' })
    expect(await codeOf(send({}, low))).toBe('RUNG_TOO_LOW')
    expect(await codeOf(send({}, low, CANCEL))).toBe('ok')
    const lower = await server.pairedDevice({ host, rung: 'VIEW' })
    expect(await codeOf(send({}, lower, CANCEL))).toBe('RUNG_TOO_LOW')
  })

  it('[T5] refuses a signature that is none, another’s, or over another session', async () => {
    expect(await codeOf(send({ proof: null }))).toBe('SIGNATURE_REQUIRED')
    expect(await codeOf(send({ proof: `v1.1.1.${'A'.repeat(86)}` }))).toBe('SIGNATURE_WRONG')
  })

  it('[F7] is not there for somebody else', async () => {
    const stranger = await server.pairedDevice({ host: (await anotherPerson(server, 'ben')).host })
    expect(await codeOf(send({ proof: `v1.1.1.${'A'.repeat(86)}` }, stranger))).toBe('NOT_FOUND')
  })

  it('[C5] says that it has ended', async () => {
    const END = 'mutation($input: EndSessionInput!) { endSession(input: $input) { id } }'
    await server.gql(desk.token, END, { input: { sessionId: desk.sessionId, epoch: desk.epoch, reason: 'done' } })
    expect(await codeOf(send())).toBe('SESSION_ENDED')
  })
})
