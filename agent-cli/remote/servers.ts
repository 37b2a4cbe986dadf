// The servers this machine is enrolled at, `host/servers.json`. Knows addresses, opens no connection.
import { join } from 'node:path'
import { changeShared, readShared } from './shared-file.ts'

export type KnownServer = { url: string; enrolledAt: string; name: string }
export type Servers = { servers: KnownServer[]; preferred: string | null }

export const readServers = (hostDir: string): Promise<Servers> => readShared(join(hostDir, 'servers.json'), parse)

/** Keeps the server and prefers it from now on. */
export async function rememberServer(hostDir: string, server: KnownServer): Promise<Servers> {
  return changeShared(join(hostDir, 'servers.json'), parse, (now) => ({
    servers: [...now.servers.filter((each) => each.url !== server.url), server],
    preferred: server.url,
  }))
}

export async function forgetServer(hostDir: string, url: string): Promise<Servers> {
  return changeShared(join(hostDir, 'servers.json'), parse, (now) => {
    const servers = now.servers.filter((each) => each.url !== url)
    return { servers, preferred: now.preferred === url ? (servers.at(-1)?.url ?? null) : now.preferred }
  })
}

/** An address as it is kept: origin only. Throws TypeError for what is no http(s) address. */
export function serverUrl(text: string): string {
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new TypeError(`${text} is no http address`)
  return url.origin
}

function parse(value: unknown): Servers {
  const { servers, preferred } = (value ?? {}) as Partial<Servers>
  const known = (Array.isArray(servers) ? servers : []).filter((each) => typeof each?.url === 'string')
  return { servers: known, preferred: typeof preferred === 'string' ? preferred : (known.at(-1)?.url ?? null) }
}
