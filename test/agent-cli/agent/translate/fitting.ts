// Says whether a value is a valid input of the committed SDL, for the tests beside it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSchema, coerceInputValue, type GraphQLInputType } from 'graphql'

const schema = buildSchema(readFileSync(join(import.meta.dirname, '../../../../schema.graphql'), 'utf8'))

/** Every reason why the value is no valid input of that type; empty when it is. */
export function problemsOf(typeName: string, value: unknown): string[] {
  const problems: string[] = []
  coerceInputValue(value, schema.getType(typeName) as GraphQLInputType, (path, _value, error) => {
    problems.push(`${path.join('.')}: ${error.message}`)
  })
  return problems
}
