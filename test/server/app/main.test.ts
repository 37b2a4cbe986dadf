/** The server as a process: what it leaves on disk, how it ends, and what it says when it cannot start. */
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ask } from '../../kit/ask.ts'
import { enrol } from '../../kit/people.ts'
import { createSubscriber } from '../../kit/subscriber.ts'

type Line = {
  progress?: string
  ready?: { url: string; publicUrl: string | null; pid: number; setupCode: string | null }
  failed?: { code: string; message: string; url?: string; pid?: number }
}
type Started = { child: ChildProcess; lines: Line[]; last: Line; exited: Promise<number | null> }

const children = new Set<ChildProcess>()

/** Resolves at `ready` or `failed`. */
function start(env: Record<string, string>): Promise<Started> {
  const child = spawn(process.execPath, ['dist/server.js'], {
    env: {
      PATH: process.env.PATH,
      HOME: tmpdir(),
      OFFDESK_PORT: '0',
      OFFDESK_READY: 'json',
      OFFDESK_DEVELOPMENT: '1',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.add(child)
  const exited = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)))
  void exited.then(() => children.delete(child))
  const lines: Line[] = []
  let text = ''
  let errors = ''
  child.stderr?.on('data', (chunk) => {
    errors += chunk
  })
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      text += chunk
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n')) {
        const line = JSON.parse(text.slice(0, at)) as Line
        text = text.slice(at + 1)
        lines.push(line)
        if (line.ready || line.failed) resolve({ child, lines, last: line, exited })
      }
    })
    void exited.then((code) => reject(new Error(`it ended with ${code} and no word: ${errors}`)))
  })
}

afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
})

describe('a server on its own data folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'offdesk-main-'))
  const env = { OFFDESK_DATA_DIR: folder, OFFDESK_PUBLIC_URL: 'https://desk.example.com/' }
  const inServer = (name: string) => join(folder, 'server', name)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('starts, is found, refuses a second, keeps its secrets to its owner, and ends with 1001', async () => {
    const { child, lines, last, exited } = await start(env)
    const { url = '', setupCode = '', pid, publicUrl } = last.ready ?? {}
    expect(lines.some((line) => line.progress)).toBe(true)
    expect(publicUrl).toBe('https://desk.example.com')
    expect(JSON.parse(readFileSync(inServer('server.json'), 'utf8'))).toMatchObject({
      pid,
      url,
      publicUrl,
      version: expect.any(String),
    })
    for (const name of ['server.json', 'setup-code']) expect(statSync(inServer(name)).mode & 0o777).toBe(0o600)
    expect(statSync(inServer('')).mode & 0o777).toBe(0o700)
    expect(readFileSync(inServer('setup-code'), 'utf8').trim()).toBe(setupCode)

    const second = await start(env)
    expect(second.last.failed).toMatchObject({ code: 'ALREADY_RUNNING', pid, url })
    expect(await second.exited).toBe(1)

    const gql = async <T>(token: string | null, document: string, variables?: object) =>
      (await ask<T>(url, token, document, variables)).value()
    const host = await enrol(gql, setupCode ?? '', 'desk')
    await expect(enrol(gql, setupCode ?? '', 'stranger')).rejects.toMatchObject({ code: 'CODE_WRONG' })
    await expect.poll(() => readFileSync(inServer('setup-code'), 'utf8').trim(), { timeout: 5000 }).not.toBe(setupCode)
    const next = readFileSync(inServer('setup-code'), 'utf8').trim()
    expect((await enrol(gql, next, 'laptop')).id).not.toBe(host.id)

    const live = createSubscriber(
      `${url.replace('http', 'ws')}/graphql`,
      host.token,
      'subscription { sessionsChanged { isSnapshot } }',
    )
    await live.next()
    child.kill('SIGTERM')
    expect(await live.ended()).toMatchObject({ by: 'close', code: 1001 })
    expect(await exited).toBe(0)
    expect(existsSync(inServer('server.json'))).toBe(false)
    live.close()

    const again = await start(env)
    expect(again.last.ready?.setupCode).toBeNull()
    expect((await ask(again.last.ready?.url ?? '', host.token, '{ viewer { id } }')).errors).toEqual([])
    again.child.kill('SIGKILL')
    await again.exited
    const afterKill = await start(env)
    expect(afterKill.last.ready).toBeDefined()
    afterKill.child.kill('SIGINT')
    expect(await afterKill.exited).toBe(0)
  }, 120_000)
})

describe('what keeps it from starting is said in a sentence that says what to do', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'offdesk-main-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('a port that another program has', async () => {
    const other = createServer((socket) => socket.destroy())
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const { last, exited } = await start({ OFFDESK_DATA_DIR: folder, OFFDESK_PORT: String(port) })
    expect(last.failed).toMatchObject({ code: 'PORT_TAKEN', message: expect.stringContaining('OFFDESK_PORT=') })
    expect(await exited).toBe(1)
    await new Promise((resolve) => other.close(resolve))
  }, 60_000)

  test('a data folder that is a file, a port that is none, a public address that is none', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    chmodSync(file, 0o400)
    const cases = [
      [{ OFFDESK_DATA_DIR: file }, 'DATA_FOLDER', 'OFFDESK_DATA_DIR'],
      [{ OFFDESK_DATA_DIR: folder, OFFDESK_PORT: 'many' }, 'BAD_PORT', 'OFFDESK_PORT'],
      [{ OFFDESK_DATA_DIR: folder, OFFDESK_PUBLIC_URL: 'desk' }, 'BAD_PUBLIC_URL', 'https://'],
      [{ OFFDESK_DATA_DIR: folder, DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none' }, 'DATABASE', 'DATABASE_URL'],
    ] as const
    for (const [env, code, word] of cases) {
      const { last, exited } = await start(env)
      expect(last.failed).toMatchObject({ code, message: expect.stringContaining(word) })
      expect(await exited).toBe(1)
    }
  }, 60_000)
})
