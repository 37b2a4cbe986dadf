/** How our other programs are started: the server and the demo agent, from dist/ or, in a checkout, from source. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export type Program = { readonly command: string; readonly args: readonly string[] }

/** A program that stands beside this one. Built code finds built code; source finds source (run through tsx). */
export function program(name: 'server' | 'demo-agent'): Program {
  const built = fileURLToPath(new URL(`./${name}.js`, import.meta.url))
  if (existsSync(built)) return { command: process.execPath, args: [built] }
  const source = { server: '../../server/main.ts', 'demo-agent': '../demo/main.ts' }[name]
  return { command: process.execPath, args: ['--import', 'tsx', fileURLToPath(new URL(source, import.meta.url))] }
}
