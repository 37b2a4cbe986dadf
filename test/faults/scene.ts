/** One session of a run: the host's process and its lives, the agent behind it, and the people who prompt and answer. */
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { program as programArgs } from '../kit/programs.ts'
import { type AgentSide, createAgentSide } from './agent-side.ts'
import { type Mood, paceOf } from './pace.ts'
import type { OpenDecision, Phone, Tap } from './phone.ts'
import { type Program, passes, startProgram, until } from './process.ts'
import type { Random } from './random.ts'
import type { HostReport, HostView, TerminalAnswer } from './wire.ts'
import type { Workstation } from './workstation.ts'

export type Scene = {
  readonly name: string
  readonly sessionId: string
  readonly workstation: Workstation
  readonly side: AgentSide
  /** The host's process of now; null while there is none. */
  readonly host: Program | null
  readonly view: HostView | null
  readonly terminal: readonly (TerminalAnswer & { at: number })[]
  /** Decisions that two phones have answered, and commands of another kind, so far. */
  readonly counts: { readonly raced: number; readonly steered: number }
  /** Its host has nothing open, nothing waiting, nothing unsent; false while there is none. */
  readonly isAtRest: boolean
  /** When the host was not known to reach the server: closed spans by the clock of this process, and one that is not over. */
  readonly away: readonly Away[]
  /** How busy everybody is from now on. */
  feels(mood: Mood): void
  /** Where its journal is: a clone has a folder of its own. */
  readonly dataDir: string
  /** Starts the host's process, the first time with a new session. Throws when it does not come up. */
  start(): Promise<void>
  /** Ends it as its owner does, else by SIGKILL. */
  stop(): Promise<void>
  kill(): Promise<void>
  /** A copy of the folder goes on elsewhere while the process of now, frozen, does not know. Gives back what ends the old one. */
  clone(folder: string): Promise<() => Promise<void>>
  /** Someone sees a decision. */
  sees(decision: OpenDecision & { isOpen: boolean }, by: Phone): void
  close(): Promise<void>
}

export type Away = { readonly from: number; to: number }

/** So many events unsent, and nobody asks for more: what is measured is not the length of a queue. */
const MAX_PENDING = 4000

export async function createScene(given: {
  name: string
  folder: string
  workstation: Workstation
  phones: readonly Phone[]
  random: Random
  /** An agent says at most so much at once while faults are done. */
  texts: number
  onComplaint: (what: string) => void
}): Promise<Scene> {
  const { name, folder, workstation, phones, random, onComplaint } = given
  const side = await createAgentSide(name, random.fork('agent'))
  const people = random.fork('people')
  /** Who answered it first, until another phone does. */
  const firstBy = new Map<string, Phone>()
  const terminal: (TerminalAnswer & { at: number })[] = []
  /** What was seen open, by whom, and when somebody last answered it. */
  const seen = new Map<string, { by: Set<Phone>; at: number; tries: number; decision: OpenDecision }>()
  let dataDir = workstation.dataDir
  let host: Program | null = null
  let view: HostView | null = null
  let sessionId = ''
  let lives = 0
  let prompts = 0
  let isOver = false
  /** Not settled yet, as far as their senders know. */
  let open: Tap[] = []
  let raced = 0
  let steered = 0
  const away: Away[] = [{ from: performance.now(), to: Number.POSITIVE_INFINITY }]

  function shows(next: HostView | null): void {
    const isLive = next?.remote === 'live'
    const last = away.at(-1)
    const isAway = last?.to === Number.POSITIVE_INFINITY
    if (isLive && last && isAway) last.to = performance.now()
    if (!isLive && !isAway) away.push({ from: performance.now(), to: Number.POSITIVE_INFINITY })
    view = next
  }

  const optionsOf = () => ({
    ...{ dataDir, cwd: folder, ceiling: 'FULL', server: workstation.cable.url, name },
    ...(sessionId === '' ? {} : { resumeSessionId: sessionId }),
    agent: {
      ...{ id: 'scripted', name: 'Scripted', command: side.agent.command, args: side.agent.args },
      ...{ env: side.agent.env, preset: null },
    },
  })

  async function start(): Promise<void> {
    lives++
    const expected = side.expects()
    expected.catch(() => undefined)
    let isReady = false
    let isFailed = false
    const given = { options: optionsOf(), seed: random.fork(`terminal ${lives}`).next(), answers: side.pace.terminal }
    const one = startProgram({
      ...{ args: [...programArgs('fault-host'), JSON.stringify(given)], clockFile: join(folder, `clock-${lives}`) },
      onLine(line) {
        const report = line as HostReport
        if (report.is === 'ready') {
          sessionId = report.sessionId
          isReady = true
        }
        if (report.is === 'terminalAnswer') terminal.push({ ...report, at: performance.now() })
        if (report.is === 'view' && host === one) shows(report)
      },
    })
    void one.exited.then(() => {
      isFailed = true
      if (host === one) shows(null)
    })
    host = one
    await until(() => isReady || isFailed, 40_000)
    if (!isReady) {
      await one.kill()
      throw new Error(`the host of ${name} did not come up: ${one.said().slice(-600)}`)
    }
    await expected
  }

  async function stop(): Promise<void> {
    const one = host
    if (one === null) return
    one.tell({ order: 'close', reason: 'Ended at the terminal.' })
    const timer = setTimeout(() => void one.kill(), 15_000)
    await one.exited
    clearTimeout(timer)
    if (host === one) host = null
  }

  async function clone(to: string): Promise<() => Promise<void>> {
    const old = host
    old?.signal('SIGSTOP')
    // Without the lock: it names a process that lives, as it would on the machine that the copy came from.
    const filter = (path: string) => !/\/lock\.\d+$|\.tmp$/.test(path)
    for (const part of ['host', join('sessions', sessionId)]) {
      cpSync(join(dataDir, part), join(to, part), { recursive: true, filter })
    }
    dataDir = to
    side.excuses('zombie')
    // The agent of the old one lives on beside it; both say what they say, one is published.
    await start()
    // Before the server knows of the newer one, the older is no zombie but the owner.
    if (await until(() => view?.remote === 'live', 15_000)) old?.signal('SIGCONT')
    return async () => {
      await old?.kill()
    }
  }

  function sees(decision: OpenDecision & { isOpen: boolean }, by: Phone): void {
    if (!decision.isOpen) return void seen.delete(decision.id)
    if (decision.options.length === 0) return
    const entry = seen.get(decision.id) ?? { by: new Set(), at: performance.now(), tries: 0, decision }
    seen.set(decision.id, entry)
    if (entry.by.has(by)) return
    entry.by.add(by)
    // Each phone for itself, so that both are on their way at once.
    if (people.chance(0.95)) void taps(decision, by, people.between(0, 40))
  }

  async function taps(decision: OpenDecision, by: Phone, waitMs: number): Promise<void> {
    await passes(waitMs)
    const { id: decisionId, epoch, evidence, sessionId: its } = decision
    // These phones hold no passkey, which what weighs most would need (T4).
    const [first, ...rest] = decision.options.filter(({ rung }) => rung !== 'FULL')
    if (first === undefined) return
    const { id: optionId, name: optionName } = people.pick([first, ...rest])
    const before = firstBy.get(decisionId)
    if (before !== undefined && before !== by) raced++
    if (before === undefined) firstBy.set(decisionId, by)
    else if (before !== by) firstBy.delete(decisionId)
    by.tap('answerPermission', its, { decisionId, epoch, optionId }, { evidence, optionName })
  }

  /** Nobody answers for a while, or the answer was refused: someone tries again, as a person would. */
  function insist(): void {
    for (const entry of seen.values()) {
      if (performance.now() - entry.at < 2500) continue
      entry.at = performance.now()
      // Nobody was shown its end: whoever looks anew will not find it.
      if (++entry.tries > 5) seen.delete(entry.decision.id)
      const [phone] = phones
      if (phone !== undefined) void taps(entry.decision, phone, 0)
    }
  }

  async function live(): Promise<void> {
    while (!isOver) {
      await passes(people.between(15, 60))
      insist()
      if (side.pace.texts === 0 || sessionId === '') continue
      const [first, ...others] = phones
      open = open.filter(({ settledAt, refusedWith }) => settledAt === null && refusedWith === null)
      if (first === undefined) continue
      const { pace } = side
      if (view !== null && (view.waiting >= Math.max(4, pace.open) || view.pending > MAX_PENDING)) continue
      // The one at the terminal works on whatever the network does.
      if (view !== null && (view.remote !== 'live' ? people.chance(0.3) : people.chance(0.03))) {
        host?.tell({ order: 'prompt', text: `terminal#${name}-${++prompts}#` })
        continue
      }
      const phone = people.pick([first, ...others])
      if (open.length >= pace.open) continue
      steered++
      if (people.chance(0.1)) {
        // The scripted agent names its modes by their ids.
        const modeId = people.pick(['default', 'plan'])
        open.push(phone.tap('setMode', sessionId, { modeId }, { modeName: modeId }))
      } else open.push(phone.tap('sendPrompt', sessionId, { text: `prompt#${name}-${++prompts}#` }))
    }
  }
  void live().catch((error: unknown) => onComplaint(`the people of ${name} failed: ${String(error)}`))

  return {
    ...{ name, workstation, side, terminal, start, stop, clone, sees },
    away,
    get counts() {
      return { raced, steered }
    },
    get isAtRest() {
      if (view === null || view.remote !== 'live') return false
      const { pending, open: questions, isWorking, waiting } = view
      return pending === 0 && questions === 0 && !isWorking && waiting === 0
    },
    feels(mood) {
      side.pace = paceOf(mood, given.texts)
      host?.tell({ order: 'answers', likely: side.pace.terminal })
    },
    get sessionId() {
      return sessionId
    },
    get host() {
      return host
    },
    get view() {
      return view
    },
    get dataDir() {
      return dataDir
    },
    async kill() {
      const one = host
      await one?.kill()
      if (host === one) host = null
    },
    async close() {
      isOver = true
      await host?.kill()
      await side.close()
    },
  }
}
