// Devices that a server has called revoked, `host/revoked.json`. A server put back from an older backup has forgotten some: it is told again.
// Per server, so that one cannot have another's devices revoked. Several processes share the file.
import { join } from 'node:path'
import type { Caller } from './credentials.ts'
import { codeOf } from './failure.ts'
import { RevokeDevice } from './host-operations.ts'
import { changeShared, readShared } from './shared-file.ts'

export type Revocations = {
  /** What the server says now. New ones are kept; one it no longer names is revoked again. Never rejects: the next word is another try. */
  heard(revokedDeviceIds: readonly string[]): Promise<void>
}

type Known = Readonly<Record<string, readonly string[]>>

export function openRevocations(options: { hostDir: string; server: string; call: Caller }): Revocations {
  const { server, call } = options
  const path = join(options.hostDir, 'revoked.json')
  let running: Promise<void> | null = null

  async function compare(said: readonly string[]): Promise<void> {
    const known = (await readShared(path, parse))[server] ?? []
    const fresh = said.filter((id) => !known.includes(id))
    if (fresh.length > 0) await change((ids) => [...ids, ...fresh.filter((id) => !ids.includes(id))])
    for (const id of known) if (!said.includes(id)) await assert(id)
  }

  async function assert(id: string): Promise<void> {
    try {
      await call(RevokeDevice, { id })
    } catch (error) {
      // It was paired after that backup: to the server it is a stranger, and only a person at a terminal lets it in.
      if (codeOf(error) === 'NOT_FOUND') await change((ids) => ids.filter((each) => each !== id))
      else throw error
    }
  }

  const change = (next: (ids: readonly string[]) => readonly string[]) =>
    changeShared(path, parse, (all) => ({ ...all, [server]: next(all[server] ?? []) }))

  return {
    heard(revokedDeviceIds) {
      running ??= compare(revokedDeviceIds)
        .catch(() => undefined)
        .finally(() => {
          running = null
        })
      return running
    },
  }
}

function parse(value: unknown): Known {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
  return Object.fromEntries(
    Object.entries(value).map(([server, ids]) => [
      server,
      Array.isArray(ids) ? ids.filter((id): id is string => typeof id === 'string') : [],
    ]),
  )
}
