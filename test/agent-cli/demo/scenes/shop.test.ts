// The main scene of the demo, driven over stdio by a real ACP client as a newcomer would.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { agreeable, file, isPlan, outcomes, visiting } from '../visitor.ts'

const comes = visiting()
const denyAll = 'reject-once'

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
    const folder = mkdtempSync(join(tmpdir(), 'demo-path-'))
    writeFileSync(join(folder, 'opencode'), '#!/bin/sh\n', { mode: 0o755 })
    const visitor = await comes({ env: { PATH: `${folder}:${process.env.PATH}` } })
    await visitor.prompt('/agents')
    expect(visitor.text()).toContain('run opencode --remote`')
    rmSync(folder, { recursive: true })
  })
})
