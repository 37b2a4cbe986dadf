/** What is typed at the prompt means one thing. */
import { describe, expect, it } from 'vitest'
import { parseTyped, suggestions } from '../../../agent-cli/terminal/slash.ts'

describe('a typed line', () => {
  it.each([
    ['/remote', { is: 'remote', turn: 'show', share: false }],
    ['/remote on', { is: 'remote', turn: 'on', share: false }],
    ['/remote on share', { is: 'remote', turn: 'on', share: true }],
    ['/remote off', { is: 'remote', turn: 'off', share: false }],
    ['/mode autopilot', { is: 'mode', mode: 'autopilot' }],
    ['/mode', { is: 'mode', mode: null }],
    ['/cancel', { is: 'cancel' }],
    ['/quit', { is: 'quit' }],
    ['/now stop, use the other table', { is: 'prompt', text: 'stop, use the other table', now: true }],
    ['/compact now', { is: 'prompt', text: '/compact now', now: false }],
    ['//mode plan', { is: 'prompt', text: '/mode plan', now: false }],
    ['/usr/bin/env is missing', { is: 'prompt', text: '/usr/bin/env is missing', now: false }],
    ['  hello  ', { is: 'prompt', text: 'hello', now: false }],
  ])('%s', (line, meaning) => expect(parseTyped(line)).toEqual(meaning))

  it('says what /remote takes instead of guessing', () => {
    expect(parseTyped('/remote yes')).toMatchObject({ is: 'mistake' })
  })

  it('offers our commands first and the agent’s own behind, never one twice', () => {
    const offered = suggestions('/', [
      { name: 'mode', description: 'theirs' },
      { name: 'compact', description: 'theirs' },
    ]).map((command) => command.name)
    expect(offered.filter((name) => name === 'mode')).toHaveLength(1)
    expect(offered.at(-1)).toBe('compact')
    expect(suggestions('/mode plan', [])).toEqual([])
  })
})
