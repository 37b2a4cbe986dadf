/** Which errors people see: refusals and what is wrong with their document, as they are; everything else as INTERNAL, logged (T6). */
import { GraphQLError } from 'graphql'
import { isUnstorableText } from '../db/unstorable.ts'
import { refusalIn, toGraphQLError } from '../graphql/refusal.ts'
import type { Refused } from '../store/refused.ts'

/** For yoga's `maskError`, and for whatever leaves by another way. */
export function showError(error: unknown, log: (error: unknown) => void): GraphQLError {
  const refused = refusalIn(error)
  if (refused) return withPlace(toGraphQLError(refused), error)
  // Thrown by graphql-js itself about the request: syntax, validation, coercion. It has no original, or one of the same kind.
  if (error instanceof GraphQLError && isOwn(error)) {
    // One word for all of them, whatever the library calls its kinds.
    return withPlace(new GraphQLError(error.message, { extensions: { ...error.extensions, code: 'BAD_INPUT' } }), error)
  }
  if (isUnstorableText(error instanceof GraphQLError ? error.originalError : error)) {
    const extensions = { code: 'BAD_INPUT', rule: 'texts are well-formed and hold no NUL', level: 'server' }
    return withPlace(new GraphQLError('The input holds a NUL, or half of a character.', { extensions }), error)
  }
  if (isAbort(error)) return new GraphQLError('The request was dropped.', { extensions: { code: 'INTERNAL' } })
  log(error)
  const id = crypto.randomUUID().slice(0, 8)
  log(`INTERNAL ${id}: the error above was shown as this`)
  const masked = new GraphQLError(`Something went wrong on the server (${id}). Its log says what.`, {
    extensions: { code: 'INTERNAL', unexpected: true },
  })
  return withPlace(masked, error)
}

/** As `showError`, for what does not go through yoga: the word by which yoga is told that an error was not thrown on purpose goes no further than yoga. */
export function tellError(error: unknown, log: (error: unknown) => void): GraphQLError {
  const shown = showError(error, log)
  delete shown.extensions.unexpected
  return shown
}

/** Whoever asked is gone, or the server stops: nothing went wrong, and nobody reads it. */
function isAbort(error: unknown): boolean {
  const inner = error instanceof GraphQLError ? error.originalError : error
  return inner instanceof Error && inner.name === 'AbortError'
}

function isOwn(error: GraphQLError): boolean {
  const original = error.originalError
  return original === undefined || (original instanceof GraphQLError && isOwn(original))
}

function withPlace(shown: GraphQLError, error: unknown): GraphQLError {
  if (!(error instanceof GraphQLError)) return shown
  const { nodes, source, positions, path } = error
  return new GraphQLError(shown.message, {
    extensions: shown.extensions,
    ...(nodes && { nodes }),
    ...(source && { source }),
    ...(positions && { positions }),
    ...(path && { path }),
  })
}

/** How a credential that is not good is answered, before anything is looked at. */
export function turnedAway(refused: Refused) {
  const { message, extensions } = toGraphQLError(refused)
  return { status: 401, headers: { 'www-authenticate': 'Bearer' }, errors: [{ message, extensions }] }
}
