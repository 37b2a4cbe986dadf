/** `offdesk recover`: the first owner's way back in, at the machine of the server. What it opens and how long is the server's to know. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { findServer } from './local-server.ts'
import { Mistake } from './mistake.ts'
import { openPlaces } from './open-places.ts'
import { serverProgram } from './programs.ts'
import { requireServing } from './ways.ts'

/** Its exit code becomes ours. Throws Mistake where an embedded database is in use: there the way back is another one. */
export async function recover(): Promise<void> {
  await requireServing(process.env.OFFDESK_PUBLIC_URL)
  const places = await openPlaces()
  const running = process.env.DATABASE_URL ? null : await findServer(places)
  if (running) {
    const at = running.publicUrl ?? running.url
    throw new Mistake(
      `The server at ${running.url} runs, and its database is its alone. Its setup code is good at any time, so nothing more is needed:
  offdesk login ${at} --code "$(cat '${join(places.server, 'setup-code')}')"
lets in a workstation of its owner; there “offdesk invite --myself” prints a link for a new passkey. If it serves a PostgreSQL, set DATABASE_URL here as well.`,
    )
  }
  const { command, args } = serverProgram()
  const env = { ...process.env, OFFDESK_DATA_DIR: places.data }
  const child = spawn(command, [...args, 'recover'], { env, stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  process.exitCode = typeof code === 'number' ? code : 1
}
