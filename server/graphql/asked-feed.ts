/** A subscription as somebody asked it of a feed, and how one of its results is written out. Knows no feed and no transport. */
import { type DocumentNode, execute, type GraphQLError, type GraphQLSchema } from 'graphql'
import type { Subscription } from './compiled/operation.ts'
import { answerText } from './compiled/written.ts'
import type { Context } from './context.ts'

type Values = Readonly<Record<string, unknown>>

export type AskedFeed = {
  document: DocumentNode
  operationName: string | null
  subscription: Subscription
  /** As they came. */
  given: Values
  /** As the schema has them, and those of the root field. */
  variables: Values
  args: Values
}

/** Null when these variables are not good: the executor says why. */
export function askFeed({
  document,
  operationName,
  subscription,
  given,
}: Pick<AskedFeed, 'document' | 'operationName' | 'subscription' | 'given'>): AskedFeed | null {
  const prepared = subscription.prepare(given)
  if (!prepared) return null
  const { variables, args } = prepared
  return { document, operationName, subscription, given, variables, args }
}

export type Write = (asked: AskedFeed, value: object, context: Context) => Promise<string>

/** The text of an execution result, as the executor gives it. `mask`: what people see of an error. */
export function createWrite(schema: GraphQLSchema, mask: (error: unknown) => GraphQLError): Write {
  return async ({ document, operationName, subscription, given, variables }, value, context) => {
    try {
      if (subscription.show) return answerText(await subscription.show(value, context, variables))
    } catch {
      // The executor says what is wrong, and what can be shown all the same.
    }
    const asked = { schema, document, operationName, variableValues: given }
    const { errors, ...result } = await execute({ ...asked, rootValue: value, contextValue: context })
    return JSON.stringify(errors ? { errors: errors.map(mask), ...result } : result)
  }
}
