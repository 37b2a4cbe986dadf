// The demo's folder: nothing outside it is ever touched, and undo gives back what was there.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createDemoScratch } from '../../../agent-cli/agent/presets/demo.ts'
import { createPace } from '../../../agent-cli/demo/pace.ts'
import { createScratch, type Scratch } from '../../../agent-cli/demo/scratch.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

async function marked(): Promise<Scratch> {
  const folder = await createDemoScratch()
  ends.push(folder.close)
  return createScratch(folder.path)
}

describe('the folder', () => {
  it('[A4] a folder without the mark is never written in', async () => {
    const mine = mkdtempSync(join(tmpdir(), 'not-the-demos-'))
    ends.push(() => rmSync(mine, { recursive: true }))
    const scratch = createScratch(mine)
    expect(scratch.path).not.toBe(mine)
    scratch.close()
    expect(existsSync(scratch.path)).toBe(false)
    expect(existsSync(mine)).toBe(true)
  })

  it('a marked folder is used as it is and outlives the session', async () => {
    const scratch = await marked()
    await scratch.write('src/a.js', 'a')
    scratch.close()
    expect(await scratch.read('src/a.js')).toBe('a')
  })

  it.each(['../out.txt', '/etc/passwd', '.', 'src/../../out.txt'])('refuses the path %s', async (path) => {
    const scratch = await marked()
    await expect(scratch.write(path, 'x')).rejects.toThrow()
  })
})

it('undo takes back one change at a time, new files and old texts alike', async () => {
  const scratch = await marked()
  await scratch.lay('src/a.js', 'first')
  scratch.beginChange()
  await scratch.write('src/a.js', 'second')
  await scratch.write('src/a.js', 'third')
  await scratch.write('src/b.js', 'new')
  scratch.beginChange()
  scratch.beginChange()
  await scratch.write('src/a.js', 'fourth')
  expect((await scratch.undo()).map(({ now }) => now)).toEqual(['third'])
  expect((await scratch.undo()).map(({ file }) => file)).toEqual(['src/b.js', 'src/a.js', 'src/a.js'])
  expect(await scratch.files()).toEqual(['src/a.js'])
  expect(await scratch.read('src/a.js')).toBe('first')
  expect(await scratch.undo()).toEqual([])
})

it.each([
  [undefined, 1],
  ['', 1],
  ['0', 0],
  ['0.25', 0.25],
  ['fast', 1],
  ['-3', 0],
  ['1e9', 10],
])('the pace %s is %s', (text, factor) => {
  expect(createPace(text).factor).toBe(factor)
})
