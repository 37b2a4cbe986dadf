// Devices that a server has called revoked, or that a person at this terminal has revoked while it was away: `host/revoked.json`. A server that does not know of one
// is told, also one that was put back from an older backup. `host/revoke-all.json` says since when all of them are to be.
// Per server, so that one cannot have another's devices revoked. Several processes share the file.
import { join } from 'node:path'
import type { Caller } from './credentials.ts'
import { codeOf } from './failure.ts'
import { ListStanding, RevokeDevice } from './host-operations.ts'
import { openRoster } from './roster.ts'
import { changeShared, readShared } from './shared-file.ts'

export type Revocations = {
  /** What the server says now. New ones are kept; one it no longer names is revoked again. Never rejects: the next word is another try. */
  heard(revokedDeviceIds: readonly string[]): Promise<void>
}

type Known = Readonly<Record<string, readonly string[]>>

export function openRevocations(options: { hostDir: string; server: string; call: Caller }): Revocations {
  const { server, call, hostDir } = options
  const path = join(hostDir, 'revoked.json')
  let running: Promise<void> | null = null

  async function compare(said: readonly string[]): Promise<void> {
    const known = (await readShared(path, parse))[server] ?? []
    const fresh = said.filter((id) => !known.includes(id))
    if (fresh.length > 0) await change((ids) => [...ids, ...fresh.filter((id) => !ids.includes(id))])
    for (const id of known) if (!said.includes(id)) await assert(id)
    await everyone()
  }

  async function everyone(): Promise<void> {
    const since = (await readShared(allPath(hostDir), parseTimes))[server]
    if (since === undefined) return
    await revokeEveryone({ hostDir, call, since })
    // A later word stays: it was said while this one was being told.
    await changeShared(allPath(hostDir), parseTimes, (all) => (all[server] === since ? without(all, server) : all))
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

const allPath = (hostDir: string) => join(hostDir, 'revoke-all.json')

/** Those paired before that instant, but for whom a person has let in here since. Returns how many. Rejects when the server cannot be told. */
export async function revokeEveryone(of: { hostDir: string; call: Caller; since: string }): Promise<number> {
  const { devices } = await of.call(ListStanding, {})
  const here = new Set((await openRoster(of.hostDir).devices()).map(({ id }) => id))
  const standing = devices.edges
    .map(({ node }) => node)
    .filter(({ id, revokedAt }) => revokedAt === null && !here.has(id))
  const meant = standing.filter(({ pairedAt }) => pairedAt <= of.since)
  for (const { id } of meant) await of.call(RevokeDevice, { id })
  return meant.length
}

/** Whoever reaches one of the servers next tells it: a running session, or the next command. Durable when it resolves. */
export async function noteEveryoneRevoked(hostDir: string, servers: readonly string[], since: string): Promise<void> {
  const times = Object.fromEntries(servers.map((server) => [server, since]))
  await changeShared(allPath(hostDir), parseTimes, (all) => ({ ...all, ...times }))
}

/** The same for one device. */
export async function noteRevoked(hostDir: string, servers: readonly string[], id: string): Promise<void> {
  await changeShared(join(hostDir, 'revoked.json'), parse, (all) => ({
    ...all,
    ...Object.fromEntries(servers.map((server) => [server, [...new Set([...(all[server] ?? []), id])]])),
  }))
}

/** The server has been told. */
export const forgetNoted = (hostDir: string, server: string): Promise<unknown> =>
  changeShared(allPath(hostDir), parseTimes, (all) => without(all, server))

const without = (all: Readonly<Record<string, string>>, server: string) =>
  Object.fromEntries(Object.entries(all).filter(([name]) => name !== server))

function parseTimes(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
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
