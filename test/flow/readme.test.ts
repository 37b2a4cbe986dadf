/** The examples of the README, run as they stand against the live demo: only address, ids and the end of the stream are put in. */
import { readFileSync, statSync } from 'node:fs'
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
let keyFile: string
let id: string

/** Bash with the README's own beginning; the token is made once, by its first line. */
async function shell(text: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const script = `set -e\noffdesk() { '${process.execPath}' '${COMMAND}' "$@"; }\n${text}`
  const running = follow(['-c', script], at.env, 'bash', [])
  return { code: await running.exited, ...running.streams }
}

const begin = () =>
  preamble
    .replace('http://127.0.0.1:4747/graphql', api)
    .replace('$(offdesk devices add-script ci --allow full)', keyFile)

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
  at = await (await machine({ OFFDESK_DEVELOPMENT: '' })).seeded()
  const demo = at.starts(['start', '--allow', 'full'])
  id = await sessionOf(demo)
  api = `${at.server().url}/graphql`
  const made = await shell(`${preamble.split('\n')[0]}\nprintf %s "$OFFDESK_KEY"`)
  expect(made.stderr).toContain('Its token and the key it signs with are in this file')
  keyFile = made.stdout
  expect(statSync(keyFile).mode & 0o777).toBe(0o600)
  token = /^token: (odd_\S+)$/m.exec(readFileSync(keyFile, 'utf8'))?.[1] ?? ''
  expect(token).not.toBe('')
}, 60_000)

test('list sessions', async () => {
  const { sessions } = answerOf(await example(/list sessions/)) as unknown as {
    sessions: { edges: { node: { id: string } }[] }
  }
  expect(sessions.edges.map(({ node }) => node.id)).toEqual([id])
})

test('[T5] answer a question: the demo takes the words into its plan', async () => {
  const question = await until(async () => (await decisions()).find(({ kind }) => kind === 'QUESTION'), 'the question')
  expect(await example(/answer a question/, { 'dec_…': question.id })).toMatch(/^applied cmd_/)
  const plan = await until(async () => (await decisions()).find(({ kind }) => kind === 'PLAN'), 'the plan')
  expect(plan.title).toBeTruthy()
})

test('read a transcript, newest 50 events', async () => {
  const { session } = answerOf(await example(/read a transcript/)) as unknown as {
    session: { events: { edges: { node: { __typename: string; seq: number; text?: string } }[] } }
  }
  const nodes = session.events.edges.map(({ node }) => node)
  expect(nodes.some(({ text }) => text?.includes('SPRING'))).toBe(true)
})

test('[C1] [T5] send a prompt; sending again with the same key changes nothing', async () => {
  const first = await example(/send a prompt/)
  expect(first).toMatch(/^applied cmd_/)
  expect(await example(/send a prompt/)).toBe(first)
})

test('[T5] the lines of sh in docs/protocol.md sign a prompt that the workstation takes', async () => {
  const page = readFileSync('docs/protocol.md', 'utf8')
  const lines = /### 4\.2[\s\S]*?```sh\n([\s\S]*?)```/.exec(page)?.[1]?.replaceAll('ses_…', id) ?? ''
  const { code, stdout, stderr } = await shell(lines)
  expect([code, stderr.split('\n').filter((line) => !line.startsWith('Script “by-hand”'))]).toEqual([0, ['']])
  const { sendPrompt } = answerOf(stdout) as unknown as { sendPrompt: { id: string } }
  const device = phoneAt(api.replace('/graphql', ''), { token } as never)
  expect(await device.settled(sendPrompt.id)).toMatchObject({ state: 'APPLIED', refusal: null })
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
  const late = [...examples].find(([title]) => /send a prompt/.test(title))?.[1]
  const { code, stderr } = await shell(`${begin()}${late?.replace('ses_…', id).replace('0001', '0002')}`)
  expect(code).toBe(1)
  // What it was, the rule, and who can lift it (T7).
  expect(stderr).toMatch(/Remote control is view-only for your sessions\..*Settings, Remote control/s)
})
