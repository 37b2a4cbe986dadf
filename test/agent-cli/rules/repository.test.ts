/** [F1] A repository's file may take away and never give, and it is hostile input: what cannot be obeyed closes the way. */
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { REPOSITORY_FILE, repositoryWords } from '../../../agent-cli/rules/repository.ts'
import { maxRuleFileBytes } from '../../../agent-cli/rules/rule-file.ts'
import { standing } from '../../../agent-cli/rules/rules.ts'

let top: string
beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'offdesk-repo-'))
  await mkdir(join(top, '.git'))
  await mkdir(join(top, 'packages', 'shop'), { recursive: true })
})
afterEach(() => rm(top, { recursive: true, force: true }))
const file = (value: unknown, folder = top) =>
  writeFile(
    join(folder, REPOSITORY_FILE),
    typeof value === 'string' || value instanceof Buffer ? value : JSON.stringify(value),
  )
const holds = async (cwd = top) => standing(await repositoryWords(cwd))

test('every file from the repository’s top down to the folder counts, and none above it', async () => {
  await file({ remote: 'steer', allowedModes: ['plan', 'interactive'] })
  await file({ remote: 'answer' }, join(top, 'packages'))
  const of = await holds(join(top, 'packages', 'shop'))
  expect(of.maxRung.value).toBe('ANSWER')
  expect(of.allowedModes.value).toEqual(['PLAN', 'INTERACTIVE'])
  expect(of.maxRung.source).toMatchObject({ level: 'repository' })
  await mkdir(join(top, 'packages', 'shop', '.git'))
  expect((await holds(join(top, 'packages', 'shop'))).maxRung.value).toBe('FULL')
})

test('a folder that is reached by a link stands where it is: the file of its repository’s top counts', async () => {
  await file({ remote: 'view' })
  const elsewhere = await mkdtemp(join(tmpdir(), 'offdesk-link-'))
  try {
    await symlink(join(top, 'packages', 'shop'), join(elsewhere, 'shop'))
    expect((await holds(join(elsewhere, 'shop'))).maxRung.value).toBe('VIEW')
  } finally {
    await rm(elsewhere, { recursive: true, force: true })
  }
})

test('64 folders from the repository’s top, it and this one counted: one deeper closes the way, for the top’s file would be passed over', async () => {
  await file({ remote: 'view' })
  const deep = (folders: number) => join(top, ...Array.from({ length: folders - 1 }, () => 'd'))
  await mkdir(deep(65), { recursive: true })
  expect((await holds(deep(63))).maxRung.value).toBe('VIEW')
  expect((await holds(deep(64))).maxRung.value).toBe('VIEW')
  const of = await holds(deep(65))
  expect(of.remoteControl.value).toBe('OFF')
  expect(of.remoteControl.because).toContain('64 folders deep')
  expect(of.remoteControl.source?.remedy).toContain('further up')
})

test('nothing in it can loosen what others say', async () => {
  const before = standing([
    {
      says: { maxRung: 'VIEW', headlessSessions: false, allowedModes: ['PLAN'] },
      source: { level: 'machine', owner: 'x', remedy: 'y' },
    },
  ])
  await file({ remote: 'full', headlessSessions: true, allowedModes: ['plan', 'interactive', 'autopilot'] })
  const after = standing([
    {
      says: { maxRung: 'VIEW', headlessSessions: false, allowedModes: ['PLAN'] },
      source: { level: 'machine', owner: 'x', remedy: 'y' },
    },
    ...(await repositoryWords(top)),
  ])
  expect(after).toEqual(before)
})

test('[F2] classes of commands come with examples, and a class that misses its own closes the way', async () => {
  const deploy = {
    name: 'deploys',
    patterns: ['npm run deploy*'],
    matches: ['npm run deploy:all'],
    passes: ['npm test'],
  }
  await file({ neverRemote: [deploy] })
  expect((await holds()).neverRemote.value).toEqual([{ name: 'deploys', patterns: ['npm run deploy*'] }])
  await file({ neverRemote: [{ ...deploy, passes: ['npm run deploy:all'] }] })
  const of = await holds()
  expect(of.remoteControl.value).toBe('OFF')
  expect(of.remoteControl.because).toContain('passes.0')
})

const hostile: readonly [string, unknown][] = [
  ['no JSON', '{remote: off}'],
  ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00])],
  ['a list', []],
  ['null', 'null'],
  ['a setting nobody knows', { remote: 'full', alowedModes: [] }],
  ['a setting of the administrator', { allowedServers: ['https://evil.example'] }],
  ['a word nobody knows', { remote: 'everything' }],
  ['a prototype', '{"__proto__": {"remote": "full"}, "constructor": 1}'],
  ['control characters in a name', '{"\\u001b[2J": 1}'],
  ['more than a rule file holds', `{"remote":"full","x":"${'x'.repeat(maxRuleFileBytes)}"}`],
  ['nesting', '['.repeat(20_000)],
  ['thousands of patterns', { neverRemote: Array.from({ length: 5000 }, () => ({ name: 'a', patterns: ['*'] })) }],
]
test.each(hostile)('a file with %s closes the way, in words that are no control characters', async (_what, content) => {
  await file(content)
  const of = await holds()
  expect(of.remoteControl.value).toBe('OFF')
  expect(of.remoteControl.because).toMatch(/cannot be obeyed/)
  expect(of.remoteControl.because).not.toMatch(/\p{Cc}/u)
})

test('a link to another file, a pipe and a folder under that name close the way and are not read', async () => {
  await writeFile(join(top, 'secret'), '{"remote":"full"}')
  await symlink(join(top, 'secret'), join(top, REPOSITORY_FILE))
  expect((await holds()).remoteControl.because).toContain('a link')
  await rm(join(top, REPOSITORY_FILE))
  execFileSync('mkfifo', [join(top, REPOSITORY_FILE)])
  expect((await holds()).remoteControl.because).toContain('no plain file')
  await rm(join(top, REPOSITORY_FILE))
  await mkdir(join(top, REPOSITORY_FILE))
  expect((await holds()).remoteControl.value).toBe('OFF')
})

test('without a file nothing is taken away', async () => {
  expect(await repositoryWords(top)).toEqual([])
})
