/** The examples of the README, run as they stand against the live demo: only address, ids and the end of the stream are put in. */
import { readFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { gqlAt, phoneAt, sessionOf } from './house.ts'
import { COMMAND, follow, type Machine, machine, until } from './machine.ts'

const readme = readFileSync('README.md', 'utf8')
const block = /## Script it[\s\S]*?```sh\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
const [preamble = '', ...rest] = block.split(/^# /m)
const examples = new Map(rest.map((text) => [text.split('\n')[0] ?? '', text.slice(text.indexOf('\n') + 1)]))

let at: Machine
let api: string
let token: string
let id: string

/** Bash with the README's own beginning; the token is made once, by its first line. */
async function shell(text: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const script = `set -e\noffdesk() { '${process.execPath}' '${COMMAND}' "$@"; }\n${text}`
  const running = follow(['-c', script], at.env, 'bash', [])
  return { code: await running.exited, ...running.streams }
}

const begin = () =>
  preamble.replace('http://127.0.0.1:4747/graphql', api).replace('$(offdesk devices add-script ci --allow full)', token)

async function example(title: RegExp, put: Record<string, string> = {}): Promise<string> {
  const found = [...examples].find(([heading]) => title.test(heading))
  if (!found) throw new Error(`the README has no example like ${title}`)
  let text = found[1]
  for (const [from, to] of Object.entries({ 'ses_…': id, ...put })) {
    if (text.includes(from)) text = text.replaceAll(from, to)
  }
  expect(text).not.toContain('…')
  const { code, stdout, stderr } = await shell(begin() + text)
  expect([code, stderr]).toEqual([0, ''])
  return stdout
}

const answerOf = (stdout: string) => {
  const { data, errors } = JSON.parse(stdout) as { data: Record<string, never>; errors?: unknown }
  expect(errors).toBeUndefined()
  return data as Record<string, never>
}
type Decision = { id: string; epoch: number; kind: string; title: string }
const decisions = async () => {
  const { session } = await gqlAt(api.replace('/graphql', ''))<{ session: { openDecisions: Decision[] } }>(
    token,
    'query($id: ID!) { session(id: $id) { openDecisions { id epoch kind title } } }',
    { id },
  )
  return session.openDecisions
}

beforeAll(async () => {
  at = await (await machine()).seeded()
  const demo = at.starts(['start', '--allow', 'full'])
  id = await sessionOf(demo)
  api = `${at.server().url}/graphql`
  const made = await shell(`${preamble.split('\n')[0]}\nprintf %s "$TOKEN"`)
  expect(made.stderr).toContain('Its token is shown once')
  token = made.stdout
  expect(token).toMatch(/^odd_/)
}, 60_000)

test('list sessions', async () => {
  const { sessions } = answerOf(await example(/list sessions/)) as unknown as {
    sessions: { edges: { node: { id: string } }[] }
  }
  expect(sessions.edges.map(({ node }) => node.id)).toEqual([id])
})

test('answer a question: the demo takes the words into its plan', async () => {
  const question = await until(async () => (await decisions()).find(({ kind }) => kind === 'QUESTION'), 'the question')
  const { answerQuestion } = answerOf(
    await example(/answer a question/, { 'dec_…': question.id, '"epoch":1': `"epoch":${question.epoch}` }),
  ) as unknown as { answerQuestion: { id: string } }
  const plan = await until(async () => (await decisions()).find(({ kind }) => kind === 'PLAN'), 'the plan')
  expect(plan.title).toBeTruthy()
  const device = phoneAt(api.replace('/graphql', ''), { token } as never)
  expect((await device.settled(answerQuestion.id)).state).toBe('APPLIED')
})

test('read a transcript, newest 50 events', async () => {
  const { session } = answerOf(await example(/read a transcript/)) as unknown as {
    session: { events: { edges: { node: { __typename: string; seq: number; text?: string } }[] } }
  }
  const nodes = session.events.edges.map(({ node }) => node)
  expect(nodes.some(({ text }) => text?.includes('SPRING'))).toBe(true)
})

test('send a prompt; sending again with the same key changes nothing', async () => {
  const [first, second] = [await example(/send a prompt/), await example(/send a prompt/)].map(answerOf) as unknown as {
    sendPrompt: { id: string; state: string }
  }[]
  expect(first?.sendPrompt.id).toMatch(/^cmd_/)
  expect(second?.sendPrompt.id).toBe(first?.sendPrompt.id)
})

test('follow a session live: the stream gives what has been and what comes', async () => {
  const found = [...examples].find(([heading]) => /follow a session/.test(heading))?.[1].replaceAll('ses_…', id) ?? ''
  const live = await shell(`${begin()}${found.replace('curl -N', 'curl -sS -N --max-time 3').trimEnd()} || [ $? = 28 ]`)
  expect([live.code, live.stdout]).toEqual([
    0,
    expect.stringMatching(/^event: next\ndata: \{"data":\{"eventsAppended":.*"seq":1\D/m),
  ])
})

test('policy: nobody steers from away, from now on', async () => {
  const { setRemoteControl } = answerOf(await example(/policy/)) as unknown as {
    setRemoteControl: { remoteControl: string }
  }
  expect(setRemoteControl.remoteControl).toBe('VIEW')
  const { stdout } = await shell(
    `${begin()}${[...examples]
      .find(([title]) => /send a prompt/.test(title))?.[1]
      .replace('ses_…', id)
      .replace('0001', '0002')}`,
  )
  expect(JSON.parse(stdout).errors[0].extensions).toMatchObject({ code: 'POLICY', remedy: expect.any(String) })
})
