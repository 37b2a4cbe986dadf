/** `--reach`: the public address a phone uses. Tailscale is the outside world here: a double that answers as the real one does. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { atEnd, folder, type Machine, machine } from './machine.ts'

/** A free port, for the address is told before the server listens. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** An executable `tailscale` on a PATH of its own; `$1 $2` are what it is asked. */
async function tailscale(cases: string): Promise<string> {
  const bin = await folder()
  const path = join(bin, 'tailscale')
  writeFileSync(path, `#!/bin/sh\ncase "$1 $2" in\n${cases}\nesac\n`)
  chmodSync(path, 0o755)
  return [bin, '/usr/bin', '/bin'].join(delimiter)
}

let at: Machine
beforeAll(async () => {
  at = await (await machine()).seeded()
})

const NOTHING_SERVED = "'serve status') echo '{}' ;;"
const RUNNING = `'status --json') echo '{"BackendState":"Running","Self":{"DNSName":"atlas.tail1234.ts.net."}}' ;;`

test.each([
  ['not installed', null, /Tailscale is not installed.*https:\/\/tailscale\.com\/download/],
  [
    'not connected',
    `${NOTHING_SERVED}\n'status --json') echo '{"BackendState":"NeedsLogin"}'; exit 1 ;;`,
    /not connected \(NeedsLogin\)\. Run “tailscale up”/,
  ],
  [
    'without a DNS name',
    `${NOTHING_SERVED}\n'status --json') echo '{"BackendState":"Running","Self":{}}' ;;`,
    /no DNS name\. Turn on MagicDNS and HTTPS/,
  ],
  [
    'that refuses Serve',
    `${NOTHING_SERVED}\n${RUNNING}\n'serve --bg') echo 'Serve is not enabled on your tailnet.' >&2; exit 1 ;;`,
    /could not be turned on: Serve is not enabled on your tailnet\..*--operator=\$USER/,
  ],
  [
    'whose daemon is away',
    `*) echo 'failed to connect to local tailscaled' >&2; exit 1 ;;`,
    /not connected \(state unknown\)/,
  ],
])('Tailscale %s is said exactly, and no server is left', async (_, cases, sentence) => {
  const PATH = cases === null ? await folder() : await tailscale(cases)
  for (const command of ['serve', 'start']) {
    const said = await at.does([command, '--reach', 'tailscale', '--port', '4747'], { PATH })
    expect([said.code, said.stderr]).toEqual([1, expect.stringMatching(sentence)])
  }
  expect(() => at.server()).toThrow()
})

test('Tailscale Serve is turned on, and its address is the server’s', async () => {
  const asked = join(await folder(), 'asked')
  const PATH = await tailscale(`${NOTHING_SERVED}\n${RUNNING}\n'serve --bg') echo "$@" >> ${asked} ;;`)
  const port = await freePort()
  const server = at.starts(['serve', '--reach', 'tailscale', '--port', String(port)], { PATH })
  await server.line(/^Offdesk is at https:\/\/atlas\.tail1234\.ts\.net$/)
  expect(at.server()).toMatchObject({ url: `http://127.0.0.1:${port}`, publicUrl: 'https://atlas.tail1234.ts.net' })
  expect(readFileSync(asked, 'utf8')).toBe(`serve --bg ${port}\n`)
  expect(await server.interrupt()).toBe(0)
})

test('what Tailscale already serves is found without being asked for, and nothing is changed', async () => {
  const port = await freePort()
  const status = JSON.stringify({
    Web: {
      'other.tail1234.ts.net:443': { Handlers: { '/': { Proxy: 'http://127.0.0.1:1' } } },
      'atlas.tail1234.ts.net:443': { Handlers: { '/': { Proxy: `http://127.0.0.1:${port}` } } },
    },
  })
  const PATH = await tailscale(`'serve status') echo '${status}' ;;\n*) exit 9 ;;`)
  const server = at.starts(['serve', '--port', String(port)], { PATH })
  await server.line(/^Offdesk is at https:\/\/atlas\.tail1234\.ts\.net$/)
  expect(await server.interrupt()).toBe(0)
})

test('an https address of one’s own proxy is taken as it is; anything else is not', async () => {
  for (const wrong of ['http://192.168.1.5:4747', 'desk.example', 'wireguard', 'ftp://desk.example']) {
    const said = await at.does(['serve', '--reach', wrong])
    expect(said.code).toBe(1)
    expect(said.stderr).toContain(
      `--reach takes “tailscale” or an https address, not “${wrong}”. A phone needs an HTTPS`,
    )
  }
  const server = at.starts(['serve', '--reach', 'https://desk.example/some/path'])
  atEnd(() => server.kill())
  await server.line(/^Offdesk is at https:\/\/desk\.example$/)
  expect(await server.interrupt()).toBe(0)
})
