// Lets prompts run: one turn after another from the queue, each in its mode; a prompt for NOW is steered in, or takes the turn's place (C4, C6).
// Knows when, not what a turn is.
import type { ContentBlock } from '../agent/connection.ts'
import { mintId } from './mint.ts'
import type { Modes } from './modes.ts'
import { host } from './origin.ts'
import type { Prompt, Queue } from './queue.ts'
import type { Ending, Turns } from './turns.ts'
import type { Delivery, Origin } from './view.ts'

export type Runner = {
  /** Queues, and runs it now if nothing else does. Rejects like `Queue.add`. */
  send(text: string, how: Sending): Promise<{ promptId: string }>
  /** Tells the running turn, else makes it the next prompt (D7). */
  sayNow(text: string, origin: Origin): Promise<void>
  /** The next prompt, before those that wait. */
  sayNext(text: string, origin: Origin): Promise<void>
  /** The queue may have something to run. */
  kick(): void
  /** A waiting prompt became one for NOW. */
  hurry(): Promise<void>
  /** How many prompts wait for a person after a turn that ended so; holds the queue accordingly. */
  heldAfter(ending: Ending): number
  /** Stops a prompt that was taken and has no turn yet: its mode is being entered, its attachments fetched. False when there is none. */
  stopStarting(): boolean
  /** The agent is gone: nothing runs any more. */
  end(reason: string): void
}

export type Sending = {
  readonly origin: Origin
  readonly delivery?: Delivery
  readonly modeId?: string | null
  /** Default true. */
  readonly mayEnterMode?: boolean
  readonly promptId?: string
  readonly attachments?: Prompt['attachments']
}

export function createRunner(given: {
  queue: Queue
  turns: Turns
  modes: Modes
  canSteer: boolean
  steer: (blocks: ContentBlock[]) => Promise<string>
  blocksOf: (prompt: Prompt) => Promise<ContentBlock[]>
  onPromptText: (text: string | null) => void
}): Runner {
  const { queue, turns, modes } = given
  let isRunning = false
  let endedBecause: string | null = null
  let starting: { isStopped: boolean } | null = null
  /** The turn is cancelled for a prompt that follows: the queue goes on. */
  let isMakingRoom = false
  /** The prompts the running turn is about: the first began it, the others were steered in. */
  let inTurn: { turnId: string; prompts: Prompt[] } | null = null

  async function run(): Promise<void> {
    if (isRunning) return
    isRunning = true
    try {
      for (;;) {
        if (endedBecause !== null) return
        const prompt = queue.take()
        if (prompt === null) return
        await runOne(prompt)
      }
    } finally {
      isRunning = false
    }
  }

  async function runOne(prompt: Prompt): Promise<void> {
    const start = { isStopped: false }
    starting = start
    const blocks = await prepared(prompt).finally(() => {
      starting = null
    })
    if (start.isStopped) {
      queue.hold(stopped)
      return void queue.say(prompt, 'WITHDRAWN', { reason: 'Stopped before it began.' })
    }
    if (blocks === null) return
    given.onPromptText(prompt.text)
    await turns.run(prompt.id, blocks, (turnId) => {
      inTurn = { turnId, prompts: [prompt] }
      void queue.say(prompt, 'RUNNING', { turnId })
    })
    given.onPromptText(null)
    modes.turnEnded()
  }

  /** Null when it cannot run; then that is told. */
  async function prepared(prompt: Prompt): Promise<ContentBlock[] | null> {
    const problem = await enterMode(prompt)
    if (problem !== null) return refused(prompt, problem)
    try {
      return await given.blocksOf(prompt)
    } catch (error) {
      return refused(prompt, error instanceof Error ? error.message : String(error))
    }
  }

  function refused(prompt: Prompt, reason: string): null {
    if (starting?.isStopped !== true) void queue.say(prompt, 'REFUSED', { reason })
    return null
  }

  function sayEnd(prompt: Prompt, { stopReason, message, wasCancelled }: Ending, turnId: string): void {
    if (stopReason === 'agent_exited')
      return void queue.say(prompt, 'UNKNOWN', {
        turnId,
        reason: message ?? 'The agent ended while it worked on this.',
      })
    if (stopReason === 'error')
      return void queue.say(prompt, 'REFUSED', { turnId, reason: message ?? 'The agent reported an error.' })
    void queue.say(prompt, 'DONE', wasCancelled ? { turnId, reason: 'Stopped before it was finished.' } : { turnId })
  }

  /** A prompt never runs in another mode than it was written for (peer 10). */
  async function enterMode(prompt: Prompt): Promise<string | null> {
    if (prompt.modeId === null || modes.effective?.id === prompt.modeId) return null
    if (!prompt.mayEnterMode)
      return 'The mode it was written under is no longer on, and its sender may not turn it on. Send it again in this mode.'
    try {
      await modes.set(prompt.modeId, host)
      return null
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  async function goNow(): Promise<void> {
    queue.release()
    const turn = turns.current
    if (turn === null || turn.isCancelling) return kick()
    if (!given.canSteer) {
      isMakingRoom = true
      return void turns.cancel().then(kick)
    }
    const prompt = queue.take()
    if (prompt === null) return
    if (await steer(prompt)) return
    await queue.add({ ...prompt, delivery: 'AFTER_TURN' }, true)
    kick()
  }

  async function steer(prompt: Prompt): Promise<boolean> {
    try {
      const outcome = await given.steer(await given.blocksOf(prompt))
      if (outcome === 'promptRequired' || turns.current === null) return false
      void queue.say(prompt, 'RUNNING', { turnId: turns.current.id })
      inTurn?.prompts.push(prompt)
      return true
    } catch {
      // Refused or gone: the prompt waits like any other, nothing is lost.
      return false
    }
  }

  function kick(): void {
    void run()
  }

  return {
    async send(text, how) {
      const mode = how.modeId === undefined ? (modes.requested ?? modes.effective)?.id : how.modeId
      const delivery = how.delivery ?? 'AFTER_TURN'
      const promptId = how.promptId ?? mintId('prm')
      const attachments = how.attachments ?? []
      const mayEnterMode = how.mayEnterMode ?? true
      const prompt = {
        id: promptId,
        text,
        delivery,
        modeId: mode ?? null,
        origin: how.origin,
        attachments,
        mayEnterMode,
      }
      await queue.add(prompt)
      if (delivery === 'NOW') await goNow()
      else kick()
      return { promptId }
    },
    async sayNow(text, origin) {
      const prompt = promptOf(text, origin)
      if (given.canSteer && turns.current !== null && (await steer(prompt))) return
      await queue.add(prompt, true)
      kick()
    },
    async sayNext(text, origin) {
      await queue.add(promptOf(text, origin), true)
      kick()
    },
    kick,
    hurry: goNow,
    heldAfter(ending) {
      // Before the turn's end is told: a session that is idle has no running prompt.
      for (const prompt of inTurn?.prompts ?? []) sayEnd(prompt, ending, inTurn?.turnId ?? '')
      inTurn = null
      const reason = isMakingRoom ? null : holdReason(ending)
      isMakingRoom = false
      if (reason === null) return 0
      queue.hold(reason)
      return queue.length
    },
    stopStarting() {
      if (starting === null) return false
      starting.isStopped = true
      return true
    },
    end(reason) {
      endedBecause = reason
      queue.hold(reason)
    },
  }
}

/** In whatever mode is: what it answers was asked in it. */
const promptOf = (text: string, origin: Origin): Prompt => ({
  ...{ id: mintId('prm'), text, delivery: 'AFTER_TURN', modeId: null, origin, attachments: [], mayEnterMode: true },
})

const stopped = 'The turn was stopped.'

/** Why the queue waits after such an end, or null. A turn that the agent itself ended "cancelled" (after a no) is no stop of ours. */
function holdReason({ stopReason, message, wasCancelled }: Ending): string | null {
  if (wasCancelled) return stopped
  switch (stopReason) {
    case 'end_turn':
    case 'cancelled':
      return null
    case 'error':
    case 'agent_exited':
      return message ?? 'The agent failed.'
    case 'refusal':
      return 'The model refused to go on.'
    default:
      return `The agent stopped at a limit (${stopReason}).`
  }
}
