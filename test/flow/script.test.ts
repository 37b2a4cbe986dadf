/** [T5] A script steers a session with the command: each word signed with the key file, each end said with an exit code. */
import { readFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { sha256Hex } from '../../protocol/bytes.ts'
import type { ScriptedAgent } from '../kit/agent/scripted.ts'
import { gqlAt, scripted, serve, sessionOf } from './house.ts'
import { type Machine, machine, until } from './machine.ts'

let at: Machine
let agent: ScriptedAgent
let id: string
let token: string
let url: string
const script = (...words: string[]) => at.does([...words, '--key', 'ci'])

beforeAll(async () => {
  at = await (await machine()).seeded()
  agent = await scripted()
  url = (await serve(at)).url
  const session = at.runs(agent, '--remote', 'full')
  await agent.opened(30_000)
  id = await sessionOf(session)
  await at.does(['devices', 'add-script', 'ci', '--allow', 'full'])
  token = /^token: (\S+)$/m.exec(readFileSync(`${at.dataDir}/scripts/ci.key`, 'utf8'))?.[1] ?? ''
}, 90_000)

type Open = { id: string; evidence: string }
const decision = () =>
  until(async () => {
    const query = 'query($id: ID!) { session(id: $id) { openDecisions { id evidence } } }'
    const { session } = await gqlAt(url)<{ session: { openDecisions: Open[] } }>(token, query, { id })
    return session.openDecisions[0]
  }, 'an open decision')

test('[T5] asks for a mode, prompts, decides, answers and cancels', async () => {
  expect(await script('mode', id, 'plan')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^applied cmd_/) })
  expect(await agent.modeSet()).toBeTruthy()
  expect(await script('send', id, 'Make it green')).toMatchObject({ code: 0 })
  expect((await agent.prompted()).text).toBe('Make it green')

  const asked = agent.asks({ title: 'npm test', command: 'npm test' })
  const permission = await decision()
  const unread = await script('decide', id, permission.id, 'allow', '--evidence', await sha256Hex('something else'))
  expect(unread).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('not what you have read') })
  const none = await script('decide', id, permission.id, 'perhaps')
  expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('It offers: allow (Allow)') })
  const read = await sha256Hex(permission.evidence)
  expect(await script('decide', id, permission.id, 'allow', '--evidence', read)).toMatchObject({ code: 0 })
  expect(await asked.answered()).toBe('allow')

  const form = agent.asksForm('Which?', { which: { type: 'string', title: 'Which?' } })
  const question = await until(async () => {
    const now = await decision()
    return now.id === permission.id ? null : now
  }, 'the question')
  expect(await script('answer', id, question.id, 'which=the left one')).toMatchObject({ code: 0 })
  expect(await form.raw()).toMatchObject({ action: 'accept', content: { which: 'the left one' } })

  expect(await script('cancel', id)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^applied cmd_/) })
  await agent.cancelled()
})

test('[T7] without a key it says how to get one; a session that is not there is said to be so', async () => {
  const nobody = await at.does(['cancel', id])
  expect(nobody).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('offdesk devices add-script') })
  const nowhere = await script('cancel', `ses_${'x'.repeat(22)}`)
  expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no session') })
})
