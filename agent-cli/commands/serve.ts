/** `offdesk serve`: the server alone, in this terminal. */
import { spawn } from 'node:child_process'
import { findServer } from './local-server.ts'
import { Mistake } from './mistake.ts'
import { openPlaces } from './open-places.ts'
import { serverProgram } from './programs.ts'
import { detectTailscale, reach } from './reach.ts'
import { portToUse } from './start.ts'
import { requireServing } from './ways.ts'

export type ServeFlags = { readonly port: number | undefined; readonly reach: string | undefined }

/** Resolves when the server has ended; its exit code becomes ours. */
export async function serve(flags: ServeFlags): Promise<void> {
  const { reaches } = await requireServing(flags.reach ?? process.env.OFFDESK_PUBLIC_URL)
  const places = await openPlaces()
  const running = process.env.DATABASE_URL ? null : await findServer(places)
  if (running)
    throw new Mistake(
      `A server of this data folder already runs at ${running.url}. Use that one, or set OFFDESK_DATA_DIR for another.`,
    )
  const port = portToUse(flags.port)
  const publicUrl = flags.reach
    ? await reach(flags.reach, port)
    : (process.env.OFFDESK_PUBLIC_URL ?? (reaches ? await detectTailscale(port) : null))
  const { command, args } = serverProgram()
  const env = {
    ...process.env,
    OFFDESK_DATA_DIR: places.data,
    OFFDESK_PORT: String(port),
    ...(publicUrl ? { OFFDESK_PUBLIC_URL: publicUrl } : {}),
  }
  const child = spawn(command, [...args], { env, stdio: 'inherit' })
  // Ctrl+C reaches the child by itself; what is sent to us alone is passed on.
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  process.on('SIGINT', () => {})
  await new Promise<void>((resolve) => {
    child.on('exit', (code) => {
      process.exitCode = code ?? 0
      resolve()
    })
  })
}
