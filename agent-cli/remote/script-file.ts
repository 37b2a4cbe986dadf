// The file of a script device: id, server, token and private key, readable by its owner alone. openssl reads the key from it as it is.
import { mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Bytes } from '../../protocol/bytes.ts'
import { type Key, sign } from '../../protocol/keys.ts'
import { fileMode, folderMode } from '../journal/disk.ts'

export type Script = {
  readonly deviceId: string
  readonly server: string
  readonly token: string
  sign(bytes: Bytes): Promise<string>
}

const BEGIN = '-----BEGIN PRIVATE KEY-----'
const END = '-----END PRIVATE KEY-----'

/** Makes the file; rejects with EEXIST when there is one, for its key would be lost. `privateKey` must be extractable. */
export async function writeScript(
  path: string,
  script: { deviceId: string; server: string; token: string; privateKey: Key },
): Promise<void> {
  const { deviceId, server, token, privateKey } = script
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', privateKey)).toString('base64')
  const rows = der.match(/.{1,64}/g) ?? []
  const facts = [`device: ${deviceId}`, `server: ${server}`, `token: ${token}`]
  const warning = 'Whoever has this file may do what this device may. Keep it yours alone.'
  await mkdir(dirname(path), { recursive: true, mode: folderMode })
  const file = await open(path, 'wx', fileMode)
  try {
    await file.writeFile(`${[warning, ...facts, BEGIN, ...rows, END].join('\n')}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Throws RangeError for a file that is none, else what reading a file throws. */
export async function readScript(path: string): Promise<Script> {
  const text = await readFile(path, 'utf8')
  const fact = (name: string) => new RegExp(`^${name}: (\\S+)$`, 'm').exec(text)?.[1] ?? missing(path)
  const body = text.slice(text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END))
  const curve = { name: 'ECDSA', namedCurve: 'P-256' }
  const key = await crypto.subtle
    .importKey('pkcs8', Buffer.from(body, 'base64'), curve, false, ['sign'])
    .catch(() => missing(path))
  return {
    ...{ deviceId: fact('device'), server: fact('server'), token: fact('token') },
    sign: (bytes) => sign(key, bytes),
  }
}

function missing(path: string): never {
  throw new RangeError(`${path} is no key file of a script.`)
}
