/** The administrator's word about this machine, for commands: where they may not go, they stop with the reason and the way out (T7). */
import pkg from '../../package.json' with { type: 'json' }
import { type Machine, readMachine } from '../rules/machine.ts'
import { inWords, wayTo, wayToReach, wayToServe } from '../rules/ways.ts'
import { Mistake } from './mistake.ts'

/** Throws Mistake when this machine may not speak to that server. */
export async function requireWay(server: string, machine?: Machine): Promise<void> {
  const way = wayTo(machine ?? (await readMachine()), server, pkg.version)
  if (way !== null) throw new Mistake(inWords(way))
}

/** Throws Mistake when no server may be started here, or none that is reached as `reach` says. `reaches`: a way from outside may be used. */
export async function requireServing(reach: string | undefined, machine?: Machine): Promise<{ reaches: boolean }> {
  const here = machine ?? (await readMachine())
  const serving = wayToServe(here)
  if (serving !== null) throw new Mistake(inWords(serving))
  const reaching = wayToReach(here)
  if (reaching !== null && reach !== undefined) throw new Mistake(inWords(reaching))
  return { reaches: reaching === null }
}
