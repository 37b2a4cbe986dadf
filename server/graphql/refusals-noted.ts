/** Enters what mutations refuse into the audit, before the caller is told (F5). Knows no mutation. */
import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql'
import { asActor } from '../policy/audited.ts'
import { noteAudit } from '../store/audit.ts'
import type { RefusalCode, Refused } from '../store/refused.ts'
import type { Context } from './context.ts'
import { refusalIn } from './refusal.ts'

/** Refusals that say something about who may do what; what is malformed or out of order is no news to an auditor. */
const NOTED: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  ...(['UNAUTHENTICATED', 'CREDENTIAL_EXPIRED', 'REVOKED', 'RUNG_TOO_LOW', 'POLICY', 'SCOPE_MISSING'] as const),
  ...(['RATE_LIMITED', 'OPTION_NOT_OFFERED', 'CODE_WRONG', 'PAIRING_TAKEN', 'VERSION_CONFLICT'] as const),
  ...(['SIGNATURE_REQUIRED', 'SIGNATURE_WRONG', 'PASSKEY_WRONG', 'REGISTRATION_CLOSED', 'SIGN_IN_STATE'] as const),
])

/** What a host asks again by itself, as long as it is refused. */
const UNNOTED: ReadonlySet<string> = new Set(['pushEvents', 'putBody', 'startSession', 'heartbeat', 'requestChallenge'])

/** For each credential or address in a minute; a flood must not fill the disk. */
export const MAX_REFUSALS_A_MINUTE = 60
const MINUTE_MILLISECONDS = 60_000

type Resolver = GraphQLFieldResolver<unknown, Context>

/** Wraps the resolvers in place: every way of running a mutation comes through them. */
export function noteRefusals(schema: GraphQLSchema): void {
  const counts = new Map<string, { since: number; count: number }>()
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const resolve = field.resolve as Resolver | undefined
    if (!resolve || UNNOTED.has(field.name)) continue
    const noted: Resolver = async (root, args, context, info) => {
      try {
        return await resolve(root, args, context, info)
      } catch (error) {
        const refused = refusalIn(error)
        if (refused && NOTED.has(refused.code)) await note(context, field.name, refused, counts)
        throw error
      }
    }
    field.resolve = noted
  }
}

async function note(
  { principal, address, database }: Context,
  field: string,
  refused: Refused,
  counts: Map<string, { since: number; count: number }>,
): Promise<void> {
  const who = asActor(principal, address)
  const now = performance.now()
  const before = counts.get(who.actor)
  const isFresh = before !== undefined && now - before.since < MINUTE_MILLISECONDS
  const seen = isFresh ? before : { since: now, count: 0 }
  seen.count += 1
  if (counts.size > 10_000) counts.clear()
  counts.set(who.actor, seen)
  if (seen.count > MAX_REFUSALS_A_MINUTE) return
  const isLast = seen.count === MAX_REFUSALS_A_MINUTE
  const { code, rule = null } = refused
  const line = isLast ? `${field}; further refusals of this minute are left out` : field
  const entry = { ...who, action: `refused.${field}`, outcome: 'REFUSED', code, rule, line } as const
  await database.transaction((tx) => noteAudit(tx, entry))
}
