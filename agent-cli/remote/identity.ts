// This machine's key and the id that commits to it (decision 0001). One per data folder, made once, shared by every process.
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bytes } from '../../protocol/bytes.ts'
import { exportPublicKey, generateKeys, type Key, principalId, sign } from '../../protocol/keys.ts'
import { JournalError } from '../journal/failure.ts'
import { changeShared } from './shared-file.ts'

export type Identity = {
  readonly hostId: string
  readonly publicKey: string
  sign(bytes: Bytes): Promise<string>
}

type Stored = { publicKey: string; privateKey: Record<string, unknown> }

/** Reads `host/key.json`, or makes it. Throws JournalError when it cannot be read or written, or holds no key. */
export async function openIdentity(hostDir: string): Promise<Identity> {
  const path = join(hostDir, 'key.json')
  const stored = await changeShared(path, parse, async (now) => now ?? (await make()))
  if (stored === null) throw new JournalError('CORRUPT', `${path} holds no key.`, { path })
  if (process.platform !== 'win32') await chmod(path, 0o600)
  const key = await load(stored, path)
  const hostId = await principalId('hst', stored.publicKey)
  return { hostId, publicKey: stored.publicKey, sign: (bytes) => sign(key, bytes) }
}

function parse(value: unknown): Stored | null {
  if (value === undefined) return null
  const { publicKey, privateKey } = value as Partial<Stored>
  // Never replaced: a new key would be a new host, unknown to every server and device.
  if (typeof publicKey !== 'string' || typeof privateKey !== 'object') throw new TypeError('no key')
  return { publicKey, privateKey }
}

async function make(): Promise<Stored> {
  const pair = await generateKeys(true)
  const jwk = await crypto.subtle.exportKey('jwk', pair.privateKey)
  return { publicKey: await exportPublicKey(pair.publicKey), privateKey: { ...jwk } }
}

async function load(stored: Stored, path: string): Promise<Key> {
  try {
    return await crypto.subtle.importKey('jwk', stored.privateKey, { name: 'ECDSA', namedCurve: 'P-256' }, false, [
      'sign',
    ])
  } catch (cause) {
    throw new JournalError('CORRUPT', `${path} holds no usable key.`, { path, cause })
  }
}
