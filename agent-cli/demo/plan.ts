// Puts a plan to the person and goes on as they decide. Knows no particular task.
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { PlanEntry } from '@agentclientprotocol/sdk'
import { oneLine } from './discount.ts'
import type { DemoMode } from './modes.ts'
import type { Sitting } from './sitting.ts'
import type { Turn } from './turn.ts'

/** A plan that is not approved yet. `go` carries it out, once. */
export interface Draft {
  readonly heading: string
  readonly steps: readonly string[]
  /** What the person wants different, in their words. */
  readonly wishes: readonly string[]
  readonly go: (turn: Turn, wishes: readonly string[]) => Promise<void>
}

/** Plans that were sent back without words: the next prompt is taken as the comment. */
const held = new WeakMap<Sitting, Draft>()

/** Hands over the plan that waits for a comment, if there is one. */
export function takeHeldDraft(sitting: Sitting): Draft | null {
  const draft = held.get(sitting) ?? null
  held.delete(sitting)
  return draft
}

/** Tells the client of a mode the agent has changed by itself. */
export async function changeMode(turn: Turn, mode: DemoMode): Promise<void> {
  if (turn.sitting.mode === mode) return
  turn.sitting.mode = mode
  await turn.update({ sessionUpdate: 'current_mode_update', currentModeId: mode })
}

/**
 * Asks for approval until it is given, in the same turn while the person steers. Sent back without a word, the draft
 * is held for the next prompt. In autopilot nothing is asked.
 */
export async function propose(turn: Turn, first: Draft): Promise<void> {
  let draft = first
  held.delete(turn.sitting)
  for (;;) {
    if (turn.sitting.mode === 'auto') {
      await turn.say(`I am in autopilot, so I start at once.\n\n${planText(draft)}`)
      return await draft.go(turn, draft.wishes)
    }
    const answer = await askForApproval(turn, draft)
    if (answer === 'approve-default' || answer === 'approve-auto') {
      await changeMode(turn, answer === 'approve-auto' ? 'auto' : 'default')
      return await draft.go(turn, [...draft.wishes, ...turn.takeWords().map(oneLine)])
    }
    await turn.say('All right, I keep planning and change nothing.')
    const words = await wordsAfterRefusal(turn)
    if (words.length === 0) {
      held.set(turn.sitting, draft)
      return await turn.say(
        'Tell me what should be different and I revise the plan. With “go ahead” I start, with “forget it” I drop it.',
      )
    }
    draft = revised(draft, words)
    await turn.say('I have put that into the plan.')
  }
}

/** The draft with the person's words as a step of its own. */
export function revised(draft: Draft, words: readonly string[]): Draft {
  return { ...draft, wishes: [...draft.wishes, ...words.map(oneLine).filter((wish) => wish !== '')] }
}

/** Shows the steps as a todo list; those before `done` are finished, the next one is under way. */
export async function showProgress(turn: Turn, steps: readonly string[], done: number): Promise<void> {
  const entries = steps.map((content, index): PlanEntry => {
    const status = index < done ? 'completed' : index === done ? 'in_progress' : 'pending'
    return { content, priority: 'medium', status }
  })
  await turn.update({ sessionUpdate: 'plan', entries })
}

function planText({ heading, steps, wishes }: Draft): string {
  const numbered = [...steps, ...wishes.map((wish) => `As you asked: ${wish}`)].map(
    (step, index) => `${index + 1}. ${step}`,
  )
  return `## ${heading}\n\n${numbered.join('\n')}`
}

async function askForApproval(turn: Turn, draft: Draft): Promise<string | null> {
  const toolCallId = randomUUID()
  const plan = planText(draft)
  const shown = {
    toolCallId,
    title: 'Ready to start?',
    kind: 'switch_mode' as const,
    status: 'pending' as const,
    content: [{ type: 'content' as const, content: { type: 'text' as const, text: plan } }],
    rawInput: { plan },
  }
  turn.openCalls.add(toolCallId)
  await turn.update({ sessionUpdate: 'tool_call', ...shown })
  const answer = await turn.ask(shown, [
    { optionId: 'approve-default', name: 'Approve, ask me before each change', kind: 'allow_once' },
    { optionId: 'approve-auto', name: 'Approve, and work in autopilot', kind: 'allow_always' },
    { optionId: 'keep-planning', name: 'Keep planning', kind: 'reject_once' },
  ])
  turn.openCalls.delete(toolCallId)
  const approved = answer?.startsWith('approve') ?? false
  await turn.update({ sessionUpdate: 'tool_call_update', toolCallId, status: approved ? 'completed' : 'failed' })
  return answer
}

/** A comment follows its refusal as a separate steering request (D7): give it a moment, whatever the pace. */
async function wordsAfterRefusal(turn: Turn): Promise<string[]> {
  for (let waited = 0; waited < 300; waited += 50) {
    const words = turn.takeWords()
    if (words.length > 0) return words
    await delay(50, undefined, { signal: turn.signal })
  }
  return turn.takeWords()
}
