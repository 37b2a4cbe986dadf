import { expect, test } from 'vitest'
import { claude } from '../../../../agent-cli/agent/presets/claude.ts'
import { cline } from '../../../../agent-cli/agent/presets/cline.ts'
import { codex } from '../../../../agent-cli/agent/presets/codex.ts'
import { copilot } from '../../../../agent-cli/agent/presets/copilot.ts'
import { opencode } from '../../../../agent-cli/agent/presets/opencode.ts'
import type { AgentPreset } from '../../../../agent-cli/agent/presets/preset.ts'
import { configOptions } from '../../../../agent-cli/agent/translate/config-options.ts'
import { effectiveMode, modeTable, stepsTo } from '../../../../agent-cli/agent/translate/modes.ts'

const modesNamed = (...ids: string[]) => ({
  currentModeId: ids[0],
  availableModes: ids.map((id) => ({ id, name: id })),
})
const option = (id: string, category: string | null, currentValue: string | boolean, values: string[] = []) => ({
  id,
  name: id,
  category,
  type: typeof currentValue === 'boolean' ? 'boolean' : 'select',
  currentValue,
  options: values.map((value) => ({ value, name: value })),
})
const seen = (modes: unknown, options: unknown[], preset: AgentPreset | null) => {
  const list = configOptions(options)
  const table = modeTable(modes, list, preset)
  return {
    ids: table.list.map((mode) => [mode.id, mode.canonical ?? null]),
    effective: effectiveMode(table, list, preset, false)?.id ?? null,
    to: (id: string) => stepsTo(table, id, list, preset),
  }
}

test('Claude: its own modes, reached by set_mode; a mode it hides is not invented', () => {
  const modes = seen(modesNamed('default', 'acceptEdits', 'plan', 'bypassPermissions'), [], claude)
  expect(modes.ids).toEqual([
    ['default', 'INTERACTIVE'],
    ['acceptEdits', 'INTERACTIVE'],
    ['plan', 'PLAN'],
    ['bypassPermissions', 'AUTOPILOT'],
  ])
  expect(modes.to('acceptEdits')).toEqual([{ by: 'setMode', modeId: 'acceptEdits' }])
  expect(modes.to('ghost')).toBeNull()
})

test('an agent without an unattended mode gets one that the host keeps', () => {
  const modes = seen(null, [option('mode', 'mode', 'build', ['build', 'plan'])], opencode)
  expect(modes.ids).toEqual([
    ['build', 'INTERACTIVE'],
    ['plan', 'PLAN'],
    ['offdesk:autopilot', 'AUTOPILOT'],
  ])
  expect(modes.effective).toBe('build')
  expect(modes.to('plan')).toEqual([{ by: 'configOption', configId: 'mode', value: 'plan' }])
  expect(modes.to('offdesk:autopilot')).toBe('host')
})

test('Codex: planning is another option; leaving it resets that option', () => {
  const at = (collaboration: string) =>
    seen(
      modesNamed('agent', 'read-only', 'agent-full-access'),
      [option('collaboration_mode', 'x', collaboration, ['default', 'plan'])],
      codex,
    )
  expect(at('default').ids.at(-1)).toEqual(['offdesk:plan', 'PLAN'])
  expect([at('default').effective, at('plan').effective]).toEqual(['agent', 'offdesk:plan'])
  expect(at('plan').to('offdesk:plan')).toEqual([{ by: 'configOption', configId: 'collaboration_mode', value: 'plan' }])
  expect(at('plan').to('read-only')).toEqual([
    { by: 'configOption', configId: 'collaboration_mode', value: 'default' },
    { by: 'setMode', modeId: 'read-only' },
  ])
})

test('Cline: autopilot is its mode and a switch together', () => {
  const at = (approve: boolean) => seen(modesNamed('act', 'plan'), [option('auto_approve', null, approve)], cline)
  expect([at(false).effective, at(true).effective]).toEqual(['act', 'offdesk:autopilot'])
  expect(at(true).to('act')).toEqual([
    { by: 'configOption', configId: 'auto_approve', value: false },
    { by: 'setMode', modeId: 'act' },
  ])
})

test('Copilot: ids are addresses, known by their ends', () => {
  const base = 'https://agentclientprotocol.com/protocol/session-modes'
  const modes = seen(modesNamed(`${base}#agent`, `${base}#plan`, `${base}#autopilot`), [], copilot)
  expect(modes.ids.map(([, canonical]) => canonical)).toEqual(['INTERACTIVE', 'PLAN', 'AUTOPILOT'])
  expect(modes.to(`${base}#plan`)).toEqual([{ by: 'setMode', modeId: `${base}#plan` }])
})

test('an unknown agent without modes still has the autopilot of the host', () => {
  expect(seen(undefined, [], null).ids).toEqual([['offdesk:autopilot', 'AUTOPILOT']])
})
