/** The numbers of docs/protocol.md §8 that the store and the schema enforce. */

export const limits = {
  maxEventBytes: 256 * 1024,
  maxBatchEvents: 500,
  maxBatchBytes: 1024 * 1024,
  inlineBytes: 64 * 1024,
  maxBodyBytes: 32 * 1024 * 1024,
  maxChunkBytes: 1024 * 1024,
  maxPromptChars: 100_000,
  maxWaitSeconds: 55,
  /** Of a host that waits before its operation, where it is heard meanwhile. */
  maxHostWaitSeconds: 840,
  pageSize: 50,
  maxSearchChars: 200,
  searchEvents: 20_000,
} as const

export const maxPageSize = 500
export const maxNameChars = 120
