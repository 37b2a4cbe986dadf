/** One runner for all suites; each project is a kind of proof with its own needs. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
// @ts-expect-error plain JavaScript, for the build runs it
import { postgresRepairForVite } from '../agent-cli/launch/postgres-repair.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const inProject = (name: string, include: string[], extra: object = {}) => ({
  extends: true as const,
  test: { name, include, ...extra },
})

/** What takes longer than all the others together. */
const LONG = [
  'test/agent-cli/demo/**/*.test.ts',
  'test/agent-cli/bridge/{remote,recovery}.test.ts',
  'test/agent-cli/remote/{pairing,pusher}.test.ts',
  'test/kit/agent/*.test.ts',
  'test/server/app/*.test.ts',
  'test/server/db/{power,backup}.test.ts',
  'test/flow/three-days.test.ts',
  // `npm run check` starts the product and drives the README's commands; these take their turn in `npm test`.
  'test/flow/{admin,hostile-agent,killed,reach,revoke-all,script,sentences,terminal,two-machines,two-processes}.test.ts',
]

/** Units that walk through very much, or wait for what takes time. With the others in one process they are quicker than as LONG ones. */
const WALKS = [
  'test/trust/**/*.test.ts',
  'test/agent-cli/bridge/{fence,full-disk,masking,pins-waiting,ruling}.test.ts',
  'test/agent-cli/agent/{process,turns}.test.ts',
  'test/server/auth/{looking,oidc-provider,pairing,revocation,silence}.test.ts',
  'test/server/auth/sign-in/{first-owner,hostile}.test.ts',
  'test/server/{policy/audit,sockets/lists}.test.ts',
  'test/server/db/{postgres,preparing}.test.ts',
  'test/server/graphql/{host-commands,host-waiting,search}.test.ts',
]

// `isolate: false`: one process for many files of a kind, so packages, an embedded database and its wasm are loaded once.
// Not where a room ends after each file what it has started (test/flow/machine.ts): it would be heard in the first file alone.

/** Processes are started from dist/. */
const built = fileURLToPath(new URL('./flow/built.ts', import.meta.url))
const programs = fileURLToPath(new URL('./kit/programs.ts', import.meta.url))

export default defineConfig({
  root,
  // One graphql for all: Vite would take its .mjs for our files while node_modules take the .js, and the two refuse each other.
  resolve: {
    alias: [
      { find: /^graphql$/, replacement: fileURLToPath(new URL('../node_modules/graphql/index.js', import.meta.url)) },
    ],
  },
  // Tests meet the driver as it is bundled.
  plugins: [postgresRepairForVite],
  oxc: { jsx: { runtime: 'automatic' } },
  test: {
    pool: 'forks',
    server: { deps: { inline: [/[\\/]node_modules[\\/]postgres[\\/]/] } },
    maxWorkers: 2,
    setupFiles: [fileURLToPath(new URL('./kit/after-each.ts', import.meta.url))],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Of a claim that is waited for: a deadline for a busy machine, not a measure.
    expect: { poll: { timeout: 20_000 } },
    projects: [
      inProject('unit', ['test/{house,protocol,server,agent-cli,kit,trust}/**/*.test.{ts,tsx}'], {
        testTimeout: 60_000,
        globalSetup: [built, programs],
        isolate: false,
        exclude: [...LONG, ...WALKS],
      }),
      inProject('walks', WALKS, {
        testTimeout: 60_000,
        globalSetup: [built, programs],
        isolate: false,
      }),
      // Only `npm test`: they start many processes, or move much.
      inProject('long', LONG, {
        testTimeout: 60_000,
        globalSetup: [built, programs],
      }),
      // Some of these put a page's globals in place, which other rooms would take for a browser.
      inProject('page', ['test/pwa/**/*.test.{ts,tsx}'], { isolate: false }),
      inProject('flow', ['test/flow/**/*.test.ts'], {
        exclude: LONG,
        testTimeout: 60_000,
        globalSetup: [built, programs],
      }),
      inProject('contract', ['test/contract/**/*.test.ts'], {
        isolate: false,
        testTimeout: 60_000,
        hookTimeout: 120_000,
        globalSetup: [built, programs],
      }),
      // Short rounds of what `npm run faults` and `npm run model` do at length.
      inProject('faults', ['test/{faults,model}/**/*.test.ts'], {
        testTimeout: 180_000,
        hookTimeout: 120_000,
        globalSetup: [built, programs],
      }),
      // Only by npm run test:agents: it needs agents that this tree does not install.
      inProject('agents', ['test/agents/**/*.test.ts'], {
        testTimeout: 120_000,
        hookTimeout: 180_000,
        fileParallelism: false,
      }),
      inProject('browser', ['test/browser/**/*.test.ts'], {
        isolate: false,
        testTimeout: 120_000,
        hookTimeout: 120_000,
      }),
    ],
  },
})
