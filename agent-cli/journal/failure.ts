// What can go wrong with the journal's files, as one typed error. Knows no file format.

export type JournalFault =
  | 'CORRUPT'
  | 'TOO_NEW'
  | 'LOCKED'
  | 'NOT_HELD'
  | 'TOO_LARGE'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'CLOSED'
  | 'DISK_FULL'
  | 'DISK_DENIED'
  | 'DISK_FAILED'

/** Facts a caller may act on; `line` counts from 1, `pid` is the process that holds a lock. */
export interface JournalFaultFacts {
  path?: string
  line?: number
  pid?: number
  cause?: unknown
}

/** Every refusal of the journal. `message` is a sentence for a person; act on `fault`, never on the text. */
export class JournalError extends Error {
  readonly fault: JournalFault
  readonly path: string | undefined
  readonly line: number | undefined
  readonly pid: number | undefined

  constructor(fault: JournalFault, message: string, facts: JournalFaultFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.name = 'JournalError'
    this.fault = fault
    this.path = facts.path
    this.line = facts.line
    this.pid = facts.pid
  }
}

/** The system's error code (`ENOSPC` …) of a thrown value, or undefined. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** Turns what the disk threw into a JournalError that names the file; a JournalError passes unchanged. */
export function diskFailure(path: string, cause: unknown): JournalError {
  if (cause instanceof JournalError) return cause
  const code = systemCode(cause)
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new JournalError('DISK_FULL', `The disk is full: ${path} was not written. Free some space and try again.`, {
      path,
      cause,
    })
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new JournalError('DISK_DENIED', `${path} may not be written. Give this user the right to write there.`, {
      path,
      cause,
    })
  }
  const detail = cause instanceof Error ? cause.message : String(cause)
  return new JournalError('DISK_FAILED', `${path} could not be read or written: ${detail}`, { path, cause })
}
