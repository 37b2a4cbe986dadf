// Every number of the bridge in one place, with its unit in its name.

export const limits = {
  /** Streamed text waits this long for more before it is an event (E6). */
  coalesceMs: 100,
  /** Streamed text of this many characters does not wait. */
  coalesceChars: 16_000,
  /** The first signs of what could be a secret wait this long for more, when nothing comes (docs/decisions/0015-masking.md). */
  quietMs: 1_000,
  /** Text above this becomes a body; the event keeps a preview (E6). */
  inlineBytes: 64 * 1024,
  previewBytes: 4 * 1024,
  /** An event of more JSON than this has its smaller texts stored apart too; the server takes 256 KiB. */
  eventBytes: 200 * 1024,
  maxPromptChars: 100_000,
  transcriptItems: 2_000,
  /** Settlements kept for those who answer too late (D3). */
  settledDecisions: 500,
  /** What the disk refuses waits in memory up to this; half of it is kept free for what opens, settles and ends. */
  maxWaitingBytes: 16 * 1024 * 1024,
  /** A disk that refused is tried again after this. */
  diskRetryMs: 1_000,
  /** From losing the server until the view says offline: as long as the server calls the host live. */
  offlineAfterMs: 50_000,
  /** How long processes left over from a stopped turn may take to end before they are killed. */
  strayGraceMs: 500,
  /** How long the end of a session waits for the server. */
  farewellMs: 3_000,
  /** A command is expired on this host's clock only after this much more than the server's, which decides (E10). */
  expirySlackMs: 2 * 60_000,
  /** The agent's own end of a process tree, each step. */
  agentGraceMs: 3_000,
  maxPlanFileBytes: 1024 * 1024,
} as const
