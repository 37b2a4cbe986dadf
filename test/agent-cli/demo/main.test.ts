// The demo's process and its turns end when they are told to, and leave nothing behind.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { outcomes, visiting, within } from './visitor.ts'

const comes = visiting()
const never = new Promise<never>(() => {})

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
