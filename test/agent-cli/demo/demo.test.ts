// The shipped demo agent, driven over stdio by a real ACP client as a newcomer would.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SessionUpdate, ToolCallUpdate } from '@agentclientprotocol/sdk'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { agreeable, type VisitOptions, type Visitor, visit } from './visitor.ts'

// Real processes on a busy machine: the claims have deadlines of their own.
vi.setConfig({ testTimeout: 30_000 })

const visitors: Visitor[] = []
afterEach(async () => {
  for (const visitor of visitors.splice(0)) await visitor.close()
})

async function comes(options: VisitOptions = {}): Promise<Visitor> {
  const visitor = await visit(options)
  visitors.push(visitor)
  return visitor
}

const never = new Promise<never>(() => {})
const within = { timeout: 15_000, interval: 20 }
const file = (visitor: Visitor, name: string) => readFile(join(visitor.folder, name), 'utf8')
const isPlan = ({ toolCall }: { toolCall: ToolCallUpdate }) => toolCall.kind === 'switch_mode'
const denyAll = 'reject-once'

/** Statuses of the tool calls whose title starts so, in order. */
function outcomes(updates: readonly SessionUpdate[], title: string): string[] {
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

/** Pids of live processes below this one. */
function descendants(pid: number): number[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid=,stat='], { encoding: 'utf8' }).trim().split('\n')
  const processes = rows.map((row) => row.trim().split(/\s+/)).filter(([, , stat]) => !stat?.startsWith('Z'))
  const below = (parent: number): number[] =>
    processes
      .filter(([, ppid]) => Number(ppid) === parent)
      .flatMap(([child]) => [Number(child), ...below(Number(child))])
  return below(pid)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('the main scene', () => {
  it('plays from a question to green tests, with real files and a real failure that is repaired', async () => {
    const visitor = await comes()
    expect(await visitor.prompt('show me')).toEqual({ stopReason: 'end_turn' })

    expect(visitor.forms).toHaveLength(1)
    expect(visitor.permissions.filter(isPlan)).toHaveLength(1)
    expect(outcomes(visitor.updates, 'node --test')).toEqual(['failed', 'completed'])
    const outputs = JSON.stringify(visitor.updates)
    expect(outputs).toContain('\\u001b[31mFAIL')
    expect(outputs).toContain('3 of 3 tests pass')
    expect(await file(visitor, 'src/cart.js')).toContain('WELCOME: { percent: 10 }')
    expect(await file(visitor, 'src/cart.js')).toContain('Math.round')

    const kinds = new Set(visitor.updates.map(({ sessionUpdate }) => sessionUpdate))
    for (const kind of [
      'agent_thought_chunk',
      'agent_message_chunk',
      'plan',
      'tool_call',
      'tool_call_update',
      'usage_update',
      'available_commands_update',
      'current_mode_update',
      'session_info_update',
    ])
      expect(kinds, kind).toContain(kind)
    const plans = visitor.updates.flatMap((update) => (update.sessionUpdate === 'plan' ? [update.entries] : []))
    expect(plans.at(-1)?.every(({ status }) => status === 'completed')).toBe(true)
  })

  it('[C2] what the person types becomes code that is proven by its test', async () => {
    const visitor = await comes()
    visitor.onForm = () => ({ action: 'accept', content: { discount_custom: '15 % with the code HELLO */ please' } })
    await visitor.prompt('go')
    const cart = await file(visitor, 'src/cart.js')
    expect(cart).toContain('HELLO: { percent: 15 }')
    expect(cart).toContain('15 % with the code HELLO')
    expect(outcomes(visitor.updates, 'node --test').at(-1)).toBe('completed')
  })

  it('[C1] a denied edit is not made, and the demo goes another way', async () => {
    const visitor = await comes()
    const before = 'return items.reduce'
    visitor.onPermission = (request) =>
      request.toolCall.title?.startsWith('Edit src/cart.js') ? denyAll : agreeable(request)
    await visitor.prompt('go')
    const cart = await file(visitor, 'src/cart.js')
    expect(cart).toContain(before)
    expect(cart).not.toContain('WELCOME')
    expect(await file(visitor, 'src/discount.js')).toContain('WELCOME')
    expect(outcomes(visitor.updates, 'node --test').at(-1)).toBe('completed')
  })

  it('[C1] with everything denied nothing is written or run, and the turn still ends in words', async () => {
    const visitor = await comes()
    visitor.onPermission = (request) => (isPlan(request) ? 'approve-default' : denyAll)
    expect(await visitor.prompt('go')).toEqual({ stopReason: 'end_turn' })
    expect(existsSync(join(visitor.folder, 'src/discount.js'))).toBe(false)
    expect(await file(visitor, 'src/cart.js')).not.toContain('WELCOME')
    expect(visitor.text()).toContain('I change nothing then')
    expect(outcomes(visitor.updates, 'Edit src/cart.js')).toEqual(['failed'])
  })

  it('[C1] allow always is asked once', async () => {
    const visitor = await comes()
    visitor.onPermission = (request) => (isPlan(request) ? 'approve-default' : 'allow-always')
    await visitor.prompt('go')
    const asked = visitor.permissions.filter((request) => !isPlan(request)).map(({ toolCall }) => toolCall.kind)
    expect(asked).toEqual(['edit', 'execute'])
  })

  it('[C5] approving into autopilot asks nothing more, and says which mode it is in', async () => {
    const visitor = await comes()
    visitor.onPermission = () => 'approve-auto'
    await visitor.prompt('go')
    expect(visitor.permissions).toHaveLength(1)
    const modes = visitor.updates.flatMap((update) =>
      update.sessionUpdate === 'current_mode_update' ? [update.currentModeId] : [],
    )
    expect(modes).toEqual(['plan', 'auto'])
  })

  it('a client without forms is told what was decided for it', async () => {
    const visitor = await comes({ forms: false })
    await visitor.prompt('go')
    expect(visitor.forms).toHaveLength(0)
    expect(visitor.text()).toContain('cannot show questions')
  })

  it('names the agents installed here and the command for each', async () => {
    const { mkdtempSync, writeFileSync, rmSync } = await import('node:fs')
    const folder = mkdtempSync(join(tmpdir(), 'demo-path-'))
    writeFileSync(join(folder, 'opencode'), '#!/bin/sh\n', { mode: 0o755 })
    const visitor = await comes({ env: { PATH: `${folder}:${process.env.PATH}` } })
    await visitor.prompt('/agents')
    expect(visitor.text()).toContain('`npm start -- opencode`')
    rmSync(folder, { recursive: true })
  })
})

describe('plans', () => {
  it('[D7] a plan refused with words in the same turn comes back with them', async () => {
    const visitor = await comes()
    visitor.onPermission = async (request) => {
      if (!isPlan(request) || visitor.permissions.filter(isPlan).length > 1) return agreeable(request)
      // The answer goes first and the words follow it, as a host does it.
      setTimeout(() => void visitor.steer('leave the README in peace'), 0)
      return 'keep-planning'
    }
    await visitor.prompt('go')
    const [, second] = visitor.permissions.filter(isPlan)
    expect(JSON.stringify(second)).toContain('leave the README in peace')
    expect(await file(visitor, 'README.md')).toContain('leave the README in peace')
  })

  it('[D7] a plan refused without words takes the next prompt as the comment', async () => {
    const visitor = await comes()
    visitor.onPermission = (request) => (isPlan(request) ? 'keep-planning' : agreeable(request))
    expect(await visitor.prompt('go')).toEqual({ stopReason: 'end_turn' })
    expect(await file(visitor, 'src/cart.js')).not.toContain('WELCOME')
    visitor.onPermission = agreeable
    await visitor.prompt('use short names')
    expect(JSON.stringify(visitor.permissions.filter(isPlan)[1])).toContain('use short names')
    expect(await file(visitor, 'src/cart.js')).toContain('WELCOME')
  })
})

describe('being steered', () => {
  it('[C4] words sent into a running turn are acknowledged in it and kept', async () => {
    const visitor = await comes()
    let outcome = ''
    visitor.onPermission = async (request) => {
      if (outcome === '' && !isPlan(request)) outcome = (await visitor.steer('mind the cents')).outcome
      return agreeable(request)
    }
    await visitor.prompt('go')
    expect(outcome).toBe('injected')
    expect(visitor.text()).toContain('You added: “mind the cents”')
    expect(await file(visitor, 'README.md')).toContain('mind the cents')
  })

  it('[C4] with no turn running it asks for a prompt', async () => {
    const visitor = await comes()
    expect(await visitor.steer('hello')).toEqual({ outcome: 'promptRequired' })
  })

  it('[C5] autopilot switched on during a turn is obeyed by the next step', async () => {
    const visitor = await comes()
    visitor.onPermission = async (request) => {
      if (!isPlan(request)) await visitor.setMode('auto')
      return agreeable(request)
    }
    await visitor.prompt('go')
    expect(visitor.permissions.filter((request) => !isPlan(request))).toHaveLength(1)
  })

  it('[C5] a mode it does not have is refused', async () => {
    const visitor = await comes()
    await expect(visitor.setMode('yolo')).rejects.toThrow(/plan, default and auto/)
  })
})

describe('after the main scene', () => {
  it('answers explain, add, rename, test and undo with real changes', async () => {
    const visitor = await comes()
    await visitor.prompt('go')
    const built = await file(visitor, 'src/cart.js')
    await visitor.prompt('explain it')
    expect(visitor.text()).toContain('**10 % off** for `WELCOME`')
    await visitor.prompt('add gift wrapping')
    expect(await file(visitor, 'src/features.js')).toContain('giftWrappingEnabled: false')
    await visitor.prompt('rename total to sum')
    expect(await file(visitor, 'src/cart.js')).toContain('function sum(items)')
    expect(outcomes(visitor.updates, 'node --test').at(-1)).toBe('completed')
    await visitor.prompt('undo')
    expect(await file(visitor, 'src/cart.js')).toBe(built)
    await visitor.prompt('undo')
    expect(existsSync(join(visitor.folder, 'src/features.js'))).toBe(false)
    await visitor.prompt('run the tests')
    expect(outcomes(visitor.updates, 'node --test').at(-1)).toBe('completed')
    expect(visitor.text()).not.toContain('!')
  })

  it('in plan mode a wish is planned before anything is written', async () => {
    const visitor = await comes()
    visitor.onPermission = () => 'keep-planning'
    await visitor.prompt('/plan loyalty points')
    expect(visitor.permissions.every(isPlan)).toBe(true)
    expect(existsSync(join(visitor.folder, 'src/features.js'))).toBe(false)
    await visitor.prompt('forget it')
    expect(visitor.text()).toContain('Dropped')
  })

  it('/fail ends the turn with an error and the session goes on', async () => {
    const visitor = await comes()
    await expect(visitor.prompt('/fail')).rejects.toThrow(/model could not be reached/)
    expect(await visitor.prompt('/help')).toEqual({ stopReason: 'end_turn' })
  })
})

describe('ending', () => {
  it('[C6] cancel in the middle of a command ends the command with the turn', async () => {
    const visitor = await comes()
    const turn = visitor.prompt('/long')
    await vi.waitFor(() => expect(JSON.stringify(visitor.updates)).toContain('of 60'), within)
    const below = descendants(visitor.child.pid ?? 0)
    expect(below.length).toBeGreaterThan(0)
    const asked = performance.now()
    await visitor.cancel()
    expect(await turn).toEqual({ stopReason: 'cancelled' })
    expect(performance.now() - asked).toBeLessThan(1_000)
    await vi.waitFor(() => expect(below.filter(isAlive)).toEqual([]), within)
    expect(outcomes(visitor.updates, 'node long.mjs')).toEqual(['failed'])
    expect(await visitor.prompt('/help')).toEqual({ stopReason: 'end_turn' })
  })

  it.each(['a form', 'a permission', 'speech'])('[C6] cancel is answered while %s is open', async (open) => {
    const visitor = await comes({ pace: open === 'speech' ? '4' : '0' })
    if (open === 'a form') visitor.onForm = () => never
    if (open === 'a permission') visitor.onPermission = () => never
    const turn = visitor.prompt('go')
    await vi.waitFor(() => {
      if (open === 'a form') expect(visitor.forms).toHaveLength(1)
      else if (open === 'a permission') expect(visitor.permissions).toHaveLength(1)
      else expect(visitor.updates.length).toBeGreaterThan(3)
    }, within)
    await visitor.cancel()
    expect(await turn).toEqual({ stopReason: 'cancelled' })
  })

  it('a second prompt cancels the running turn and is played', async () => {
    const visitor = await comes()
    visitor.onForm = () => never
    const first = visitor.prompt('go')
    await vi.waitFor(() => expect(visitor.forms).toHaveLength(1), within)
    const second = visitor.prompt('/help')
    expect(await first).toEqual({ stopReason: 'cancelled' })
    expect(await second).toEqual({ stopReason: 'end_turn' })
  })

  it.each(['stdin', 'SIGTERM', 'SIGKILL'] as const)('leaves no process behind when ended by %s', async (way) => {
    const visitor = await comes()
    visitor.prompt('/long').catch(() => {})
    await vi.waitFor(() => expect(JSON.stringify(visitor.updates)).toContain('of 60'), within)
    const pids = [visitor.child.pid ?? 0, ...descendants(visitor.child.pid ?? 0)]
    expect(pids.length).toBeGreaterThan(1)
    if (way === 'stdin') visitor.child.stdin?.end()
    else visitor.child.kill(way)
    await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), within)
  })

  it('works in a folder of its own where the session’s is not marked, and deletes it', async () => {
    const visitor = await comes({ marked: false })
    await visitor.prompt('/help')
    visitor.onForm = () => ({ action: 'decline' })
    await visitor.prompt('go')
    const own = /`(\/[^`]*offdesk-demo-\w+)`/.exec(visitor.text())?.[1] ?? expect.fail('no folder named')
    expect(readdirSync(join(own, 'src'))).toEqual(['cart.js'])
    expect(own).not.toBe(visitor.folder)
    await visitor.close()
    expect(existsSync(own)).toBe(false)
  })
})
