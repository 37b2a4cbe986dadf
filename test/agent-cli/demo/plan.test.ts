// Plans and steering words: what the person says reaches the running turn, the plan and the files.
import { describe, expect, it } from 'vitest'
import { agreeable, file, isPlan, visiting } from './visitor.ts'

const comes = visiting()

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
