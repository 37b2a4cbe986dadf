/** What the command says when it cannot do what was asked: one sentence with what to do, an exit code, no stack. And its help. */
import { chmodSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { atEnd, COMMAND, folder, follow, type Machine, machine, type Said } from './machine.ts'

let at: Machine
beforeAll(async () => {
  at = await machine()
})

const mistake = (said: Said, sentence: RegExp) => {
  expect(said.stderr).toMatch(sentence)
  expect(said.stderr).not.toMatch(/\n\s+at .*\d+:\d+/)
  expect(said.code).toBe(1)
  expect(said.stdout).toBe('')
}

describe('a mistake', () => {
  test('an agent nobody knows, one that is not installed, a command that is not there', async () => {
    mistake(await at.does(['run', 'hal9000']), /No agent is called “hal9000”\. Known: claude, .*demo\. .*after “--”\./)
    const bare = { PATH: await folder() }
    mistake(await at.does(['run', 'claude'], bare), /is not installed on this machine\. Install it with: .+\./)
    mistake(await at.does(['run', '--', 'no-such-agent'], bare), /“no-such-agent” was not found on this machine's PATH/)
  })

  test('no server, an address that is none, a server that does not answer, something that is no server', async () => {
    const fresh = await machine()
    mistake(await fresh.does(['sessions']), /No server is known\. Start one with “offdesk serve”, or join one with/)
    mistake(await fresh.does(['run', 'demo', '--remote']), /No server is known\..*“offdesk start” does all of it/)
    mistake(await fresh.does(['login', 'http://']), /is not an address\. Write it like https:\/\//)
    mistake(await fresh.does(['login', 'http://127.0.0.1:9', '--code', 'x']), /does not answer/)
    const page = createServer((_, response) => response.end('<h1>It works!</h1>'))
    await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve))
    atEnd(() => new Promise((resolve) => page.close(resolve)))
    const url = `http://127.0.0.1:${(page.address() as AddressInfo).port}`
    mistake(await fresh.does(['login', url, '--code', 'x']), /is not an Offdesk server/)
    mistake(await fresh.does(['login', url.replace('http:', 'ftp:')]), /is not an address/)
  })

  test('a port that another program has', async () => {
    const other = createServer((_, response) => response.end('mine'))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    atEnd(() => new Promise((resolve) => other.close(resolve)))
    const { port } = other.address() as AddressInfo
    const full = await (await machine()).seeded()
    for (const command of ['start', 'serve']) {
      const said = await full.does([command, '--port', String(port)])
      expect(said.code).toBe(1)
      expect(said.stderr).toMatch(new RegExp(`Port ${port} is taken by another program.*OFFDESK_PORT=${port + 1}`))
    }
    const none = await at.does(['serve', '--port', '70000'])
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('a whole number from 1 to 65535')])
  })

  test('a data folder that this person may not use', async () => {
    const file = join(await folder(), 'file')
    writeFileSync(file, '')
    const sentence =
      /cannot use its data folder .+ \(E\w+\)\. Make it readable and writable for you, or set OFFDESK_DATA_DIR/
    for (const args of [['start'], ['serve'], ['run', 'demo'], ['devices']])
      mistake(await at.does(args, { OFFDESK_DATA_DIR: file }), sentence)
    const closed = await folder()
    chmodSync(closed, 0o500)
    // Root may write anywhere, so there the person is somebody else.
    const isRoot = process.getuid?.() === 0
    const child = follow(['run', 'demo'], { ...at.env, OFFDESK_DATA_DIR: join(closed, 'data') }, process.execPath, [
      ...(isRoot
        ? [
            '-e',
            'process.setgid(65534); process.setuid(65534); process.argv.splice(1, 0, process.argv[1]); import(process.argv[1])',
          ]
        : []),
      COMMAND,
    ])
    expect(await child.exited).toBe(1)
    expect(child.said()).toMatch(sentence)
  })

  test('a Node that is too old, for who starts a clone and for the server', async () => {
    const old = join(await folder(), 'old.cjs')
    writeFileSync(old, "Object.defineProperty(process.versions, 'node', { value: '18.20.4' })")
    for (const script of ['agent-cli/launch/start.mjs', 'dist/server.js', 'dist/offdesk.js']) {
      const child = follow([], at.env, process.execPath, ['--require', old, script])
      expect(await child.exited).toBe(1)
      expect(child.said()).toMatch(/Offdesk needs Node 20\.19 or (newer|later); this is 18\.20\.4\. Install a newer/)
    }
  })

  test('words that no command takes', async () => {
    for (const args of [
      ['run', 'demo', '--remote=most'],
      ['devices', 'revoke'],
      ['serve', '--loud'],
    ]) {
      const said = await at.does(args)
      expect([said.code, said.stderr]).toEqual([
        1,
        expect.stringMatching(/^error: .+\n“offdesk --help” explains the commands\.\n$/),
      ])
    }
  })

  test('a key press without a person at a terminal', async () => {
    mistake(await at.does(['devices', 'confirm']), /No server is known/)
  })
})

describe('help', () => {
  const commands = [
    [],
    ...['start', 'run', 'serve', 'login', 'sessions', 'agents', 'devices'].map((name) => [name]),
    ...['pair', 'confirm', 'trust', 'revoke', 'add-script'].map((name) => ['devices', name]),
  ]
  test('is there for every command, on stdout, in lines that fit a terminal', async () => {
    const helps = await Promise.all(commands.map((words) => at.does([...words, '--help'])))
    for (const [index, help] of helps.entries()) {
      expect(help).toMatchObject({ code: 0, stderr: '' })
      expect(help.stdout).toMatch(new RegExp(`^Usage: offdesk ?${(commands[index] ?? []).join(' ')}`))
      for (const line of help.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(120)
    }
    const [all] = helps
    for (const name of ['start', 'run', 'serve', 'login', 'sessions', 'agents', 'devices'])
      expect(all?.stdout).toMatch(new RegExp(`^  ${name}\\b.*\\S`, 'm'))
  })

  test('agents says which are here, how to run them, and how to get the others', async () => {
    const said = await at.does(['agents'], { PATH: await folder() })
    expect(said).toMatchObject({ code: 0, stderr: '' })
    expect(said.stdout).toMatch(/^demo .* installed +offdesk run demo --remote$/m)
    for (const id of ['claude', 'copilot', 'gemini', 'codex', 'opencode', 'qwen', 'cline'])
      expect(said.stdout).toMatch(new RegExp(`^${id} .* not installed +\\S`, 'm'))
  })
})
