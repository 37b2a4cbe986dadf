// All defects one after another: each is looked for until the first kill or the end of its budget; then the undamaged product plays what killed them.
// Every end is written down as it comes, so that a run which was broken off goes on where it stood.
import { appendFile, mkdir, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Invariant, invariants } from '../pure/invariants.ts'
import type { Driven, Series } from '../real/drive.ts'
import type { Defect } from './defect.ts'
import { copyTree, drives, inject, withoutNets } from './kill.ts'
import { defects } from './list.ts'
import { seenBy } from './seen-by.ts'

/** `killed`: by an invariant of its own rule. `otherwise`: by another, by a driver that broke, or it could not be put in: then nothing is shown. */
export type End = {
  name: string
  rule: string
  end: 'killed' | 'survived' | 'otherwise'
  invariant: Invariant | null
  detail: string
  histories: number
  steps: number
  seconds: number
  cpuSeconds: number
}

export type DefectRun = {
  seed: number
  /** Histories of each defect: aimed at it, then rich ones. */
  aimed: number
  rich: number
  seconds: number
  workers: number
  /** Only those whose name holds it, or one of several between commas. */
  part: string
  /** Ends are kept here. With `goesOn` those that are there already are not sought again. */
  file: string
  goesOn: boolean
  newDatabase: () => Promise<string | null>
  say: (line: string) => void
}

/** True when all were killed and the undamaged product has survived the same. */
export async function runDefects(run: DefectRun): Promise<boolean> {
  const { say } = run
  const chosen = defects.filter(({ name }) => run.part.split(',').some((part) => name.includes(part)))
  const ends = run.goesOn ? await read(run.file) : []
  if (!run.goesOn) await rm(run.file, { force: true })
  await mkdir(dirname(run.file), { recursive: true })
  const known = new Set(ends.map(({ name }) => name))
  const waiting = chosen.filter(({ name }) => !known.has(name))
  say(`\n${chosen.length} defects in the real code, seed ${run.seed}, ${known.size} of them known from before:`)
  say('rule, defect, end, invariant, in which history, after how many steps, seconds, CPU seconds of the driver')
  for (const end of ends) say(lineOf(end))
  const work = async () => {
    const tree = await copyTree()
    try {
      const back = await inject(tree.folder, { name: 'no safety polls', edits: withoutNets })
      for (let defect = waiting.shift(); defect; defect = waiting.shift()) {
        const end = await endOf(defect, tree.folder, run)
        ends.push(end)
        await appendFile(run.file, `${JSON.stringify(end)}\n`)
        say(lineOf(end))
      }
      await back()
    } finally {
      await tree.remove()
    }
  }
  await Promise.all(Array.from({ length: run.workers }, work))
  const killed = ends.filter(({ end }) => end === 'killed')
  const total = (of: 'seconds' | 'cpuSeconds') => ends.reduce((sum, end) => sum + end[of], 0).toFixed(0)
  say(
    `  ${killed.length} of ${chosen.length} killed, in ${total('seconds')} s, ${total('cpuSeconds')} CPU s of the drivers`,
  )
  return (await survives(killed, run)) && killed.length === chosen.length
}

/** A driver that breaks is tried once more: then it is the defect that breaks it, and not the machine. */
async function endOf(defect: Defect, folder: string, run: DefectRun): Promise<End> {
  const { name, rule, aim } = defect
  const plain = { name, rule, invariant: null, histories: 0, steps: 0, cpuSeconds: 0 }
  const since = performance.now()
  const seconds = () => (performance.now() - since) / 1_000
  let back = async () => {}
  try {
    back = await inject(folder, defect)
    let driven: Driven | { failed: string } = { failed: '' }
    for (let tries = 2; 'failed' in driven && tries > 0; tries -= 1) {
      const histories: Series[] = [{ aim, aimed: run.aimed, rich: run.rich }]
      const milliseconds = 1_000 * run.seconds
      driven = await drives(folder, { seed: run.seed, histories, milliseconds, databaseUrl: await run.newDatabase() })
    }
    if ('failed' in driven) return { ...plain, end: 'otherwise', detail: driven.failed, seconds: seconds() }
    const { histories, steps, cpuSeconds, violated } = driven
    const figures = { ...plain, histories, steps, cpuSeconds, seconds: seconds() }
    if (!violated) return { ...figures, end: 'survived', detail: '' }
    const { invariant, detail } = violated
    const isOwn = seenBy[rule]?.includes(invariant) ?? false
    return { ...figures, end: isOwn ? 'killed' : 'otherwise', invariant, detail }
  } catch (error) {
    return { ...plain, end: 'otherwise', detail: String(error), seconds: seconds() }
  } finally {
    await back()
  }
}

function lineOf({ name, rule, end, invariant, detail, histories, steps, seconds, cpuSeconds }: End): string {
  const said = end === 'killed' ? 'killed   ' : end.toUpperCase().padEnd(9)
  const figures = [histories, steps, seconds.toFixed(0), cpuSeconds.toFixed(0)].map((one) => String(one).padStart(4))
  const words = detail.split('\n').at(-1)?.slice(0, 110) ?? ''
  return `  ${rule.padEnd(3)} ${name.padEnd(56)} ${said} ${(invariant ?? '').padEnd(12)} ${figures.join('')}  ${words}`
}

/** Every history that any of them met, on the code as it is. */
async function survives(killed: readonly End[], run: DefectRun): Promise<boolean> {
  const series = new Map<string, Series>()
  let rich = 0
  for (const { name, histories } of killed) {
    const aim = defects.find((defect) => defect.name === name)?.aim ?? []
    const key = aim.join()
    const aimed = Math.min(histories, run.aimed)
    rich = Math.max(rich, histories - run.aimed)
    series.set(key, { aim, aimed: Math.max(aimed, series.get(key)?.aimed ?? 0), rich: 0 })
  }
  const histories = [...series.values(), { aim: [], aimed: 0, rich }]
  const tree = await copyTree()
  try {
    await inject(tree.folder, { name: 'no safety polls', edits: withoutNets })
    const task = { seed: run.seed, histories, milliseconds: 3_600_000, databaseUrl: await run.newDatabase() }
    const driven = await drives(tree.folder, task)
    if ('failed' in driven) {
      run.say(`FAILED  undamaged, the driver ended without an answer: ${driven.failed}`)
      return false
    }
    const { violated, steps, milliseconds, cpuSeconds } = driven
    const figures = `${driven.histories} histories of ${(steps / driven.histories).toFixed(1)} steps in ${(milliseconds / 1000).toFixed(0)} s, ${cpuSeconds.toFixed(0)} CPU s`
    run.say(`  undamaged, the same histories: ${figures}`)
    if (violated)
      run.say(`FAILED  undamaged, history ${violated.history}: ${invariants[violated.invariant]}: ${violated.detail}`)
    return violated === null
  } finally {
    await tree.remove()
  }
}

async function read(file: string): Promise<End[]> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as End)
}
