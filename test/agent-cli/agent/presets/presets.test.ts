// The agents kept as data: complete, found on a PATH, and their modes translated both ways.
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { presetNamed, presets, thirdParty } from '../../../../agent-cli/agent/presets/catalogue.ts'
import { createDemoScratch } from '../../../../agent-cli/agent/presets/demo.ts'
import { detectInstalled, locate } from '../../../../agent-cli/agent/presets/detect.ts'
import { meaningOf, stepsFor } from '../../../../agent-cli/agent/presets/modes.ts'
import type { Mode } from '../../../../agent-cli/agent/presets/preset.ts'

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

async function pathWith(...executables: string[]): Promise<{ PATH: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'presets-'))
  folders.push(folder)
  for (const name of executables) {
    await writeFile(join(folder, name), '#!/bin/sh\n')
    await chmod(join(folder, name), 0o755)
  }
  return { PATH: folder }
}

describe('catalogue', () => {
  it('[A4] knows the seven agents and the demo, each with a way to install and start it', () => {
    expect(thirdParty.map(({ id }) => id)).toEqual([
      'claude',
      'copilot',
      'gemini',
      'codex',
      'opencode',
      'qwen',
      'cline',
    ])
    expect(presets.at(-1)?.id).toBe('demo')
    for (const preset of presets) {
      expect(preset.launches.length, preset.id).toBeGreaterThan(0)
      expect(preset.install, preset.id).not.toBe('')
      expect(preset.startTimeoutSeconds, preset.id).toBeGreaterThanOrEqual(30)
    }
  })

  it('flags the agents whose copy must be the user’s own', () => {
    expect(thirdParty.filter(({ licence }) => licence.proprietary).map(({ id }) => id)).toEqual(['claude', 'copilot'])
  })
})

describe('detection', () => {
  it('finds what is on the PATH and nothing else', async () => {
    const found = await detectInstalled(await pathWith('opencode', 'gemini'))
    expect(found.map(({ preset }) => preset.id)).toEqual(['gemini', 'opencode'])
    expect(found[1]?.args).toEqual(['acp'])
  })

  it('prefers the adapter, and falls back to npx only where both the agent and npx exist', async () => {
    const claude = presetNamed('claude') ?? expect.fail('no preset')
    expect((await locate(claude, await pathWith('claude', 'claude-agent-acp')))?.args).toEqual([])
    const throughNpx = await locate(claude, await pathWith('claude', 'npx'))
    expect(throughNpx?.args).toEqual(['--yes', '@agentclientprotocol/claude-agent-acp@0.100.0'])
    expect(throughNpx?.note).toContain('downloads')
    expect(await locate(claude, await pathWith('claude'))).toBeNull()
  })

  it('does not take a folder, a plain file or a relative PATH entry for an agent', async () => {
    const env = await pathWith()
    await mkdir(join(env.PATH, 'gemini'))
    await writeFile(join(env.PATH, 'qwen'), '')
    expect(await detectInstalled(env)).toEqual([])
    expect(await detectInstalled({ PATH: '.:bin::' })).toEqual([])
    expect(await detectInstalled({})).toEqual([])
  })

  it('always finds the demo, whatever the PATH', async () => {
    const demo = presetNamed('demo') ?? expect.fail('no preset')
    expect((await locate(demo, {}))?.command).toBe(process.execPath)
  })
})

describe('modes', () => {
  const modes: Mode[] = ['plan', 'interactive', 'autopilot']

  it('[C5] every step leads to a native mode that means what was asked', () => {
    for (const preset of presets) {
      const table = preset.capabilities.modes
      for (const mode of modes) {
        for (const step of table.steps[mode] ?? []) {
          if (step.by !== 'setMode') continue
          const known = table.native.find(({ id }) => id === step.id)
          // Cline's autopilot is its act mode plus an option.
          const expected = preset.id === 'cline' && mode === 'autopilot' ? 'interactive' : mode
          expect(known?.means, `${preset.id} ${mode}`).toBe(expected)
        }
      }
    }
  })

  it('[C5] an agent without an unattended mode has no autopilot steps, and the reverse', () => {
    for (const preset of presets) {
      expect(preset.capabilities.modes.steps.autopilot === null, preset.id).toBe(
        preset.capabilities.unattended === null,
      )
    }
  })

  it('[C5] Copilot’s URLs are read by their end and sent back whole', () => {
    const copilot = presetNamed('copilot') ?? null
    const offered = ['https://example.test/modes#agent', 'https://example.test/modes#plan']
    expect(meaningOf(copilot, offered[1] ?? '')).toBe('plan')
    expect(stepsFor(copilot, 'plan', offered)).toEqual([{ by: 'setMode', id: offered[1] }])
    expect(stepsFor(copilot, 'autopilot', offered)).toBeNull()
  })

  it('[C5] a native mode nobody knows is unknown, never a guess for a known agent', () => {
    expect(meaningOf(presetNamed('claude') ?? null, 'planetary')).toBe('unknown')
    expect(meaningOf(null, 'zzz')).toBe('unknown')
  })

  it('[C5] an unlisted agent is read by the names it uses', () => {
    expect(meaningOf(null, 'yolo')).toBe('autopilot')
    expect(stepsFor(null, 'interactive', ['plan', 'build'])).toEqual([{ by: 'setMode', id: 'build' }])
    expect(stepsFor(null, 'autopilot', ['plan', 'build'])).toBeNull()
  })
})

it('a demo scratch folder is new, marked, and gone when closed', async () => {
  const one = await createDemoScratch()
  const two = await createDemoScratch()
  expect(one.path).not.toBe(two.path)
  await one.close()
  await one.close()
  await two.close()
  const { existsSync } = await import('node:fs')
  expect(existsSync(one.path)).toBe(false)
})
