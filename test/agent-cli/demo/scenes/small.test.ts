// The small tasks after the main scene: each changes real files and can be taken back.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { file, isPlan, outcomes, visiting } from '../visitor.ts'

const comes = visiting()

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
