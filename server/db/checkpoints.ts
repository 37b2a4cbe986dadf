/** Keeps the embedded database's log short. Inside PGlite nobody else does: there is no checkpointer, and the log would grow until the server stops. */
import type { PGlite } from '@electric-sql/pglite'

export type Checkpoints = {
  /** None until the returned function is called: a backup needs the log from its beginning on. */
  pause(): () => void
  close(): Promise<void>
}

export type CheckpointOptions = {
  everyMilliseconds?: number
  /** So much log since the last one makes the next due: one of its files. */
  logBytes?: number
  log: (error: unknown) => void
}

/** Each looks at most every ten seconds and costs nothing where nothing was written. `close` waits for the one that runs. */
export function createCheckpoints(client: PGlite, options: CheckpointOptions): Checkpoints {
  const { everyMilliseconds = 10_000, logBytes = 16 * 1024 * 1024 } = options
  let paused = 0
  let last: number | null = null
  let running: Promise<void> | null = null

  async function round(): Promise<void> {
    const { rows } = await client.query<{ bytes: number }>(
      "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 as bytes",
    )
    const bytes = rows[0]?.bytes ?? 0
    last ??= bytes
    if (bytes - last < logBytes || paused > 0) return
    last = bytes
    await client.exec('checkpoint')
  }

  const timer = setInterval(() => {
    if (client.closed) return
    running ??= round()
      .catch(options.log)
      .finally(() => {
        running = null
      })
  }, everyMilliseconds)
  timer.unref()
  return {
    pause() {
      paused++
      let isOver = false
      return () => {
        if (!isOver) paused--
        isOver = true
      }
    },
    async close() {
      clearInterval(timer)
      await running
    },
  }
}
