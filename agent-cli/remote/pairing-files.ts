// Open pairings of this machine, `host/pairings/<id>.json`, so that another process (`offdesk devices confirm`) can finish one.
// The joiner's key and nonce are pinned here before the nonce is revealed: what is compared and trusted later is only what was pinned.
import { readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { PairingPurpose } from '../../protocol/pairing.ts'
import { systemCode } from '../journal/failure.ts'
import type { Rung } from './roster.ts'
import { changeShared, readShared } from './shared-file.ts'

export type Joiner = { publicKey: string; nonce: string; name: string; mac: string | null }

export type PairingFile = {
  id: string
  server: string
  purpose: PairingPurpose
  code: string
  nonce: string
  secret: string
  rung: Rung
  sessionId: string | null
  expiresAt: string
  openedBy: number
  joiner: Joiner | null
  /** ENROL_HOST only: what this host polls with until it is enrolled. */
  token: string | null
}

const safeName = /^[A-Za-z0-9_-]{1,64}$/

export function pairingPath(hostDir: string, id: string): string {
  if (!safeName.test(id)) throw new RangeError('not a pairing id')
  return join(hostDir, 'pairings', `${id}.json`)
}

export async function keepPairing(hostDir: string, file: PairingFile): Promise<void> {
  await changeShared<PairingFile | null>(pairingPath(hostDir, file.id), parse, () => file)
}

/** Null when it is over. */
export function readPairing(hostDir: string, id: string): Promise<PairingFile | null> {
  return readShared(pairingPath(hostDir, id), parse)
}

/** Pins the joiner, once: returns the one that stands, which is another's if that one was first. Null when the pairing is over. */
export async function pinJoiner(hostDir: string, id: string, joiner: Joiner): Promise<Joiner | null> {
  const file = await changeShared(pairingPath(hostDir, id), parse, (now) =>
    now === null || now.joiner !== null ? now : { ...now, joiner },
  )
  return file?.joiner ?? null
}

export async function dropPairing(hostDir: string, id: string): Promise<void> {
  await unlink(pairingPath(hostDir, id)).catch(() => undefined)
}

/** Pairings that have not expired, oldest first; what has is removed. */
export async function openPairings(hostDir: string, now: Date = new Date()): Promise<PairingFile[]> {
  const found: PairingFile[] = []
  for (const name of await namesIn(join(hostDir, 'pairings'))) {
    const file = await readPairing(hostDir, name.slice(0, -5)).catch(() => null)
    if (file === null) continue
    // A minute more than the server gives: the clocks may differ.
    if (Date.parse(file.expiresAt) + 60_000 < now.getTime()) await dropPairing(hostDir, file.id)
    else found.push(file)
  }
  return found.sort((a, b) => a.expiresAt.localeCompare(b.expiresAt))
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.json') && safeName.test(name.slice(0, -5)))
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  }
}

function parse(value: unknown): PairingFile | null {
  if (value === undefined || value === null) return null
  const file = value as PairingFile
  if (typeof file.id !== 'string' || typeof file.nonce !== 'string') throw new TypeError('no pairing')
  return file
}
