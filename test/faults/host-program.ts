// A workstation's process for a run with faults: one session with remote on, and a person at its terminal who answers now and then.
// Hears orders as lines of JSON, tells what happens as lines of JSON, and ends with whoever started it.
import { createInterface } from 'node:readline'
import { createSession, type SessionOptions } from '../../agent-cli/bridge/session.ts'
import { createRandom } from './random.ts'
import type { HostOrder, HostReport } from './wire.ts'

const { options, seed, answers }: { options: SessionOptions; seed: string; answers: number } = JSON.parse(
  process.argv[2] ?? '{}',
)
const tell = (report: HostReport): void => void process.stdout.write(`${JSON.stringify(report)}\n`)
const random = createRandom(seed)
process.stdout.on('error', () => process.exit(0))

const session = await createSession(options)
/** Whoever sits there leaves it to the phones for so long, while they can be reached. */
const PATIENCE_MS = { live: 3000, away: 600 }
const isOpen = (id: string) => session.view().decisions.some((decision) => decision.id === id)
const seen = new Set<string>()
let said = ''
let likely = answers

async function answer(decisionId: string, optionId: string): Promise<void> {
  const from = performance.now()
  try {
    const settlement = await session.answer(decisionId, { is: 'option', optionId })
    const { origin, optionId: chosen } = settlement
    const tookMs = performance.now() - from
    tell({ is: 'terminalAnswer', decisionId, optionId, winner: { surface: origin.surface, optionId: chosen }, tookMs })
  } catch (error) {
    tell({ is: 'terminalAnswer', decisionId, optionId, winner: null, tookMs: 0, error: String(error) })
  }
}

function look(): void {
  const { decisions, remote, journal, turn, prompts, state } = session.view()
  for (const { id, options: offered } of decisions) {
    if (seen.has(id)) continue
    seen.add(id)
    const option = offered[random.between(0, offered.length - 1)]
    const waitMs = random.between(20, 450)
    if (option === undefined) continue
    if (random.chance(likely)) setTimeout(() => void answer(id, option.id), waitMs)
    else {
      const patienceMs = remote.state === 'live' ? PATIENCE_MS.live : PATIENCE_MS.away
      setTimeout(() => isOpen(id) && void answer(id, option.id), patienceMs)
    }
  }
  const now: HostReport = {
    ...{ is: 'view', state, remote: remote.state, reason: remote.reason, pending: remote.pendingEvents },
    ...{ journal: journal.state, open: decisions.length, isWorking: turn !== null, waiting: prompts.length },
  }
  const text = JSON.stringify(now)
  if (text !== said) tell(now)
  said = text
}

session.subscribe(look)
await session.remote.on({ share: true })
tell({ is: 'ready', sessionId: session.id, epoch: session.view().session.epoch })
look()

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const order = JSON.parse(line) as HostOrder
    if (order.order === 'prompt') void session.prompt(order.text).catch(() => undefined)
    if (order.order === 'answers') likely = order.likely
    if (order.order === 'release') void session.releaseQueue()
    if (order.order === 'close') void session.close(order.reason).then(() => process.exit(0))
  })
  .on('close', () => process.exit(0))
process.on('SIGTERM', () => void session.close('Stopped.').then(() => process.exit(0)))
