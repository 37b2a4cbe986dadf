/** An agent that breaks every rule, watched from a phone through the built command: each line has its result, and what is said after it arrives. */
import { beforeAll, describe, expect, test } from 'vitest'
import { hostile } from '../kit/agent/hostile.ts'
import type { ScriptedAgent } from '../kit/agent/scripted.ts'
import { twoAllowOnce } from '../kit/agent/shapes.ts'
import { type Phone, pairs, scripted, serve, sessionOf } from './house.ts'
import { machine, until } from './machine.ts'

type Node = {
  __typename: string
  seq: number
  text?: string
  kind?: string
  json?: string
  title?: string
  body?: { size: number }
}
const EVENTS = `query($id: ID!, $after: String) { session(id: $id) { lastSeq events(first: 500, after: $after) { edges { node {
  __typename seq ... on AgentText { text body: textBody { size } } ... on UnknownEvent { kind json } ... on NoticeShown { title }
} } } } }`

describe('what an agent says against the rules', () => {
  let agent: ScriptedAgent
  let phone: Phone
  let id: string
  let seen = 0

  beforeAll(async () => {
    const at = await (await machine()).seeded()
    const { url } = await serve(at)
    agent = await scripted()
    const session = at.runs(agent, '--remote')
    await agent.opened(30_000)
    phone = await pairs(at, session, url)
    id = await sessionOf(session)
    await phone.sends('sendPrompt', 'SendPromptInput', { sessionId: id, text: 'go' })
    await agent.prompted()
    // What is still on its way belongs to the beginning.
    await until(async () => (await phone.session(id)).state === 'WORKING', 'the turn')
  })

  const read = async (after: number) => {
    type Answer = { session: { lastSeq: number; events: { edges: { node: Node }[] } } }
    return (await phone.gql<Answer>(EVENTS, { id, after: String(after) })).session
  }
  /** The events since the last call, once the word that was said last is among them. */
  async function upTo(word: string): Promise<Node[]> {
    agent.says(word)
    const nodes = await until(async () => {
      const found = (await read(seen)).events.edges.map(({ node }) => node)
      return found.some(({ text }) => text?.includes(word)) && found
    }, `“${word}” on the phone`)
    // Dense: nothing was lost on the way to it.
    expect(nodes.map(({ seq }) => seq)).toEqual(nodes.map((_, index) => seen + index + 1))
    seen += nodes.length
    return nodes
  }
  const words = (nodes: Node[]) => nodes.map(({ text = '' }) => text).join('')

  test('[E9] garbage is a notice, an unknown kind is shown as unknown', async () => {
    agent.writes(hostile.garbage)
    agent.writes(hostile.unknownUpdate(agent.sessionId()))
    const nodes = await upTo('after the garbage')
    expect(nodes.find(({ __typename }) => __typename === 'NoticeShown')?.title).toMatch(/bytes that are no message/)
    expect(nodes.find(({ __typename }) => __typename === 'UnknownEvent')?.json).toContain('hologram')
  })

  test('[E7] NUL, half a surrogate pair and bytes that are no UTF-8 are made well-formed', async () => {
    agent.writes(hostile.nulUpdate(agent.sessionId()))
    agent.writes(hostile.loneSurrogateUpdate(agent.sessionId()))
    agent.writes(hostile.invalidUtf8(agent.sessionId()))
    const text = words(await upTo('after the characters'))
    expect(text).toMatch(/before.?after.*before\ufffdafter/s)
    expect(text).not.toContain('\0')
    expect(text).not.toMatch(/\p{Surrogate}/u)
  })

  test('[E7] JSON 100,000 deep is kept, the rest of it as text', async () => {
    agent.writes(hostile.deepUpdate(agent.sessionId()))
    const nodes = await upTo('after the depth')
    expect(nodes.some(({ __typename }) => __typename === 'ToolCallChanged')).toBe(true)
  })

  test('[E6] 10 MB in one line become a body with a preview', async () => {
    agent.writes(hostile.hugeUpdate(agent.sessionId()))
    const nodes = await upTo('after the flood')
    const large = nodes.filter(({ body }) => body)
    expect(large.map(({ body }) => body?.size).reduce((sum = 0, size = 0) => sum + size, 0)).toBeGreaterThanOrEqual(
      10_000_000,
    )
    expect(large[0]?.text?.length).toBeLessThanOrEqual(4096)
  })

  test('[D6] of two options of one kind the one that was tapped is answered, an option never offered makes no command', async () => {
    const asked = agent.asks({ title: 'edit', options: twoAllowOnce })
    const open = await until(async () => (await phone.session(id)).openDecisions[0], 'the permission')
    const input = { sessionId: id, decisionId: open.id, epoch: open.epoch }
    const never = phone.sends('answerPermission', 'AnswerPermissionInput', { ...input, optionId: 'allow_everything' })
    await expect(never).rejects.toMatchObject({ code: 'OPTION_NOT_OFFERED' })
    const second = twoAllowOnce[1]?.optionId ?? ''
    const mine = await phone.sends('answerPermission', 'AnswerPermissionInput', { ...input, optionId: second })
    expect(await asked.answered()).toBe(second)
    expect((await phone.settled(mine.id)).state).toBe('APPLIED')
    const late = await phone.sends('answerPermission', 'AnswerPermissionInput', { ...input, optionId: second })
    expect(late).toMatchObject({ state: 'SUPERSEDED' })
    await upTo('after the question')
  })

  test('an agent that dies ends its turn and its question in words; what was said stays', async () => {
    agent.asks({ title: 'one more' })
    await until(async () => (await phone.session(id)).openDecisions[0], 'the permission')
    agent.dies()
    const stopped = await until(async () => {
      const now = await phone.session(id)
      // The turn's end comes first and stops the session with its own words; the agent's end follows it.
      return now.stateDetail?.includes('Prompts are kept') && now.openDecisions.length === 0 && now
    }, 'the session to be told stopped, and why')
    expect(stopped).toMatchObject({
      state: 'STOPPED',
      stateDetail: expect.stringMatching(/^The agent ended by SIGKILL\./),
    })
    expect(words((await read(0)).events.edges.map(({ node }) => node))).toContain('after the question')
  })
})
