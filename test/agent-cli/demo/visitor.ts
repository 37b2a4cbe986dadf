// A small real ACP client for the demo: starts its process as the preset says and answers what it asks.
import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import {
  type ClientConnection,
  type CreateElicitationRequest,
  type CreateElicitationResponse,
  client,
  methods,
  ndJsonStream,
  type PromptResponse,
  type RequestPermissionRequest,
  type SessionUpdate,
  type ToolCallUpdate,
} from '@agentclientprotocol/sdk'
import { afterEach, vi } from 'vitest'
import { createDemoScratch } from '../../../agent-cli/agent/presets/demo.ts'

/** As it is shipped: the built process. */
const DEMO = fileURLToPath(new URL('../../../dist/demo-agent.js', import.meta.url))

export interface Visitor {
  readonly child: ChildProcess
  readonly agent: ClientConnection['agent']
  readonly sessionId: string
  readonly folder: string
  readonly updates: SessionUpdate[]
  readonly permissions: RequestPermissionRequest[]
  readonly forms: CreateElicitationRequest[]
  /** Chooses an option id; a promise that never settles leaves the question open. */
  onPermission: (request: RequestPermissionRequest) => string | Promise<string>
  onForm: (request: CreateElicitationRequest) => CreateElicitationResponse | Promise<CreateElicitationResponse>
  prompt(text: string): Promise<PromptResponse>
  steer(words: string): Promise<{ outcome: string }>
  cancel(): Promise<void>
  setMode(modeId: string): Promise<void>
  /** All agent text so far. */
  text(): string
  close(): Promise<void>
}

export interface VisitOptions {
  pace?: string
  forms?: boolean
  /** False: the session's folder carries no mark, so the demo has to make its own. */
  marked?: boolean
  cwd?: string
  env?: Record<string, string>
  onUpdate?: (update: SessionUpdate) => void
}

/** Allows everything once, and approves plans into interactive mode. */
export const agreeable = (request: RequestPermissionRequest): string => request.options[0]?.optionId ?? ''

export async function visit(options: VisitOptions = {}): Promise<Visitor> {
  const scratch = await createDemoScratch()
  const child = spawn(process.execPath, [DEMO], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OFFDESK_DEMO_PACE: options.pace ?? '0', ...options.env },
  })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const updates: SessionUpdate[] = []
  const permissions: RequestPermissionRequest[] = []
  const forms: CreateElicitationRequest[] = []
  const connection = client({ name: 'visitor' })
    .onNotification(methods.client.session.update, ({ params }) => {
      updates.push(params.update)
      options.onUpdate?.(params.update)
    })
    .onRequest(methods.client.session.requestPermission, async ({ params }) => {
      permissions.push(params)
      return { outcome: { outcome: 'selected', optionId: await visitor.onPermission(params) } }
    })
    .onRequest(methods.client.elicitation.create, async ({ params }) => {
      forms.push(params)
      return await visitor.onForm(params)
    })
    .connect(ndJsonStream(Writable.toWeb(child.stdin), Readable.toWeb(child.stdout) as ReadableStream<Uint8Array>))
  const { agent } = connection
  await agent.request(methods.agent.initialize, {
    protocolVersion: 1,
    clientCapabilities: options.forms === false ? {} : { elicitation: { form: {} } },
  })
  const cwd = options.cwd ?? (options.marked === false ? process.cwd() : scratch.path)
  const { sessionId } = await agent.request(methods.agent.session.new, { cwd, mcpServers: [] })
  const visitor: Visitor = {
    child,
    agent,
    sessionId,
    folder: scratch.path,
    updates,
    permissions,
    forms,
    onPermission: agreeable,
    onForm: () => ({ action: 'accept', content: { discount: 'percent-10' } }),
    prompt: (text) => agent.request(methods.agent.session.prompt, { sessionId, prompt: [{ type: 'text', text }] }),
    steer: (words) => agent.request('_session/steering', { sessionId, prompt: [{ type: 'text', text: words }] }),
    cancel: () => agent.notify(methods.agent.session.cancel, { sessionId }),
    async setMode(modeId) {
      await agent.request(methods.agent.session.setMode, { sessionId, modeId })
    },
    text: () =>
      updates
        .flatMap((update) =>
          update.sessionUpdate === 'agent_message_chunk' && update.content.type === 'text' ? [update.content.text] : [],
        )
        .join(''),
    async close() {
      child.stdin.end()
      await gone
      await scratch.close()
    },
  }
  return visitor
}

export const within = { timeout: 15_000, interval: 20 }

/** Text of a file in the visitor's scratch folder. */
export const file = (visitor: Visitor, name: string): Promise<string> => readFile(join(visitor.folder, name), 'utf8')

export const isPlan = ({ toolCall }: { toolCall: ToolCallUpdate }): boolean => toolCall.kind === 'switch_mode'

/** Last statuses of the tool calls whose title starts so, in order. */
export function outcomes(updates: readonly SessionUpdate[], title: string): string[] {
  const ids = updates.flatMap((update) =>
    update.sessionUpdate === 'tool_call' && update.title.startsWith(title) ? [update.toolCallId] : [],
  )
  return ids.map((id) => {
    const states = updates.flatMap((update) =>
      update.sessionUpdate === 'tool_call_update' && update.toolCallId === id && update.status ? [update.status] : [],
    )
    return states.at(-1) ?? 'pending'
  })
}

/** Visits that end with the test that made them. */
export function visiting(): (options?: VisitOptions) => Promise<Visitor> {
  const visitors: Visitor[] = []
  // Real processes on a busy machine: the claims have deadlines of their own.
  vi.setConfig({ testTimeout: 30_000 })
  afterEach(async () => {
    for (const visitor of visitors.splice(0)) await visitor.close()
  })
  return async (options) => {
    const visitor = await visit(options)
    visitors.push(visitor)
    return visitor
  }
}
