/** [F1] A managed machine: its administrator's word is above everything local, and is believed only where nobody else could have written it. */
import { chmod, chown, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { agentSwitches } from '../../../agent-cli/rules/agents.ts'
import { type MachineOptions, REGISTRY_KEY, readMachine } from '../../../agent-cli/rules/machine.ts'
import { readRootFile } from '../../../agent-cli/rules/root-file.ts'
import { standing } from '../../../agent-cli/rules/rules.ts'
import { wayTo, wayToReach, wayToServe } from '../../../agent-cli/rules/ways.ts'

const uid = process.getuid?.() ?? 0
const claude: { id: string; command: string; args: readonly string[] } = {
  id: 'claude',
  command: 'claude-agent-acp',
  args: [],
}
const demo = { id: 'demo', command: 'node', args: ['demo.js'] }
let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offdesk-etc-'))
  path = join(folder, 'managed.json')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const machine = (more: MachineOptions = {}) =>
  readMachine({ platform: 'linux', managedFile: path, rootUid: uid, agentSwitches: [], ...more })
const managed = async (value: unknown, mode = 0o644) => {
  await writeFile(path, typeof value === 'string' ? value : JSON.stringify(value))
  await chmod(path, mode)
}

test('without a file nobody manages the machine and everything is as it was', async () => {
  const here = await machine()
  expect(here).toMatchObject({ file: null, problem: null })
  expect(await here.wordsFor(demo)).toEqual([])
  expect(wayTo(here, 'http://127.0.0.1:4747', '0.1.0')).toBeNull()
  expect(wayToServe(here) ?? wayToReach(here)).toBeNull()
})

test('the whole of it: servers, ceiling, modes, version, personal servers and tunnels', async () => {
  await managed({
    allowedServers: ['https://offdesk.acme.example/'],
    remote: 'answer',
    allowedModes: ['plan'],
    minimumVersion: '0.2.0',
    personalServers: false,
    tunnels: false,
    neverRemote: [{ name: 'deploys', patterns: ['deploy'], matches: ['deploy now'] }],
  })
  const here = await machine()
  const of = standing(await here.wordsFor(demo))
  expect([of.maxRung.value, of.allowedModes.value, of.neverRemote.value.length]).toEqual(['ANSWER', ['PLAN'], 1])
  expect(of.maxRung.source).toMatchObject({ level: 'machine', remedy: expect.stringContaining(path) })
  expect(wayTo(here, 'https://offdesk.acme.example', '0.2.0')).toBeNull()
  expect(wayTo(here, 'https://offdesk.evil.example', '0.2.0')?.rule).toBe('allowedServers')
  expect(wayTo(here, 'http://127.0.0.1:4747', '0.2.0')?.rule).toBe('allowedServers')
  for (const old of ['0.1.99', '0.2.0-beta.1', '0.1', 'x'])
    expect(wayTo(here, 'https://offdesk.acme.example', old)?.rule).toBe('minimumVersion 0.2.0')
  for (const late of ['0.2.1', '0.10.0', '1.0.0']) expect(wayTo(here, 'https://offdesk.acme.example', late)).toBeNull()
  expect(wayToServe(here)).toMatchObject({ rule: 'personalServers false', owner: 'whoever administers this machine' })
  expect(wayToReach(here)?.remedy).toContain(path)
})

test('personal servers off refuses those of this machine also where every server is allowed', async () => {
  await managed({ personalServers: false })
  const here = await machine()
  for (const url of ['http://127.0.0.1:4747', 'http://localhost:1', 'http://[::1]:1', 'http://127.8.8.8:1'])
    expect(wayTo(here, url, '0.1.0')?.rule).toBe('personalServers false')
  expect(wayTo(here, 'https://offdesk.example', '0.1.0')).toBeNull()
})

test('a file that others could write is refused with the reason, and so is its folder', async () => {
  const problem = async (more: MachineOptions = {}) => (await machine(more)).problem
  await managed({ remote: 'full' })
  expect(await problem()).toBeNull()
  await chmod(path, 0o664)
  expect(await problem()).toMatch(/can be written by others than root/)
  await chmod(path, 0o644)
  await chmod(folder, 0o777)
  expect(await problem()).toMatch(/its folder .* can be written by others/)
  await chmod(folder, 0o755)
  expect(await problem()).toBeNull()
  const real = join(folder, 'real.json')
  await writeFile(real, '{}')
  await rm(path)
  await symlink(real, path)
  expect(await problem()).toMatch(/it is a link/)
  await rm(path)
  await mkdir(path)
  expect(await problem()).toMatch(/no plain file/)
})

test.runIf(uid === 0)('a file of a user is refused, whatever its mode', async () => {
  await managed({ remote: 'full' })
  await chown(path, 12_345, 12_345)
  const here = await machine()
  expect(here.problem).toMatch(/belongs to user 12345, not to root/)
})

test('[5b] what a user owns is refused for that alone: where that user counts as the administrator, the same file is read', async () => {
  await managed({ remote: 'full' })
  const owner = uid === 0 ? 12_345 : uid
  if (uid === 0) await chown(path, owner, owner)
  await expect(readRootFile(path, 0)).rejects.toThrow(new RegExp(`belongs to user ${owner}, not to root`))
  expect(String(await readRootFile(path, owner))).toContain('full')
})

test.each([
  ['what is no JSON', '{'],
  ['an unknown setting', { celing: 'view' }],
  ['a wrong address', { allowedServers: ['offdesk.example'] }],
  ['a class that misses its example', { neverRemote: [{ name: 'a', patterns: ['x'], matches: ['y'] }] }],
])('%s closes everything, and names the file', async (_what, value) => {
  await managed(value)
  const here = await machine()
  expect(here.problem).toContain(path)
  expect(standing(await here.wordsFor(demo)).remoteControl).toMatchObject({ value: 'OFF', because: here.problem })
  expect(wayTo(here, 'https://offdesk.example', '9.9.9')?.rule).toBe('managed machine')
  expect(wayToServe(here)?.message).toBe(here.problem)
})

test('[5b] macOS: managed preferences say the same, from a property list', async () => {
  const plist = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>AllowedServers</key>
	<array><string>https://offdesk.acme.example</string></array>
	<key>Remote</key><string>answer</string>
	<key>PersonalServers</key><false/>
	<key>Tunnels</key><true/>
	<key>NeverRemote</key>
	<string>[{"name":"R&amp;D","patterns":["deploy"]}]</string>
</dict>
</plist>
`
  const file = join(folder, 'dev.offdesk.plist')
  await writeFile(file, plist)
  const here = await readMachine({ platform: 'darwin', managedFile: file, rootUid: uid, agentSwitches: [] })
  expect(here.problem).toBeNull()
  expect(here.managed).toMatchObject({
    allowedServers: ['https://offdesk.acme.example'],
    personalServers: false,
    tunnels: true,
  })
  expect(here.managed.says).toMatchObject({ maxRung: 'ANSWER', neverRemote: [{ name: 'R?D', patterns: ['deploy'] }] })
  // The form profiles are kept in goes through the system's own program.
  await writeFile(file, 'bplist00...')
  const asked: string[] = []
  const printed = async (program: string, args: readonly string[]) => {
    asked.push([program, ...args].join(' '))
    return plist
  }
  const binary = await readMachine({ platform: 'darwin', managedFile: file, rootUid: uid, agentSwitches: [], printed })
  expect(binary.managed).toEqual(here.managed)
  expect(asked).toEqual([`/usr/bin/plutil -convert xml1 -o - ${file}`])
})

test.each([
  '<plist><dict><key>Remote</key></dict></plist>',
  '<plist><dict><string>x</string></dict></plist>',
  '<!DOCTYPE plist [<!ENTITY x SYSTEM "file:///etc/passwd">]><plist><dict/></plist>',
  `<plist>${'<array>'.repeat(50)}${'</array>'.repeat(50)}</plist>`,
  '<plist><array></array></plist>',
  '<plist><dict>',
  'hello',
])('[5b] macOS: a property list that is none closes the way: %s', async (plist) => {
  const file = join(folder, 'dev.offdesk.plist')
  await writeFile(file, plist)
  expect((await readMachine({ platform: 'darwin', managedFile: file, rootUid: uid })).problem).toContain(file)
})

test('[5b] Windows: the policy key of the registry says the same, as reg prints it', async () => {
  const printed = async () => `\r
${REGISTRY_KEY}\r
    AllowedServers    REG_MULTI_SZ    https://a.example\\0https://b.example\r
    Remote    REG_SZ    view\r
    PersonalServers    REG_DWORD    0x0\r
    ObeyAgents    REG_DWORD    0x1\r
    CA    REG_SZ    C:\\Acme CA\\root.pem\r
\r
${REGISTRY_KEY}\\Deeper\r
    Remote    REG_SZ    full\r
`
  const here = await readMachine({ platform: 'win32', printed, agentSwitches: [] })
  expect(here.problem).toBeNull()
  expect(here.managed).toMatchObject({
    ...{ allowedServers: ['https://a.example', 'https://b.example'], personalServers: false, obeyAgents: true },
    ...{ ca: 'C:\\Acme CA\\root.pem', says: { maxRung: 'VIEW' } },
  })
  const none = await readMachine({
    platform: 'win32',
    agentSwitches: [],
    printed: () => Promise.reject(new Error('no such key')),
  })
  expect(none.file).toBeNull()
  const odd = await readMachine({
    platform: 'win32',
    agentSwitches: [],
    printed: async () => `${REGISTRY_KEY}\r\n    Remote    REG_BINARY    00\r\n`,
  })
  expect(odd.problem).toContain('REG_BINARY')
})

test('[5b] an agent’s own managed switch against remote control is obeyed and named, unless the machine’s file says otherwise', async () => {
  const theirs = join(folder, 'claude-managed.json')
  const [claudes, copilots] = agentSwitches
  if (!claudes || !copilots) throw new Error('two agents have switches')
  const switches = [
    { ...claudes, files: { linux: [theirs] } },
    { ...copilots, files: { linux: [join(folder, 'copilot.json')] } },
  ]
  const words = async (agent: typeof claude) =>
    standing(await (await machine({ agentSwitches: switches })).wordsFor(agent)).remoteControl
  expect((await words(claude)).value).toBe('VIEW_AND_CONTROL')
  for (const said of [{ disableRemoteControl: true }, { allow_remote_sessions: false }]) {
    await writeFile(theirs, JSON.stringify(said))
    const of = await words(claude)
    expect(of).toMatchObject({
      value: 'OFF',
      source: { level: 'machine', owner: 'whoever set up Claude Code on this machine' },
    })
    expect(of.because).toContain(theirs)
    expect((await words(demo)).value).toBe('VIEW_AND_CONTROL')
    expect((await words({ id: 'acp', command: 'node', args: ['/opt/claude-agent-acp/dist/index.js'] })).value).toBe(
      'OFF',
    )
  }
  await writeFile(theirs, '{"permissions": {}}')
  expect((await words(claude)).value).toBe('VIEW_AND_CONTROL')
  await writeFile(theirs, 'broken')
  expect((await words(claude)).because).toContain('cannot be read')
  await writeFile(join(folder, 'copilot.json'), '{"remoteControl": {"organizations": ["acme"]}}')
  expect((await words({ id: 'copilot', command: 'copilot', args: ['--acp'] })).value).toBe('OFF')
  await managed({ obeyAgents: false })
  expect((await words(claude)).value).toBe('VIEW_AND_CONTROL')
})
