/** The way every steering mutation takes: whose session, which rung, which key, then one row (C1, T4). Knows no kind. */
import type { Tx } from '../../db/database.ts'
import { write } from '../../live/write.ts'
import { allowance, requireRung } from '../../policy/allowance.ts'
import { boundsOf } from '../../policy/effective.ts'
import type { Rung } from '../../policy/rung.ts'
import { requireByPolicy } from '../../policy/steering-rules.ts'
import type { CommandKind, CommandValues } from '../../store/command-kinds.ts'
import { addCommand, type CommandRow, lockHost, type NewCommand, sentBefore } from '../../store/commands.ts'
import { findDevice } from '../../store/devices.ts'
import { findHost } from '../../store/hosts.ts'
import { isCommandKey } from '../../store/ids.ts'
import { readPolicy } from '../../store/policies.ts'
import { isRefused, notFound, refuse } from '../../store/refused.ts'
import { findSession, type SessionRow } from '../../store/sessions.ts'
import type { Ring } from '../../store/topic.ts'
import { brokenText } from '../../store/well-formed.ts'
import type { Context } from '../context.ts'
import { deviceOf } from '../who.ts'
import { makeAtOnce } from './at-once.ts'
import { requireProof, type Seen, type Signable, type Weight } from './signature.ts'

export const DAY_SECONDS = 24 * 3600
/** What most commands ask for. */
export const STEERS: Weight = { needs: 'STEER', takesAway: false }
const MAX_PROOF_CHARS = 8192

export type Steering = { key: string; proof?: string | null | undefined; sessionId: string; seen?: Seen }

/** Throws BAD_INPUT for a key that is none, for a NUL, and for half a surrogate pair anywhere in the input. */
export function parseSteering(input: Steering): void {
  const bad = (what: string) => refuse('BAD_INPUT', what, { level: 'device' })
  if (!isCommandKey(input.key)) throw bad('A key is 16 to 64 characters of A-Z, a-z, 0-9, _ and -.')
  const broken = brokenText(input)
  if (broken) throw bad(`The input holds ${broken}.`)
  if ((input.proof?.length ?? 0) > MAX_PROOF_CHARS) throw bad(`A proof has at most ${MAX_PROOF_CHARS} characters.`)
}

/** Throws TOO_LARGE. */
export function atMost(chars: number, text: string | null | undefined, what: string): void {
  if ((text?.length ?? 0) > chars)
    throw refuse('TOO_LARGE', `${what} has at most ${chars} characters.`, { numbers: { limit: chars } })
}

/** The session as this device sees it, once it may do `needs` there. Throws NOT_FOUND, POLICY, RUNG_TOO_LOW. */
export async function steerable(
  context: Context,
  sessionId: string,
  needs: Rung | ((session: SessionRow) => Promise<Rung>),
  what: string,
): Promise<SessionRow> {
  const { ownerId } = deviceOf(context)
  const session = await context.database.read((tx) => findSession(tx, ownerId, sessionId))
  if (!session) throw notFound('session')
  const has = await context.allowed(session)
  // The floor first: someone who may only look learns nothing of what a choice would have needed.
  requireRung(has, 'ANSWER', what)
  if (needs !== 'ANSWER') requireRung(has, typeof needs === 'string' ? needs : await needs(session), what)
  return session
}

/** What any command of a device to a session says of itself, once its signature is found good (T5), and a passkey's where it weighs enough (T4). */
export async function newCommand<K extends CommandKind>(
  context: Context,
  session: SessionRow,
  kind: K,
  value: CommandValues[K],
  input: Steering & { weighs: Weight },
  expiresInSeconds: number = DAY_SECONDS,
): Promise<NewCommand & { sessionId: string }> {
  const { ownerId } = deviceOf(context)
  const to = { hostId: session.hostId, sessionId: session.id }
  try {
    await requireProof(context, to, { kind, value } as Signable, input, input.weighs)
  } catch (refused) {
    // Nobody is sent for a passkey that would not help; but what policy says of what is asked is for who may look.
    const isDue = isRefused(refused) && refused.code === 'PASSKEY_REQUIRED'
    if (isDue && !(await context.allowed(session)).unseen)
      await context.database.read(async (tx) =>
        requireByPolicy(tx, await readPolicy(tx, ownerId), { kind, value, sessionId: session.id }, session),
      )
    throw refused
  }
  return proven(context, to, { kind, value }, input, expiresInSeconds)
}

/** The same where the proof has been looked at. */
export async function proven<K extends CommandKind>(
  context: Context,
  to: { hostId: string; sessionId: string },
  command: { kind: K; value: CommandValues[K] },
  { key, proof = null }: Steering,
  expiresInSeconds: number = DAY_SECONDS,
): Promise<NewCommand & { sessionId: string }> {
  const { ownerId, deviceId, deviceName } = deviceOf(context)
  const { rung } = await context.stands()
  return {
    ...{ ownerId, ...to, key, ...command, expiresInSeconds, proof },
    device: { id: deviceId, name: deviceName, rung },
  }
}

// Read under the host's lock, which whoever takes rights away holds too: what was let in before it is queued, seen by them and refused; what
// comes after it is refused here, however fresh the cache was (T3). The command carries the rung that stands now: the host goes by it.
/** The command as this device may give it now. The caller holds the host's lock. Throws REVOKED, POLICY, RUNG_TOO_LOW. */
export async function stillAllowed<C extends NewCommand>(
  context: Context,
  tx: Tx,
  wanted: C,
  session: SessionRow,
  needs: Rung = 'ANSWER',
): Promise<C> {
  const device = wanted.device ? await findDevice(tx, wanted.ownerId, wanted.device.id) : null
  if (!device || device.revokedAt) throw refuse('REVOKED', 'This device has been revoked.', { level: 'device' })
  const policy = await readPolicy(tx, wanted.ownerId)
  const { remoteControl } = policy
  const stands = { rung: device.rung, deviceKind: device.kind, remoteControl, bounds: boundsOf(policy.bounds) }
  requireRung(allowance(context.principal, stands, session), needs, 'Steering')
  await requireByPolicy(tx, policy, wanted, session)
  return { ...wanted, device: { id: device.id, name: device.name, rung: device.rung } }
}

/** Whoever revokes it has settled what was queued before, and nobody would ever fetch what comes after. The caller holds its lock. Throws SESSION_ENDED. */
async function requireHost(tx: Tx, hostId: string): Promise<void> {
  if (!(await findHost(tx, hostId))?.revokedAt) return
  throw refuse('SESSION_ENDED', 'The workstation of this session was revoked: nobody is left to do it.', {
    rule: 'a revoked workstation takes no commands',
    level: 'host',
    remedy: 'Start it again at another workstation, or enroll that one anew.',
  })
}

/** One row per key. `first` runs before a new row is made, and not when the key made one before. */
export async function make(
  context: Context,
  wanted: NewCommand & { sessionId: string },
  first?: (tx: Tx, ring: Ring) => Promise<void>,
): Promise<CommandRow> {
  const made = first ? null : await makeAtOnce(context, wanted, 'ANSWER')
  if (made) return made
  return write(context, async (tx, ring) => {
    await lockHost(tx, wanted.hostId)
    const before = await sentBefore(tx, wanted)
    if (before) return before
    const session = await findSession(tx, wanted.ownerId, wanted.sessionId)
    if (!session) throw notFound('session')
    if (session.endedAt)
      throw refuse('SESSION_ENDED', 'The session has ended.', {
        rule: 'an ended session takes no commands',
        level: 'session',
        remedy: 'Start it again at its terminal.',
      })
    await requireHost(tx, wanted.hostId)
    const allowed = await stillAllowed(context, tx, wanted, session)
    await first?.(tx, ring)
    return addCommand(tx, ring, allowed)
  })
}
