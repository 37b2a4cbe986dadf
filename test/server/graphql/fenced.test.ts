/** What an attachment that is fenced still has to say of commands. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { EnrolledHost, PairedDevice } from '../../kit/people.ts'
import { startServer, type TestServer } from '../../kit/server.ts'
import { publishSession } from '../../kit/session.ts'
import { newKey } from './desk.ts'

let server: TestServer
let host: EnrolledHost
let phone: PairedDevice

beforeAll(async () => {
  server = await startServer()
  host = await server.enrolledHost()
  phone = await server.pairedDevice({ host, rung: 'FULL' })
})
afterAll(() => server.close())

it('[E4] an attachment that is fenced settles nothing: the newer one says what became of what it had taken', async () => {
  const session = await publishSession(server.gql, host)
  const sent = await server.gql<{ sendPrompt: { id: string } }>(
    phone.token,
    'mutation($input: SendPromptInput!) { sendPrompt(input: $input) { id } }',
    { input: { key: newKey(), sessionId: session.id, text: 'Go on' } },
  )
  const { id } = sent.sendPrompt
  const acknowledge = `mutation { acknowledgeCommands(hostId: "${host.id}", ids: ["${id}"], epochs: [{ sessionId: "${session.id}", epoch: 1 }]) { state } }`
  await server.gql(host.token, acknowledge)
  const newer = { id: session.id, hostId: host.id, epoch: 2, attachmentId: newKey(), ceiling: 'FULL' }
  const more = { cwd: '/home/dev/shop', createdAt: new Date().toISOString(), agent: { id: 'demo', name: 'Demo' } }
  await server.gql(session.token, 'mutation($input: StartSessionInput!) { startSession(input: $input) { lastSeq } }', {
    input: { ...newer, ...more },
  })
  const settles = (state: string, epoch: number) =>
    server.gql<{ settleCommand: { state: string } }>(
      session.token,
      `mutation { settleCommand(input: { commandId: "${id}", state: ${state}, epoch: ${epoch} }) { state } }`,
    )
  await expect(settles('APPLIED', 1)).rejects.toMatchObject({ code: 'EPOCH_FENCED' })
  expect((await settles('UNKNOWN', 2)).settleCommand.state).toBe('UNKNOWN')
})
