// Every limit of the journal in one place, with its unit in its name. Knows no caller.

export const limits = {
  /** Longest JSON text of an event's body; the server takes no more. Larger content belongs in a body (E6). */
  maxEventBytes: 256 * 1024,
  /** Bytes of events written under one fsync; more wait for the next. */
  maxFlushBytes: 4 * 1024 * 1024,
  /** A file of the log that has grown to this is sealed, and the next one begun. */
  segmentBytes: 16 * 1024 * 1024,
  /** What the server has confirmed is kept up to this many bytes per session, to refill a server that comes back behind (E5). */
  keepBackBytes: 256 * 1024 * 1024,
  /** Text above this is stored as a body, and the event carries a preview (E6). */
  inlineBytes: 64 * 1024,
  /** Largest body (E6). */
  maxBodyBytes: 32 * 1024 * 1024,
  /** Bytes of a body handed out at once when the caller names no size. */
  bodyChunkBytes: 256 * 1024,
  /** Containers nested deeper than this become a JSON text string (E7). */
  maxDepth: 64,
  /** Events and bytes of one read when the caller names none. */
  readEvents: 500,
  readBytes: 1024 * 1024,
  /** Bytes read at once while a file is verified on opening. */
  verifyChunkBytes: 1024 * 1024,
  /** Longest sentence kept with a ledger result, in UTF-16 units. */
  maxReasonLength: 4_000,
} as const
