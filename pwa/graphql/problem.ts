// What went wrong, as one value: a refusal with its rule (T7), a code, or no answer at all. Knows no screen.

export type Problem = {
  /** A code of docs/protocol.md §7, or OFFLINE (no answer), or INTERNAL. */
  code: string
  message: string
  rule?: string
  level?: string
  /** Whose rule it is. */
  owner?: string
  remedy?: string
  retryAfterSeconds?: number
}

type WireError = { message: string; extensions?: Record<string, unknown> | undefined }

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** The first error of an answer. */
export function problemOf(errors: readonly WireError[]): Problem {
  const [first] = errors
  if (!first) return { code: 'INTERNAL', message: 'The server gave an answer this page cannot read.' }
  const said = first.extensions ?? {}
  const problem: Problem = { code: text(said.code) ?? 'INTERNAL', message: first.message }
  const rule = text(said.rule)
  const level = text(said.level)
  const owner = text(said.owner)
  const remedy = text(said.remedy)
  if (rule !== undefined) problem.rule = rule
  if (level !== undefined) problem.level = level
  if (owner !== undefined) problem.owner = owner
  if (remedy !== undefined) problem.remedy = remedy
  if (typeof said.retryAfterSeconds === 'number') problem.retryAfterSeconds = said.retryAfterSeconds
  return problem
}

export const offlineProblem: Problem = { code: 'OFFLINE', message: 'The server gave no answer.' }

/** A result of urql's: null when nothing failed. */
export function problemOfResult(result: {
  error?: { graphQLErrors: readonly WireError[]; networkError?: unknown } | undefined
}): Problem | null {
  if (!result.error) return null
  return result.error.graphQLErrors.length > 0 ? problemOf(result.error.graphQLErrors) : offlineProblem
}

/** Thrown by `ask`, which has no result to carry it. */
export class ProblemError extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.message)
    this.problem = problem
  }
}

/** The credential is gone for good: only a new pairing helps. */
export const meansRevoked = (problem: Problem): boolean =>
  problem.code === 'REVOKED' || problem.code === 'UNAUTHENTICATED'
