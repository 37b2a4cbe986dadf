/** Documents that have been validated and compiled, kept by their text: what is asked all day is compiled once. Knows no transport. */
import { type DocumentNode, type GraphQLSchema, parse, validate } from 'graphql'
import { compileOperation, compileSubscription, type Run, type Subscription } from './operation.ts'

export type Compiled = {
  document: DocumentNode
  run: Run | null
  subscription: Subscription | null
}

export type Documents = {
  /** Null for what is too long to keep, or has something wrong with it. */
  find(query: string, operationName: string | null): Compiled | null
  /** Of a document that somebody else keeps and has validated. */
  subscriptionIn(document: DocumentNode, operationName: string | null): Subscription | null
}

/** Documents kept, and the longest that is: those of our own have a third of it. */
const MAX_DOCUMENTS = 200
const MAX_DOCUMENT_CHARS = 20_000

export function createDocuments(schema: GraphQLSchema, { maxTokens }: { maxTokens: number }): Documents {
  const kept = new Map<string, Compiled>()
  const looked = new WeakMap<DocumentNode, Map<string | null, Subscription | null>>()

  function compile(query: string, operationName: string | null): Compiled | null {
    try {
      const document = parse(query, { maxTokens, noLocation: true })
      if (validate(schema, document).length > 0) return null
      const run = compileOperation(schema, document, operationName)
      return { document, run, subscription: compileSubscription(schema, document, operationName) }
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
      const made = compile(query, operationName)
      if (!made) return null
      // The oldest goes: compiling it again takes some milliseconds.
      for (const oldest of kept.keys()) {
        if (kept.size < MAX_DOCUMENTS) break
        kept.delete(oldest)
      }
      kept.set(key, made)
      return made
    },
    subscriptionIn(document, operationName) {
      const byName = looked.get(document) ?? new Map<string | null, Subscription | null>()
      looked.set(document, byName)
      const known = byName.get(operationName)
      if (known !== undefined) return known
      const made = compileSubscription(schema, document, operationName)
      byName.set(operationName, made)
      return made
    },
  }
}
