/**
 * The way of almost every command: one statement, in which nothing is decided that `allowance` has not. What is not as it was believed to be, what was sent before, and for whom an organisation
 * governs, goes the long way, which finds the row, asks all rules, or says what is wrong. Knows no kind.
 */
import { allowance } from '../../policy/allowance.ts'
import { RUNGS, type Rung, rungAtLeast } from '../../policy/rung.ts'
import type { CommandRow, NewCommand } from '../../store/commands.ts'
import { queueCommand } from '../../store/queue-command.ts'
import { hostTopic, sessionTopic } from '../../store/topic.ts'
import type { Context } from '../context.ts'
import { handToHost } from '../host-waiting.ts'

/** Null when nothing was made. */
export async function makeAtOnce(
  context: Context,
  wanted: NewCommand & { hostId: string; sessionId: string },
  needs: Rung,
): Promise<CommandRow | null> {
  const { device } = wanted
  const stands = await context.stands()
  const reaches = (ceiling: Rung) => {
    const { rung } = allowance(context.principal, stands, { ceiling })
    return rung !== null && rungAtLeast(rung, needs)
  }
  const ceilings = RUNGS.filter(reaches)
  if (!device || stands.bounds || device.rung !== stands.rung || ceilings.length === 0) return null
  const { rung, remoteControl } = stands
  const believed = { rung, remoteControl, ceilings }
  // Nobody has been told that it is there, and whoever sends it again says the same key (C1).
  const { database, isLeft } = context
  const queued = await database.read((tx) => queueCommand(tx, { ...wanted, device }, believed), isLeft)
  if (!queued) return null
  handToHost(context.bell, queued)
  context.bell.ring(hostTopic(queued.row.hostId), sessionTopic(wanted.sessionId))
  return queued.row
}
