/** Takes a port on this machine, or says who has it and what to do. */
import { execFile } from 'node:child_process'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The port is another process's. Its message is for people. */
export class PortTaken extends Error {
  override name = 'PortTaken'
}

/** Listens on 127.0.0.1; port 0 takes a free one. Returns the port. Throws PortTaken. */
export async function listen(server: Server, port: number): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
        server.off('error', reject)
        resolve()
      })
    })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'EACCES')
      throw new PortTaken(`Port ${port} needs more rights than this process has. Set OFFDESK_PORT to one above 1023.`)
    if (code !== 'EADDRINUSE') throw error
    const [holder, isOurs] = await Promise.all([holderOf(port), isOffdesk(port)])
    const who = isOurs ? 'another Offdesk server with another data folder' : 'another program'
    throw new PortTaken(
      `Port ${port} is taken by ${who}${holder ? ` (process ${holder})` : ''}. Stop that one, or choose another port: OFFDESK_PORT=${port + 1}.`,
    )
  }
  return (server.address() as AddressInfo).port
}

async function isOffdesk(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ viewer { id } }"}',
      signal: AbortSignal.timeout(1000),
    })
    return (await answer.text()).match(/UNAUTHENTICATED|DOCUMENT_UNKNOWN/) !== null
  } catch {
    return false
  }
}

/** `123`, or null when the system does not say. */
function holderOf(port: number): Promise<string | null> {
  const ask = (command: string, args: string[], pid: RegExp) =>
    new Promise<string | null>((resolve) => {
      execFile(command, args, { timeout: 2000 }, (_error, stdout) => resolve(pid.exec(stdout)?.[1] ?? null))
    })
  return ask('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-t'], /^(\d+)/).then(
    (found) => found ?? ask('ss', ['-Hltnp', `sport = :${port}`], /pid=(\d+)/),
  )
}
