/** Documents that have been validated and compiled, kept by their text: what is asked all day is compiled once. Knows no transport. */
import { type DocumentNode, type GraphQLSchema, parse, validate } from 'graphql'
import { compileOperation, compileSubscription, type Run, type Subscription } from './operation.ts'

export type Compiled = {
  /** Text and operation name: equal for equal operations. */
  key: string
  document: DocumentNode
  run: Run | null
  subscription: Subscription | null
}

export type Documents = {
  /** Null for what is too long to keep, or has something wrong with it. */
  find(query: string, operationName: string | null): Compiled | null
}

/** Documents kept, and the longest that is: those of our own have a third of it. */
const MAX_DOCUMENTS = 200
const MAX_DOCUMENT_CHARS = 20_000

export function createDocuments(schema: GraphQLSchema, { maxTokens }: { maxTokens: number }): Documents {
  const kept = new Map<string, Compiled>()

  function compile(key: string, query: string, operationName: string | null): Compiled | null {
    try {
      const document = parse(query, { maxTokens, noLocation: true })
      if (validate(schema, document).length > 0) return null
      const run = compileOperation(schema, document, operationName)
      return { key, document, run, subscription: compileSubscription(schema, document, operationName) }
    } catch {
      return null
    }
  }

  return {
    find(query, operationName) {
      if (query.length > MAX_DOCUMENT_CHARS) return null
      const key = `${operationName ?? ''} ${query}`
      const known = kept.get(key)
      if (known) return known
      const made = compile(key, query, operationName)
      if (!made) return null
      // The oldest goes: compiling it again takes some milliseconds.
      for (const oldest of kept.keys()) {
        if (kept.size < MAX_DOCUMENTS) break
        kept.delete(oldest)
      }
      kept.set(key, made)
      return made
    },
  }
}
