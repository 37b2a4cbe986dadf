/** Does to a world what a schedule says, and undoes it. One thing is hurt by one fault at a time; different things at once. */
import type { Cable } from './cable.ts'
import type { Window } from './figures.ts'
import { passes, until } from './process.ts'
import type { Scene } from './scene.ts'
import type { Fault, FaultKind } from './schedule.ts'
import type { World } from './world.ts'

export type Nemesis = {
  /** Resolves when the fault is healed. Rejects never: what cannot be healed is a complaint of the world. */
  does(fault: Fault): Promise<void>
  /** How often each kind was really done. */
  readonly done: ReadonlyMap<FaultKind, number>
  /** Those that could not be done here, with the reason. */
  readonly skipped: ReadonlyMap<FaultKind, string>
  /** What was out of order, from when until when. */
  readonly windows: readonly Window[]
}

const CLOCK_JUMPS_MS = [-7_200_000, -600_000, -5_000, 5_000, 90_000, 600_000, 7_200_000]
const MAX_AT_ONCE = 3

export function createNemesis(world: World, onRestored: () => void): Nemesis {
  const busy = new Set<object | string>()
  const done = new Map<FaultKind, number>()
  const skipped = new Map<FaultKind, string>()
  const windows: Window[] = []
  let under = 0

  /** Waits its turn at everything it touches. */
  async function alone(kind: FaultKind, things: readonly (object | string)[], act: () => Promise<void>): Promise<void> {
    while (things.some((thing) => busy.has(thing)) || under >= MAX_AT_ONCE) await passes(20)
    for (const thing of things) busy.add(thing)
    under++
    const from = performance.now()
    try {
      await act()
    } finally {
      under--
      windows.push({ kind, things, from, to: performance.now() })
      for (const thing of things) busy.delete(thing)
    }
  }

  const of = <T>(things: readonly T[], target: number): T => {
    const found = things[Math.min(things.length - 1, Math.floor(target * things.length))]
    if (found === undefined) throw new RangeError('there is nothing to hurt')
    return found
  }

  /** The agent is gone: its owner ends the session's process and goes on with the session. */
  async function goesOn(scene: Scene): Promise<void> {
    await scene.stop()
    await scene.start()
  }

  const onWire = (hurt: (cable: Cable, fault: Fault) => void) => (fault: Fault) => {
    const cable = of(world.cables, fault.target)
    return alone(fault.kind, [cable], async () => {
      hurt(cable, fault)
      await passes(fault.holdMs)
      cable.mend()
    })
  }
  const onScene = (act: (scene: Scene, fault: Fault) => Promise<void>) => (fault: Fault) => {
    const scene = of(world.scenes, fault.target)
    return alone(fault.kind, [scene], () => act(scene, fault))
  }
  const onServer = (act: (server: World['servers'][number], fault: Fault) => Promise<void>) => (fault: Fault) => {
    const server = of(world.servers, fault.target)
    return alone(fault.kind, [server], () => act(server, fault))
  }
  const onDatabase =
    (act: (postgres: NonNullable<World['postgres']>, fault: Fault) => Promise<void>) => (fault: Fault) =>
      alone(fault.kind, ['database'], async () => {
        if (world.postgres) await act(world.postgres, fault)
      })
  const jump = ({ amount }: Fault) => of(CLOCK_JUMPS_MS, amount)

  const acts: Record<FaultKind, (fault: Fault) => Promise<void>> = {
    'server.kill': onServer(async (server, { holdMs }) => {
      await server.kill()
      await passes(holdMs)
      await server.start()
    }),
    'server.restart': onServer(async (server, { holdMs }) => {
      await server.stop()
      await passes(holdMs / 4)
      await server.start()
    }),
    'server.freeze': onServer(async ({ program }, { holdMs }) => {
      program.signal('SIGSTOP')
      await passes(holdMs * 2)
      program.signal('SIGCONT')
    }),
    'server.clock': onServer(async ({ program }, fault) => {
      program.shiftClock(jump(fault))
      await passes(fault.holdMs * 2)
      program.shiftClock(0)
    }),
    'host.kill': onScene(async (scene, { holdMs }) => {
      await scene.kill()
      await passes(holdMs / 2)
      await scene.start()
    }),
    'host.restart': onScene(goesOn),
    'host.freeze': onScene(async (scene, { holdMs }) => {
      const frozen = scene.host
      frozen?.signal('SIGSTOP')
      await passes(holdMs * 2)
      frozen?.signal('SIGCONT')
    }),
    'host.clock': onScene(async (scene, fault) => {
      const { host } = scene
      host?.shiftClock(jump(fault))
      await passes(fault.holdMs * 2)
      host?.shiftClock(0)
    }),
    'host.zombie'({ kind, target, holdMs }) {
      // The one on the small disk stays there.
      const scene = of(
        world.scenes.filter(({ workstation }) => workstation.disk === null),
        target,
      )
      return alone(kind, [scene], async () => {
        const end = await scene.clone(world.folder('clone'))
        await passes(holdMs * 2)
        await end()
      })
    },
    async 'host.diskFull'(fault) {
      const scene = world.scenes.find(({ workstation, dataDir }) => workstation.disk && dataDir === workstation.dataDir)
      const disk = scene?.workstation.disk
      if (scene === undefined || !disk) return void skipped.set(fault.kind, 'no small disk could be mounted here')
      await alone(fault.kind, [scene], async () => {
        scene.side.excuses('disk full')
        disk.fill()
        await passes(fault.holdMs)
        disk.empty()
        // Whoever can go on by itself is left alone; else the session is begun again, as its owner would.
        if (!(await until(() => scene.view?.journal === 'ok', 3000))) await goesOn(scene)
      })
    },
    'agent.kill': onScene(async (scene, { holdMs }) => {
      const { pid } = scene.side
      if (pid !== null) signal(pid, 'SIGKILL')
      await passes(holdMs / 2)
      await goesOn(scene)
    }),
    'agent.freeze': onScene(async ({ side }, { holdMs }) => {
      const { pid } = side
      if (pid === null) return
      signal(pid, 'SIGSTOP')
      await passes(holdMs)
      signal(pid, 'SIGCONT')
    }),
    'wire.cut': onWire((cable) => cable.cut()),
    'wire.reset': onWire((cable) => cable.reset()),
    'wire.halfOpen': onWire((cable, { amount }) => cable.halfOpen(amount < 0.5 ? 'near' : 'far')),
    'wire.blackHole': onWire((cable, { amount }) => cable.blackHole(amount < 0.3)),
    'wire.delay': onWire((cable, { amount }) => cable.delay(20 + amount * 300, 0)),
    'requests.duplicated': onWire((cable, { amount }) => void cable.repeat(1 + Math.floor(amount * 5), 0)),
    'requests.reordered': onWire((cable, { amount }) => {
      cable.delay(1, 400)
      cable.repeat(1 + Math.floor(amount * 8), 3 + Math.floor(amount * 60))
    }),
    'database.kill': onDatabase(async (postgres, { holdMs }) => {
      await postgres.kill()
      await passes(holdMs)
      await postgres.start()
    }),
    'database.freeze': onDatabase(async (postgres, { holdMs }) => {
      postgres.signal('SIGSTOP')
      await passes(holdMs)
      postgres.signal('SIGCONT')
    }),
    // As the owner does it: everything that uses it is stopped. A fresh copy is taken each time, for the next.
    'database.restored': ({ kind, amount, holdMs }) =>
      alone(kind, [...world.servers, 'database'], async () => {
        for (const server of world.servers) await server.stop()
        await world.postgres?.stop()
        if (amount < 0.7) {
          world.putDatabaseBack()
          onRestored()
        } else world.copyDatabase()
        await world.postgres?.start()
        await passes(holdMs / 4)
        for (const server of world.servers) await server.start()
      }),
  }

  return {
    done,
    ...{ skipped, windows },
    async does(fault) {
      try {
        await acts[fault.kind](fault)
        if (!skipped.has(fault.kind)) done.set(fault.kind, (done.get(fault.kind) ?? 0) + 1)
      } catch (error) {
        world.complaints.push(`not healed: ${fault.kind} (fault ${fault.number}): ${String(error)}`)
      }
    },
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended meanwhile.
  }
}
