/** Starts what a scenario compares: product, baseline and bare relay as processes, on one PostgreSQL that syncs or each on a PGlite of its own. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestPostgres } from '../kit/postgres.ts'
import { startBaseline } from './baseline.ts'
import type { Contestant } from './contestant.ts'
import { startProduct } from './product.ts'
import type { Programs } from './served.ts'

export type Places = {
  /** Baselines first, the product last. */
  onPostgres(how: { bare: boolean; pairs: number; profileDir?: string }): Promise<Contestant[]>
  onPglite(how: { pairs: number; profileDir?: string }): Promise<Contestant[]>
  /** Stops all that was started and removes its folders. */
  close(): Promise<void>
}

export function createPlaces(options: {
  script: string
  programs: Programs
  postgres: () => Promise<TestPostgres>
}): Places {
  const { script, programs } = options
  const gauge = programs.path('gauge')
  const ends: (() => Promise<unknown>)[] = []
  const folder = async () => {
    const path = await mkdtemp(join(tmpdir(), 'offdesk-bench-'))
    ends.push(() => rm(path, { recursive: true, force: true, maxRetries: 3 }))
    return path
  }
  const kept = async (starting: Promise<Contestant>) => {
    const contestant = await starting
    ends.push(() => contestant.close())
    return contestant
  }
  const baseline = (name: string, program: string, env: Record<string, string>) =>
    kept(startBaseline({ name, script: programs.path(program), gauge, env }))
  return {
    async onPostgres({ bare, ...how }) {
      const postgres = await options.postgres()
      const [theirs, ours] = [await postgres.create(), await postgres.create()]
      return [
        ...(bare ? [await baseline('bare', 'bare', {})] : []),
        await baseline('bare+pg', 'bare-pg', { DATABASE_URL: theirs }),
        await kept(startProduct({ script, gauge, folder: await folder(), databaseUrl: ours, ...how })),
      ]
    },
    async onPglite(how) {
      return [
        await baseline('bare+pglite', 'bare-pglite', { BENCH_FOLDER: join(await folder(), 'db') }),
        await kept(startProduct({ script, gauge, folder: await folder(), databaseUrl: null, ...how })),
      ]
    },
    async close() {
      for (const end of ends.splice(0).reverse()) await end()
    },
  }
}
