import { build } from 'esbuild'
import { postgresRepair } from '../../agent-cli/launch/postgres-repair.mjs'
await build({ entryPoints: ['test/faults/tmp-rej.ts'], outfile: 'test/.out/tmp-rej.mjs', bundle: true, platform: 'node', format: 'esm', target: 'node20', plugins: [postgresRepair], logLevel: 'error', banner: { js: "import { createRequire as cr } from 'node:module'; const require = cr(import.meta.url);" }, external: ['@electric-sql/pglite', 'esbuild', 'ws', 'drizzle-orm/pglite*'], sourcemap: 'inline' })
