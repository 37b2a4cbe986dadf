/** All domain files as one schema. A type without an owner rule ends the build here (T1). */
import type { GraphQLSchema } from 'graphql'
import { builder } from './builder.ts'
import './commands/permissions.ts'
import './commands/plans.ts'
import './commands/prompts.ts'
import './commands/questions.ts'
import './commands/trust.ts'
import './commands/turns.ts'
import './credentials.ts'
import './decision.ts'
import './decisions.ts'
import './devices.ts'
import './effective-policy.ts'
import './endorsement.ts'
import './enrolment.ts'
import './governance/audit.ts'
import './governance/documents.ts'
import './governance/member-devices.ts'
import './governance/oidc.ts'
import './governance/organisations.ts'
import './governance/tokens.ts'
import './host-commands.ts'
import './hosts.ts'
import './live-events.ts'
import './live-lists.ts'
import './oidc.ts'
import './pairing.ts'
import './passkeys.ts'
import './policy.ts'
import './publishing.ts'
import './push.ts'
import './session.ts'
import './session-events.ts'
import './session-steering.ts'
import './sessions.ts'
import './storing.ts'
import './viewer.ts'
import { assertOwnerRules } from './owner-rules.ts'
import { noteRefusals } from './refusals-noted.ts'

/** The executable schema; `print.ts` writes it down, the server serves it. */
export function buildSchema(): GraphQLSchema {
  const schema = builder.toSchema()
  assertOwnerRules(schema)
  noteRefusals(schema)
  return schema
}
