/** How the server is started as a process of its own: from dist/ or, in a checkout, from source. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

export type Program = { readonly command: string; readonly args: readonly string[] }

/** What a server keeps for a moment is thrown away in 4 MB instead of Node's 16: 24 MB less of memory, and no more of processor time (docs/decisions/0026-idle-pairs.md). */
export const SERVER_FLAGS: readonly string[] = ['--max-semi-space-size=4']

/** Built code finds the built server beside it; source finds its source and runs it through tsx. */
export function serverProgram(): Program {
  const built = fileURLToPath(new URL('./server.js', import.meta.url))
  if (existsSync(built)) return { command: process.execPath, args: [...SERVER_FLAGS, built] }
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  return {
    command: process.execPath,
    args: ['--import', loader, fileURLToPath(new URL('../../server/main.ts', import.meta.url))],
  }
}
