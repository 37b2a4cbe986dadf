/** The agent of one session: works off prompts with texts, questions and an end, and writes down what it said, asked, got and was told. */
import { createScriptedAgent, type ScriptedAgent } from '../kit/agent/scripted.ts'
import type { Excuse, Said } from './evidence.ts'
import { type Pace, paceOf } from './pace.ts'
import { passes } from './process.ts'
import type { Random } from './random.ts'

export type AskRecord = {
  marker: string
  launch: number
  got: string | null
  gotAt: number
  isOpen: boolean
  excuse?: Excuse
}

export type AgentSide = {
  readonly agent: ScriptedAgent
  readonly said: readonly Said[]
  readonly asks: readonly AskRecord[]
  /** How often each text came as a prompt. */
  readonly prompts: ReadonlyMap<string, number>
  /** Its process of now, null before the first. */
  readonly pid: number | null
  /** From its next step on. */
  pace: Pace
  /** Texts said and questions ended so far, without a look at each. */
  readonly counts: { readonly texts: number; readonly answered: number }
  /** What its process of now says and asks need not be found in the journal. */
  excuses(excuse: Excuse): void
  /** A new process is about to be started. */
  expects(): Promise<void>
  close(): Promise<void>
}

const FOREVER_MS = 2_000_000_000
/** An answer that takes longer is taken for none. */
const ANSWER_MS = 240_000
/** What one text carries: mostly little, sometimes much. */
const PADDING = 'x'.repeat(1200)

export async function createAgentSide(name: string, random: Random): Promise<AgentSide> {
  const agent = await createScriptedAgent()
  const said: Said[] = []
  const asks: AskRecord[] = []
  const prompts = new Map<string, number>()
  const excuses = new Map<number, Excuse>()
  let launches = 0
  let texts = 0
  let answered = 0
  let pid: number | null = null
  let gone: Promise<unknown> = Promise.resolve()
  let isOver = false

  function says(count: number, launch: number): void {
    const sessionId = agent.sessionId()
    const lines: string[] = []
    const first = texts + 1
    for (let index = 0; index < count; index++) {
      texts++
      const toolCallId = `t${texts}`
      const padding = PADDING.slice(0, texts % 50 === 0 ? 1200 : 40)
      const content = [{ type: 'content', content: { type: 'text', text: padding } }]
      const call = { toolCallId, title: `text#${texts}#`, kind: 'read', status: 'completed', content }
      const params = { sessionId, update: { sessionUpdate: 'tool_call', ...call } }
      lines.push(JSON.stringify({ jsonrpc: '2.0', method: 'session/update', params }))
    }
    said.push({ launch, first, last: texts })
    agent.writes(lines.join('\n'))
  }

  async function asksOnce(launch: number): Promise<void> {
    const marker = `ask#${name}-${asks.length + 1}#`
    const record: AskRecord = { marker, launch, got: null, gotAt: 0, isOpen: true }
    asks.push(record)
    const asked = agent.asks({ title: marker, command: `make ${marker}` })
    record.got = await Promise.race([asked.answered(ANSWER_MS).catch(() => null), gone.then(() => 'gone')])
    record.gotAt = performance.now()
    record.isOpen = false
    answered++
  }

  async function turn(launch: number): Promise<void> {
    const steps = random.between(...side.pace.steps)
    for (let step = 0; step < steps && launch === launches && !isOver; step++) {
      if (side.pace.texts > 0) says(random.between(1, side.pace.texts), launch)
      // Agents that work on several things ask several questions at once.
      const { asks: likely, atOnce } = side.pace
      const questions = random.next() < likely ? random.between(1, atOnce) : 0
      await Promise.all(Array.from({ length: questions }, () => asksOnce(launch)))
      await passes(random.between(1, 15))
    }
    if (launch === launches && agent.pid() === pid) agent.ends()
  }

  async function work(): Promise<void> {
    for (;;) {
      const prompted = await agent.prompted(FOREVER_MS)
      if (isOver) return
      for (const line of prompted.text.split('\n')) prompts.set(line, (prompts.get(line) ?? 0) + 1)
      const launch = launches
      // A turn of a process that is gone ends with it, and so does the wait for its answers.
      void turn(launch).catch(() => undefined)
    }
  }
  void work().catch(() => undefined)

  const side: AgentSide = {
    ...{ agent, prompts, pace: paceOf('rest', 0) },
    get said() {
      return said.map((one) => withExcuse(one, excuses.get(one.launch)))
    },
    get asks() {
      return asks.map((one) => withExcuse(one, excuses.get(one.launch)))
    },
    get pid() {
      return pid
    },
    get counts() {
      return { texts, answered }
    },
    excuses: (excuse) => void excuses.set(launches, excuse),
    async expects() {
      const launch = await agent.launched(40_000)
      launches++
      pid = launch.pid
      gone = launch.gone
    },
    async close() {
      isOver = true
      await agent.close()
    },
  }
  return side
}

const withExcuse = <T extends object>(one: T, excuse: Excuse | undefined): T & { excuse?: Excuse } =>
  excuse === undefined ? one : { ...one, excuse }
