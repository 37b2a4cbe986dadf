/** All domain files as one schema. A type without an owner rule ends the build here (T1). */
import type { GraphQLSchema } from 'graphql'
import { builder } from './builder.ts'
import './credentials.ts'
import './devices.ts'
import './enrolment.ts'
import './hosts.ts'
import './pairing.ts'
import './policy.ts'
import './push.ts'
import './viewer.ts'
import { assertOwnerRules } from './owner-rules.ts'

/** The executable schema; `print.ts` writes it down, the server serves it. */
export function buildSchema(): GraphQLSchema {
  const schema = builder.toSchema()
  assertOwnerRules(schema)
  return schema
}
