// What must hold after every step, and what must hold when everything works again. Looks at the whole state and changes nothing but the verdict.
import { isSettled, violate, type World } from './world.ts'

export const invariants = {
  prefix: 'the server’s log is a prefix of the journal',
  dense: 'numbers are dense, from 1',
  acknowledged: 'what was acknowledged is stored',
  oneEffect: 'a decision has at most one effect, and it is the recorded winner’s',
  onceOnly: 'a command is carried out at most once, and not at all when it says so',
  answered: 'an answered decision has its effect or a stated reason, and none hangs',
  losersTold: 'every command ends, its device is told, and who loses at the terminal is told who won',
  viewerPrefix: 'a viewer’s log is a prefix of the server’s',
  converges: 'after the heal journal, server and viewers agree',
  silence: 'nothing goes to or comes from a principal after its revocation',
} as const
export type Invariant = keyof typeof invariants

/** After every step. */
export function check(world: World): void {
  const { journal, database, synced } = world
  const { log } = database
  if (log.length > synced) violate(world, 'prefix', `${log.length} on the server, ${synced} on disk`)
  for (let at = 0; at < log.length; at += 1) {
    if (log[at]?.seq !== at + 1) violate(world, 'dense', `number ${log[at]?.seq} in place ${at + 1}`)
    if (log[at]?.id !== journal[at]?.id) violate(world, 'prefix', `place ${at + 1} differs from the journal`)
  }
  for (const viewer of world.viewers) {
    // A server that was put back is behind its viewers until the journal has refilled it.
    const truth = world.wasRestored && viewer.log.length > log.length ? journal : log
    for (let at = 0; at < viewer.log.length; at += 1)
      if (viewer.log[at]?.id !== truth[at]?.id)
        violate(world, 'viewerPrefix', `viewer ${viewer.device} differs in place ${at + 1}`)
  }
  if (world.effects.size > 0) checkEffects(world)
  for (const [id, times] of world.ran) if (times > 1) violate(world, 'onceOnly', `${id} ran ${times} times`)
}

function checkEffects(world: World): void {
  const winners = new Map<number, string>()
  for (const { about, decision, winner } of world.journal)
    if (about === 'settled' && !winners.has(decision)) winners.set(decision, winner)
  for (const [decision, effects] of world.effects) {
    if (effects.length > 1) violate(world, 'oneEffect', `decision ${decision} had ${effects.join(' and ')}`)
    if (effects[0] !== winners.get(decision))
      violate(
        world,
        'oneEffect',
        `decision ${decision}: ${effects[0]} had its way, ${winners.get(decision)} is recorded`,
      )
  }
}

/** After the heal. */
export function checkHealed(world: World): void {
  const { journal, database, ledger, sent, terminal } = world
  const { log, commands, decisions, revoked } = database
  if (log.length !== journal.length) violate(world, 'converges', `${log.length} of ${journal.length} are on the server`)
  for (const { device, log: seen } of world.viewers)
    if (!revoked.has(device) && seen.length !== log.length)
      violate(world, 'converges', `viewer ${device} has ${seen.length} of ${log.length}`)
  for (const [id, { isOpen, proposal }] of decisions) {
    if (isOpen && !world.host?.open.has(id)) violate(world, 'answered', `decision ${id} is open and nobody asks it`)
    if (isOpen && proposal) violate(world, 'answered', `decision ${id} waits for ${proposal}, which has ended`)
  }
  const lastEnd = journal.findLastIndex(({ about }) => about === 'ended')
  journal.forEach(({ about, decision, winner }, at) => {
    if (about === 'settled' && winner !== 'host' && !world.effects.has(decision) && at > lastEnd)
      violate(world, 'answered', `decision ${decision} is answered and the agent was not told`)
  })
  for (const { id, key, state, about, device } of commands) {
    if (!isSettled(state)) violate(world, 'losersTold', `${id} is still ${state}`)
    const ran = world.ran.get(key.split('#')[0] ?? key) ?? 0
    // Open (docs/model.md): forgotten with a restore, sent again, and its device revoked before the host could say that it had run.
    const isMadeAnew = world.wasRestored && revoked.has(device) && Number(id.slice(1)) > database.incarnation
    if (about === 'prompt' && !isMadeAnew && ((state === 'APPLIED' && ran !== 1) || (state === 'REFUSED' && ran !== 0)))
      violate(world, 'onceOnly', `${id} is ${state} and ran ${ran} times`)
  }
  for (const [id, { state }] of ledger) if (state === null) violate(world, 'losersTold', `${id} has no result`)
  sent.forEach((asked, device) => {
    for (const { ask, state } of asked)
      if (state === null && !revoked.has(device))
        violate(world, 'losersTold', `device ${device} does not know what became of ${ask.key}`)
  })
  for (const { decision, told } of terminal)
    if (told === null) violate(world, 'losersTold', `the terminal was not told who answered ${decision}`)
}
