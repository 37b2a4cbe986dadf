import { describe, expect, it } from 'vitest'
import { modeGroup, modeRung, pillWords } from '../../../../pwa/features/steering/mode-words.ts'
import { fitting, slashQuery } from '../../../../pwa/features/steering/slash.ts'

describe('the palette', () => {
  it.each([
    ['/', ''],
    ['/rev', 'rev'],
    ['/review now', null],
    ['say /rev', null],
    ['', null],
  ])('[C8] %j asks for %j', (text, query) => expect(slashQuery(text)).toBe(query))

  it('[C8] puts what begins with the query first, both in the agent’s order', () => {
    const commands = ['compact', 'review', 'pr-comments', 'commit'].map((name) => ({
      name,
      description: '',
      hint: null,
      terminalOnly: false,
    }))
    expect(fitting(commands, 'com').map(({ name }) => name)).toEqual(['compact', 'commit', 'pr-comments'])
  })
})

describe('modes', () => {
  const mode = { id: 'a', name: 'Bypass permissions', canonical: 'AUTOPILOT', description: 'Never asks' } as const
  it('[C5] says both what is in effect and what was asked', () => {
    expect(pillWords({ id: 'i', name: 'Interactive' }, { id: 'a', name: 'Autopilot' })).toBe(
      'Interactive, autopilot asked',
    )
    expect(pillWords({ id: 'i', name: 'Interactive' }, { id: 'i', name: 'Interactive' })).toBe('Interactive')
  })
  it('shows the agent’s own name with its group, once', () => {
    expect(modeGroup(mode)).toBe('Autopilot: acts without asking')
    expect(modeGroup({ ...mode, name: 'Autopilot' })).toBe('Acts without asking')
    expect(modeGroup({ ...mode, canonical: null })).toBe('Never asks')
  })
  it('[T4] autopilot needs full, the others steer', () => {
    expect(modeRung(mode)).toBe('FULL')
    expect(modeRung({ canonical: 'PLAN' })).toBe('STEER')
  })
})
