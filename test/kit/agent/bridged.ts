// A real ACP client around a scripted agent, for the tests of the scripted agent itself.
import { type ChildProcess, spawn } from 'node:child_process'
import { Readable, Writable } from 'node:stream'
import {
  type ClientConnection,
  type CreateElicitationResponse,
  client,
  methods,
  ndJsonStream,
  type RequestPermissionRequest,
  type SessionUpdate,
} from '@agentclientprotocol/sdk'
import { vi } from 'vitest'
import { atEnd } from '../ends.ts'
import { createScriptedAgent, type ScriptedAgent } from './scripted.ts'

// Real processes on a busy machine: the claims have deadlines of their own.
vi.setConfig({ testTimeout: 30_000 })

export const within = { timeout: 10_000, interval: 10 }
export interface Bridge {
  agent: ScriptedAgent
  child: ChildProcess
  lines: string[]
  updates: SessionUpdate[]
  permissions: RequestPermissionRequest[]
  acp: ClientConnection['agent']
  pick: (request: RequestPermissionRequest) => string | Promise<string>
  fill: () => CreateElicitationResponse
  sessionId: string
  prompt(text: string): Promise<{ stopReason: string }>
}

export async function bridged(options: Parameters<typeof createScriptedAgent>[0] = {}): Promise<Bridge> {
  const agent = await createScriptedAgent(options)
  atEnd(agent.close)
  const child = spawn(agent.command, agent.args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...agent.env },
  })
  const lines: string[] = []
  const [seen, read] = (Readable.toWeb(child.stdout) as ReadableStream<Uint8Array>).tee()
  void (async () => {
    for await (const chunk of seen) lines.push(Buffer.from(chunk).toString('utf8'))
  })()
  const updates: SessionUpdate[] = []
  const permissions: RequestPermissionRequest[] = []
  const bridge = { agent, child, lines, updates, permissions, pick: () => 'allow' } as unknown as Bridge
  const connection = client({ name: 'bridge' })
    .onNotification(methods.client.session.update, ({ params }) => void updates.push(params.update))
    .onRequest(methods.client.session.requestPermission, async ({ params }) => {
      permissions.push(params)
      return { outcome: { outcome: 'selected', optionId: await bridge.pick(params) } }
    })
    .onRequest(methods.client.elicitation.create, () => bridge.fill())
    .connect(ndJsonStream(Writable.toWeb(child.stdin), read))
  bridge.acp = connection.agent
  await bridge.acp.request(methods.agent.initialize, { protocolVersion: 1, clientCapabilities: {} })
  bridge.sessionId = (await bridge.acp.request(methods.agent.session.new, { cwd: '/', mcpServers: [] })).sessionId
  bridge.prompt = (text) =>
    bridge.acp.request(methods.agent.session.prompt, {
      sessionId: bridge.sessionId,
      prompt: [{ type: 'text', text }],
    })
  return bridge
}

export const texts = (updates: readonly SessionUpdate[]): string[] =>
  updates.flatMap((update) =>
    update.sessionUpdate === 'agent_message_chunk' && update.content.type === 'text' ? [update.content.text] : [],
  )

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
