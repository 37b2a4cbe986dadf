// This device's P-256 key. It is made once, cannot be exported, and is reachable from page and service worker (T5).
// Knows no pairing and no server.

import type { Bytes } from '../../protocol/bytes.ts'
import { exportPublicKey, generateKeys, type Key, principalId, sign } from '../../protocol/keys.ts'
import { readVault, writeVault } from './vault.ts'

export type DeviceKey = {
  /** `dev_…`, commits to the key. */
  id: string
  /** 65 raw bytes in base64url. */
  publicKey: string
  /** 64 bytes r‖s in base64url. */
  sign(bytes: Bytes): Promise<string>
}

const NAME = 'device-key'

type Kept = { publicKey: Key; privateKey: Key }
const isKept = (value: unknown): value is Kept =>
  typeof value === 'object' && value !== null && 'publicKey' in value && 'privateKey' in value

/** Whether this page may have keys at all: WebCrypto's subtle half exists on https and on localhost only. */
export const keysArePossible = (): boolean => typeof crypto !== 'undefined' && crypto.subtle !== undefined

const opened = async (pair: Kept): Promise<DeviceKey> => {
  const publicKey = await exportPublicKey(pair.publicKey)
  return { id: await principalId('dev', publicKey), publicKey, sign: (bytes) => sign(pair.privateKey, bytes) }
}

/** Null when this device has no key yet. */
export async function readDeviceKey(): Promise<DeviceKey | null> {
  const kept = await readVault(NAME)
  return isKept(kept) ? opened(kept) : null
}

/** The device's key; made on first use. Throws when the browser keeps no storage for this page. */
export async function ensureDeviceKey(): Promise<DeviceKey> {
  const kept = await readVault(NAME)
  if (isKept(kept)) return opened(kept)
  const pair = await generateKeys(false)
  await writeVault(NAME, pair)
  return opened(pair)
}
