/** A server on an embedded database whose disk refuses a sync: it says so and ends, for nothing after that would be answered. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, expect, test } from 'vitest'
import { ask } from '../../kit/ask.ts'
import { enrol } from '../../kit/people.ts'

type Line = { ready?: { url: string; setupCode: string | null }; failed?: { code: string; message: string } }

const folder = mkdtempSync(join(tmpdir(), 'offdesk-disk-'))
const refusing = join(folder, 'refusing')
/** Loaded before the server: while that file is there, every sync fails as a broken device's does. */
const broken = join(folder, 'broken.mjs')
writeFileSync(
  broken,
  `import fs from 'node:fs'
for (const name of ['fsyncSync', 'fdatasyncSync']) {
  const own = fs[name]
  fs[name] = (fd) => {
    if (fs.existsSync(${JSON.stringify(refusing)})) throw Object.assign(new Error('EIO: i/o error, ' + name), { code: 'EIO', errno: -5, syscall: name })
    return own(fd)
  }
}
`,
)
const children = new Set<ChildProcess>()
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function start(): { lines: Line[]; exited: Promise<number | null>; isReady: Promise<NonNullable<Line['ready']>> } {
  const child = spawn(process.execPath, ['--import', broken, 'dist/server.js'], {
    env: {
      ...{ PATH: process.env.PATH, HOME: folder, OFFDESK_PORT: '0', OFFDESK_READY: 'json', OFFDESK_DEVELOPMENT: '1' },
      ...{ OFFDESK_DATA_DIR: join(folder, 'data'), OFFDESK_LOG: join(folder, 'server.log') },
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  children.add(child)
  const lines: Line[] = []
  // Of its pipe too: its last words come after its end.
  const exited = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)))
  void exited.then(() => children.delete(child))
  const isReady = new Promise<NonNullable<Line['ready']>>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as Line
      lines.push(line)
      if (line.ready) resolve(line.ready)
    })
    void exited.then((code) => reject(new Error(`it ended with ${code}: ${JSON.stringify(lines)}`)))
  })
  return { lines, exited, isReady }
}

test('a refused sync ends the server with a sentence and exit code 74; what was acknowledged before is there at the next start', async () => {
  const first = start()
  const { url, setupCode } = await first.isReady
  const gql = async <T>(token: string | null, document: string, variables?: object) =>
    (await ask<T>(url, token, document, variables)).value()
  const host = await enrol(gql, setupCode ?? '', 'desk')
  const codeNow = () => readFileSync(join(folder, 'data', 'server', 'setup-code'), 'utf8').trim()
  await expect.poll(codeNow).not.toBe(setupCode)

  writeFileSync(refusing, '')
  // Neither acknowledged nor left waiting: the connection ends with the server.
  await expect(enrol(gql, codeNow(), 'laptop')).rejects.toThrow()
  expect(await first.exited).toBe(74)
  const { failed } = first.lines.at(-1) ?? {}
  expect(failed).toMatchObject({ code: 'DISK', message: expect.stringContaining('EIO: i/o error') })
  expect(failed?.message).toContain('See to the disk, then start it again')
  expect(readFileSync(join(folder, 'server.log'), 'utf8')).toContain('The disk refused to keep')

  rmSync(refusing)
  const again = start()
  const answer = await ask<{ viewer: { id: string } }>((await again.isReady).url, host.token, '{ viewer { id } }')
  expect(answer.errors).toEqual([])
}, 120_000)
