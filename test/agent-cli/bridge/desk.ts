// A desk for tests: a bridge session with a scripted agent, in folders of its own; everything ends with the test.
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import {
  type BridgeSession,
  createSession,
  type SessionOptions,
  type SessionView,
} from '../../../agent-cli/bridge/session.ts'
import { createScriptedAgent, type ScriptedAgent } from '../../kit/agent/scripted.ts'
import { atEnd } from '../../kit/ends.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

export { atEnd }

export async function folder(): Promise<string> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'offdesk-test-')))
  atEnd(() => rm(path, { recursive: true, force: true }))
  return path
}

export type Desk = {
  session: BridgeSession
  agent: ScriptedAgent
  dataDir: string
  cwd: string
  options: SessionOptions
}

export async function desk(
  manner: Parameters<typeof createScriptedAgent>[0] = {},
  more: Partial<Omit<SessionOptions, 'agent'>> & { preset?: SessionOptions['agent']['preset'] } = {},
): Promise<Desk> {
  const { preset = null, ...given } = more
  const agent = await createScriptedAgent(manner)
  atEnd(agent.close)
  const dataDir = given.dataDir ?? (await folder())
  const cwd = given.cwd ?? (await folder())
  const started = { id: 'scripted', name: 'Scripted', command: agent.command, args: agent.args, env: agent.env, preset }
  const options: SessionOptions = { ...given, dataDir, cwd, agent: started }
  const session = await createSession(options)
  atEnd(() => session.close('The test is over.'))
  return { session, agent, dataDir, cwd, options }
}

/** The view once `claim` holds. Throws with the view at the deadline. */
export function until(
  session: BridgeSession,
  claim: (view: SessionView) => boolean,
  withinMs = 30_000,
): Promise<SessionView> {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (!claim(session.view())) return
      clearTimeout(timer)
      unsubscribe()
      resolve(session.view())
    }
    const unsubscribe = session.subscribe(look)
    const timer = setTimeout(() => {
      unsubscribe()
      const { transcript, ...rest } = session.view()
      reject(
        new Error(
          `not within ${withinMs} ms: ${claim}\n${JSON.stringify({ ...rest, items: transcript.items.slice(-5) }, null, 1)}`,
        ),
      )
    }, withinMs)
    look()
  })
}

/** Any claim that has no subscription of its own. */
export async function eventually<T>(look: () => Promise<T> | T, withinMs = 30_000): Promise<NonNullable<T>> {
  const deadline = Date.now() + withinMs
  for (;;) {
    const found = await look()
    if (found) return found as NonNullable<T>
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${look}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

export const items = <K extends SessionView['transcript']['items'][number]['is']>(view: SessionView, is: K) =>
  view.transcript.items.filter((item): item is Extract<typeof item, { is: K }> => item.is === is)

export const firstDecision = async (session: BridgeSession) => {
  const view = await until(session, ({ decisions }) => decisions.length > 0)
  const [decision] = view.decisions
  if (decision === undefined) throw new Error('no decision is open')
  return decision
}
