/** A command that only its session, its rung and its signature decide on: from the input to the row. Knows no kind. */
import { readProof } from '../../../protocol/command.ts'
import type { Bell } from '../../live/bell.ts'
import type { CommandKind, CommandValues } from '../../store/command-kinds.ts'
import type { CommandRow } from '../../store/commands.ts'
import { isRefused } from '../../store/refused.ts'
import type { SessionRow } from '../../store/sessions.ts'
import type { Context } from '../context.ts'
import { makeAtOnce } from './at-once.ts'
import { type ShownCommand, showMade } from './command.ts'
import { requireProof, type Signable, type Weight } from './signature.ts'
import { make, newCommand, proven, type Steering, steerable } from './steer.ts'

type Order<K extends CommandKind> = {
  kind: K
  value: CommandValues[K]
  /** In the refusal's words. */
  what: string
  weighs: Weight
  expiresInSeconds?: number
}

/** Throws what `steerable`, `newCommand` and `make` throw. */
export async function order<K extends CommandKind>(
  context: Context,
  input: Steering,
  asked: Order<K>,
): Promise<ShownCommand<K>> {
  const quick = await unread(context, input, asked)
  if (quick) return showMade(asked.kind, quick)
  const session = await steerable(context, input.sessionId, asked.weighs.needs, asked.what)
  remember(context.bell, session)
  const { kind, value, weighs, expiresInSeconds } = asked
  const wanted = await newCommand(context, session, kind, value, { ...input, weighs }, expiresInSeconds)
  return showMade(kind, await make(context, wanted))
}

// The host stands in what was signed, so it must be known before anything else. Where it is remembered the session need not be read: the statement that makes the row looks at the session itself, with
// its host, and whatever is otherwise than believed is said by the long way, in its order.
async function unread<K extends CommandKind>(
  context: Context,
  input: Steering,
  asked: Order<K>,
): Promise<CommandRow | null> {
  const hostId = hosts.get(context.bell)?.get(input.sessionId)
  const { bounds, mustVerify } = await context.stands()
  // A passkey's word counts once: it is read where it is needed.
  if (hostId === undefined || bounds || mustVerify || !input.proof || readProof(input.proof)?.assertion) return null
  const to = { hostId, sessionId: input.sessionId }
  const { kind, value, weighs, expiresInSeconds } = asked
  try {
    await requireProof(context, to, { kind, value } as Signable, input, weighs)
    const wanted = await proven(context, to, { kind, value }, input, expiresInSeconds)
    return await makeAtOnce(context, wanted, weighs.needs)
  } catch (error) {
    if (isRefused(error)) return null
    throw error
  }
}

/** Sessions that were steered lately, and the hosts they are on, which do not change. */
const hosts = new WeakMap<Bell, Map<string, string>>()
const MOST_REMEMBERED = 10_000

function remember(bell: Bell, { id, hostId }: SessionRow): void {
  const known = hosts.get(bell) ?? new Map<string, string>()
  hosts.set(bell, known)
  for (const oldest of known.keys()) {
    if (known.size < MOST_REMEMBERED) break
    known.delete(oldest)
  }
  known.set(id, hostId)
}
