/** One round: a fresh world, its faults one after another, peace, everyone's logs, a verdict. Whatever it starts ends with it. */
import { chmodSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sessionPaths } from '../../agent-cli/journal/session-folder.ts'
import { collect } from './collect.ts'
import type { Evidence, Violation } from './evidence.ts'
import { type Figures, figuresOf } from './figures.ts'
import { createNemesis } from './nemesis.ts'
import { judge } from './oracle.ts'
import { isSettled } from './phone.ts'
import { passes, until } from './process.ts'
import { createRandom } from './random.ts'
import { type DatabaseKind, type FaultKind, scheduleOf } from './schedule.ts'
import { type Quotas, type Span, storm } from './storm.ts'
import { createWorld, type World } from './world.ts'

export type Round = {
  seed: number
  kind: DatabaseKind
  faults: number
  /** Only these, for a run that looks at one. */
  kinds?: readonly FaultKind[]
  /** Built product. */
  dist: string
  sessions: number
  withSmallDisk: boolean
  /** At most so many texts between two questions of an agent that writes much. */
  texts: number
  /** What storms between the faults bring it to; null for no storms. */
  quotas: Quotas | null
  say: (line: string) => void
}

export type Verdict = {
  seed: number
  violations: Violation[]
  evidence: Evidence
  figures: Figures
  skipped: Record<string, string>
  databaseVersion: string
  /** Where its files still are; null when nothing was found and they are gone. */
  folder: string | null
}

/** After so many faults everybody is left in peace for a storm. */
const FAULTS_BETWEEN_STORMS = 20

/** Without any progress for so long, what is left is taken for hung; with progress it may go on for as long as the second says. */
const STUCK_AFTER_MS = 90_000
const SETTLES_WITHIN_MS = 300_000
/** Without an event for so long, viewers have what they will have. */
const VIEWERS_STUCK_AFTER_MS = 30_000

export async function runRound(round: Round): Promise<Verdict> {
  const { seed, kind, say } = round
  const began = performance.now()
  const folder = mkdtempSync(join(tmpdir(), 'offdesk-faults-'))
  // PostgreSQL runs as another user where this one is root.
  chmodSync(folder, 0o711)
  const { dist, sessions, withSmallDisk, texts } = round
  const world = await createWorld({ folder, dist, kind, random: createRandom(seed), sessions, withSmallDisk, texts })
  let restored = 0
  const nemesis = createNemesis(world, () => {
    restored++
    for (const phone of world.phones) phone.sendAgain()
  })
  try {
    const underFaults = () => {
      for (const [index, scene] of world.scenes.entries())
        scene.feels(index === 0 && world.scenes.length > 1 ? 'texts' : 'questions')
    }
    await firstCopy(world)
    underFaults()
    const under = new Set<Promise<void>>()
    const storms: Span[] = []
    for (const fault of scheduleOf(seed, round.faults, kind, round.kinds)) {
      await passes(fault.gapMs)
      while (under.size >= 4) await Promise.race(under)
      const from = performance.now()
      const doing = nemesis.does(fault).finally(() => {
        under.delete(doing)
        say(
          `  ${String(fault.number).padStart(4)} ${fault.kind} healed after ${Math.round(performance.now() - from)} ms`,
        )
      })
      under.add(doing)
      if (round.quotas === null || fault.number % FAULTS_BETWEEN_STORMS !== 0) continue
      await Promise.all(under)
      storms.push(await storm(world, round.quotas, fault.number / round.faults, say))
      underFaults()
    }
    await Promise.all(under)
    const healed = performance.now()
    await peace(world)
    const convergedMs = performance.now() - healed
    await farewell(world)
    await world.close()
    const evidence = await collect(world, restored)
    await world.postgres?.stop()
    const violations = judge(evidence)
    const seconds = (performance.now() - began) / 1000
    const faults = Object.fromEntries(nemesis.done)
    const figures = figuresOf(world, evidence, { faults, restored, convergedMs, seconds }, nemesis.windows, storms)
    const skipped = Object.fromEntries(nemesis.skipped)
    if (violations.length === 0) world.remove()
    else world.keep()
    const left = violations.length === 0 ? null : folder
    return { seed, violations, evidence, figures, skipped, databaseVersion: world.databaseVersion, folder: left }
  } catch (error) {
    await world.close().catch(() => undefined)
    await world.postgres?.kill()
    throw error
  }
}

/** Of an empty world with everyone known to it: what is put back later knows the people and their sessions. */
async function firstCopy(world: World): Promise<void> {
  for (const server of world.servers) await server.stop()
  await world.postgres?.stop()
  world.copyDatabase()
  await world.postgres?.start()
  for (const server of world.servers) await server.start()
}

/** Nothing new is asked; what is open is answered, sent, shown. What does not come to its end is a complaint. */
async function peace(world: World): Promise<void> {
  for (const cable of world.cables) cable.mend()
  for (const scene of world.scenes) scene.feels('rest')
  const left = (): string[] => [
    ...world.scenes.flatMap(({ name, view }) => {
      if (view === null) return [`${name} has no host`]
      const { remote, pending, open, isWorking, waiting, reason } = view
      if (remote === 'live' && pending === 0 && open === 0 && !isWorking && waiting === 0) return []
      return [
        `${name} is ${remote} (${reason}), ${pending} events pending, ${open} decisions open, ${waiting} prompts wait, working: ${isWorking}`,
      ]
    }),
    ...world.scenes.flatMap(({ side }) =>
      side.asks.filter((ask) => ask.isOpen).map((ask) => `${ask.marker} has no answer`),
    ),
    ...world.phones.flatMap(({ name, taps }) =>
      taps
        .filter((tap) => tap.refusedWith === null && !isSettled(tap.shown))
        .map((tap) => `${tap.kind} ${tap.key} of ${name} is ${tap.shown ?? 'not there'}`),
    ),
  ]
  let asked = 0
  let before = ''
  let movedAt = performance.now()
  const isOver = await until(async () => {
    if (++asked % 80 === 0) for (const phone of world.phones) await phone.catchUp()
    const now = left().join()
    if (now !== before) movedAt = performance.now()
    before = now
    return now === '' || performance.now() - movedAt > STUCK_AFTER_MS
  }, SETTLES_WITHIN_MS)
  if (isOver && before === '') return
  for (const what of left().slice(0, 20)) world.complaints.push(`stuck after the last heal: ${what}`)
}

/** The owners end their sessions; the viewers see that too. */
async function farewell(world: World): Promise<void> {
  await Promise.all(world.scenes.map((scene) => scene.stop()))
  const ends = new Map(world.scenes.map((scene) => [scene.sessionId, ackedBy(scene)]))
  let before = ''
  let movedAt = performance.now()
  await until(() => {
    const now = world.viewers.map(({ cursor }) => cursor).join()
    if (now !== before) movedAt = performance.now()
    before = now
    const still = performance.now() - movedAt
    // What they should have they must have had time to get; what they should not, to come.
    const isThere = world.viewers.every(({ cursor, sessionId }) => cursor >= (ends.get(sessionId) ?? 0))
    return still > (isThere ? 500 : VIEWERS_STUCK_AFTER_MS)
  }, SETTLES_WITHIN_MS)
  for (const phone of world.phones) await phone.catchUp()
}

/** The last number the server has confirmed to the session's host. */
function ackedBy({ dataDir, sessionId }: World['scenes'][number]): number {
  try {
    const { seq } = JSON.parse(readFileSync(sessionPaths(dataDir, sessionId).acked, 'utf8')) as { seq: number }
    return seq
  } catch {
    return 0
  }
}
