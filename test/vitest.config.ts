/** One runner for all suites; each project is a kind of proof with its own needs. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('..', import.meta.url))
const inProject = (name: string, include: string[], extra: object = {}) => ({
  extends: true as const,
  test: { name, include, ...extra },
})

/** Processes are started from dist/. */
const built = fileURLToPath(new URL('./flow/built.ts', import.meta.url))

export default defineConfig({
  root,
  // One graphql for all: Vite would take its .mjs for our files while node_modules take the .js, and the two refuse each other.
  resolve: {
    alias: [
      { find: /^graphql$/, replacement: fileURLToPath(new URL('../node_modules/graphql/index.js', import.meta.url)) },
    ],
  },
  oxc: { jsx: { runtime: 'automatic' } },
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      inProject('unit', ['test/{house,protocol,server,agent-cli,pwa,kit}/**/*.test.{ts,tsx}']),
      inProject('flow', ['test/flow/**/*.test.ts'], {
        testTimeout: 60_000,
        globalSetup: [built],
      }),
      inProject('contract', ['test/contract/**/*.test.ts'], {
        testTimeout: 60_000,
        hookTimeout: 120_000,
        globalSetup: [built],
      }),
      // Only by npm run test:agents: it needs agents that this tree does not install.
      inProject('agents', ['test/agents/**/*.test.ts'], {
        testTimeout: 120_000,
        hookTimeout: 180_000,
        fileParallelism: false,
      }),
      inProject('browser', ['test/browser/**/*.test.ts'], {
        testTimeout: 120_000,
        hookTimeout: 120_000,
        fileParallelism: false,
      }),
    ],
  },
})
