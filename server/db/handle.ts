/** What the rest of the server holds of a database, whichever driver is behind it. Knows no driver. */
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import type * as schema from './schema.ts'

/**
 * What a store function works on. Only `Database` hands one out, and a `Database` is not one: so code inside a transaction
 * cannot await the outer handle, which on PGlite would never come back.
 */
export type Tx = PgDatabase<PgQueryResultHKT, typeof schema>

/** How processes on one PostgreSQL wake each other. Payloads are at most 8,000 bytes; a lost one is not sent again. */
export type Signals = {
  send(payload: string): Promise<void>
  /** `onReady` fires at the first and at every later connection: whatever was sent in between is unknown. */
  listen(onPayload: (payload: string) => void, onReady: () => void): Promise<{ close(): Promise<void> }>
}

export type Database = {
  kind: 'pglite' | 'postgres'
  /**
   * All of it or nothing; rolled back when `work` throws, and what it threw is thrown on. `isLeft` is asked once, when its turn has come and before anything has
   * begun: true drops it with an AbortError. What has begun is never dropped.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>, isLeft?: () => boolean): Promise<T>
  /**
   * Statements that need no common snapshot. Cheaper than a transaction; what is written here commits by statement. `isLeft` as above. `work` must not wait for
   * another `read`: there are turns.
   */
  read<T>(work: (tx: Tx) => Promise<T>, isLeft?: () => boolean): Promise<T>
  /**
   * Statements that must not wait behind those of others: over a connection of their own where there is more than one. When `signal` aborts before they
   * have ended that connection is given up, and the next call makes another.
   */
  apart<T>(work: (tx: Tx) => Promise<T>, signal: AbortSignal): Promise<T>
  /** Null when no other process can share this database. */
  signals: Signals | null
  /**
   * Writes the whole database to `to` (.tar.gz) while it is used; nothing is left there when it is aborted or fails. Null where that is not this
   * process's to do: a PostgreSQL has tools of its own, memory has nothing to keep.
   */
  backup: ((to: string, signal: AbortSignal) => Promise<void>) | null
  close(): Promise<void>
}

/** Whoever asked is gone: in overload nobody works for those who have asked again meanwhile. */
export function dropIfLeft(isLeft: (() => boolean) | undefined): void {
  if (isLeft?.()) throw new DOMException('Whoever asked has gone.', 'AbortError')
}

/** The database was migrated by a later version of this program; using it with this one could destroy what it holds. */
export class DatabaseTooNew extends Error {
  override name = 'DatabaseTooNew'
}
