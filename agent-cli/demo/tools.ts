// The demo's tools: read files, edit one, run a command. Each shows itself as a tool call and asks where the mode says so.
import { randomUUID } from 'node:crypto'
import type { PermissionOption, ToolCallContent, ToolCallUpdate } from '@agentclientprotocol/sdk'
import { type Ran, runShell } from './shell.ts'
import type { Turn } from './turn.ts'

/** Shows files as read. Nothing is asked: reading its own folder is harmless. */
export async function readFiles(turn: Turn, files: readonly string[]): Promise<void> {
  for (const file of files) {
    const toolCallId = randomUUID()
    const path = turn.sitting.scratch.absolute(file)
    await turn.update({
      sessionUpdate: 'tool_call',
      toolCallId,
      title: `Read ${file}`,
      kind: 'read',
      status: 'in_progress',
      locations: [{ path }],
      rawInput: { path },
    })
    await turn.pause(350)
    const text = (await turn.sitting.scratch.read(file)) ?? ''
    await turn.update({
      sessionUpdate: 'tool_call_update',
      toolCallId,
      status: 'completed',
      content: textContent(text),
    })
  }
}

/** Writes `text` to a file, with its diff in the permission. False: the person said no and nothing was written. */
export async function editFile(turn: Turn, file: string, text: string, why: string): Promise<boolean> {
  const { scratch } = turn.sitting
  const path = scratch.absolute(file)
  const oldText = await scratch.read(file)
  const call = {
    toolCallId: randomUUID(),
    title: `${oldText === null ? 'Create' : 'Edit'} ${file}: ${why}`,
    kind: 'edit' as const,
    status: 'pending' as const,
    content: [{ type: 'diff' as const, path, oldText, newText: text }],
    locations: [{ path }],
    rawInput: { path, why },
  }
  if (!(await permitted(turn, call, 'edit', 'Always allow edits in this session'))) return false
  return await tracked(turn, call.toolCallId, async () => {
    await turn.pause(350)
    await scratch.write(file, text)
    await turn.update({ sessionUpdate: 'tool_call_update', toolCallId: call.toolCallId, status: 'completed' })
    return true
  })
}

/** Runs a command in the scratch folder with its output shown as it comes. Null: the person said no. */
export async function runCommand(turn: Turn, command: string, why: string): Promise<Ran | null> {
  const cwd = turn.sitting.scratch.path
  const toolCallId = randomUUID()
  const call = {
    toolCallId,
    title: command,
    kind: 'execute' as const,
    status: 'pending' as const,
    rawInput: { command, cwd, description: why },
  }
  if (!(await permitted(turn, call, `run:${command}`, `Always allow ${command}`))) return null
  return await tracked(turn, toolCallId, async () => {
    const show = createLatest((output: string) =>
      turn.update({ sessionUpdate: 'tool_call_update', toolCallId, content: textContent(output) }),
    )
    const ran = await runShell(command, cwd, turn.signal, show.offer)
    await show.idle()
    const status = ran.exitCode === 0 ? 'completed' : 'failed'
    await turn.update({
      sessionUpdate: 'tool_call_update',
      toolCallId,
      status,
      content: textContent(ran.output),
      rawOutput: { exitCode: ran.exitCode, output: ran.output },
    })
    return ran
  })
}

/** Sends the newest value, one at a time: what comes while one is on its way replaces what waits. */
function createLatest<T>(send: (value: T) => Promise<void>): { offer(value: T): void; idle(): Promise<void> } {
  let waiting: { value: T } | null = null
  let sending: Promise<void> | null = null
  const drain = async (): Promise<void> => {
    while (waiting) {
      const { value } = waiting
      waiting = null
      await send(value)
    }
  }
  return {
    offer(value) {
      waiting = { value }
      // A cancelled turn refuses further updates; the cancel itself reports that.
      sending ??= drain()
        .catch(() => {})
        .finally(() => {
          sending = null
        })
    },
    async idle() {
      await sending
    },
  }
}

async function tracked<T>(turn: Turn, toolCallId: string, work: () => Promise<T>): Promise<T> {
  await turn.update({ sessionUpdate: 'tool_call_update', toolCallId, status: 'in_progress' })
  const result = await work()
  turn.openCalls.delete(toolCallId)
  return result
}

async function permitted(
  turn: Turn,
  call: ToolCallUpdate & { title: string },
  key: string,
  always: string,
): Promise<boolean> {
  const { sitting } = turn
  turn.openCalls.add(call.toolCallId)
  await turn.update({
    ...call,
    sessionUpdate: 'tool_call',
    kind: call.kind ?? 'other',
    status: 'pending',
    content: call.content ?? [],
    locations: call.locations ?? [],
  })
  // The mode is read now and not when the turn began: it may have been switched meanwhile.
  if (sitting.mode === 'auto' || (sitting.mode === 'default' && sitting.always.has(key))) return true
  const options: PermissionOption[] = [
    { optionId: 'allow-once', name: 'Allow once', kind: 'allow_once' },
    { optionId: 'allow-always', name: always, kind: 'allow_always' },
    { optionId: 'reject-once', name: 'Deny', kind: 'reject_once' },
  ]
  const answer = await turn.ask(call, options)
  if (answer === 'allow-always') sitting.always.add(key)
  if (answer === 'allow-once' || answer === 'allow-always') return true
  const content = [...(call.content ?? []), ...textContent('Denied. Nothing was changed.')]
  await turn.update({ sessionUpdate: 'tool_call_update', toolCallId: call.toolCallId, status: 'failed', content })
  turn.openCalls.delete(call.toolCallId)
  return false
}

function textContent(text: string): ToolCallContent[] {
  return [{ type: 'content', content: { type: 'text', text } }]
}
