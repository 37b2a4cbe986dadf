/** Programs of the tests' own, started as processes: bundled once per run, for a start through tsx costs four times as much. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { buildSync } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))
const OUT = join(root, 'test', '.out')

/** Each by the name of its bundle. */
const PROGRAMS = {
  'scripted-agent': 'test/kit/agent/main.ts',
  'host-process': 'test/agent-cli/bridge/host-process.ts',
  'fault-host': 'test/faults/host-program.ts',
  'journal-locker': 'test/agent-cli/journal/fixtures/locker.ts',
  'journal-writer': 'test/agent-cli/journal/fixtures/writer.ts',
} as const

/** What Node is called with to run it: its bundle where this run has made them, else its source through tsx. */
export function program(name: keyof typeof PROGRAMS): string[] {
  const bundles = process.env.OFFDESK_TEST_PROGRAMS
  if (bundles) return [join(bundles, `${name}.mjs`)]
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  return ['--import', loader, join(root, PROGRAMS[name])]
}

/** vitest's global set-up: makes the bundles, and removes them after the run. */
export default function bundlePrograms(): () => void {
  mkdirSync(OUT, { recursive: true })
  const outdir = mkdtempSync(join(OUT, 'programs-'))
  buildSync({
    ...{ absWorkingDir: root, entryPoints: PROGRAMS, outdir, outExtension: { '.js': '.mjs' } },
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external', logLevel: 'error' },
  })
  process.env.OFFDESK_TEST_PROGRAMS = outdir
  return () => rmSync(outdir, { recursive: true, force: true })
}
