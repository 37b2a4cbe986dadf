// Chooses the scene for a prompt: slash commands first, then a plan that waits for a comment, then key words.
import type { AvailableCommand } from '@agentclientprotocol/sdk'
import { changeMode, propose, revised, takeHeldDraft } from '../plan.ts'
import type { Turn } from '../turn.ts'
import { nameAgents } from './farewell.ts'
import { layOutShop, playShop } from './shop.ts'
import { askForm, fail, help, runLong } from './shows.ts'
import { addSwitch, explain, rename, test, undo } from './small.ts'

export const slashCommands: readonly AvailableCommand[] = [
  { name: 'demo', description: 'Play the discount task from the start' },
  { name: 'plan', description: 'Plan a wish before working on it', input: { hint: 'what you want' } },
  { name: 'ask', description: 'Show a form with several kinds of fields' },
  { name: 'long', description: 'Run a command for a minute, to be cancelled' },
  { name: 'fail', description: 'End the turn with an error' },
  { name: 'agents', description: 'List the agents installed on this machine' },
  { name: 'help', description: 'Say what this demo can do' },
]

type Scene = (turn: Turn, rest: string) => Promise<void>

const bySlash: Readonly<Record<string, Scene>> = {
  demo: (turn) => playShop(turn, null),
  async plan(turn, wish) {
    await changeMode(turn, 'plan')
    await addSwitch(turn, wish)
  },
  ask: askForm,
  long: runLong,
  fail,
  agents: nameAgents,
  help,
}

const byWord: readonly [RegExp, Scene][] = [
  [/\bundo\b|\brevert\b|\btake .*back\b/i, undo],
  [/\brename\b/i, rename],
  [/\b(show|play|run|start)\b.*\bdemo\b|\bdiscount\b/i, (turn) => playShop(turn, null)],
  [/\b(add|make|create|build|implement|write)\b/i, addSwitch],
  [/\btests?\b/i, test],
  [/\bhelp\b|what can you/i, help],
  [/\bagents?\b|\binstalled\b/i, nameAgents],
  [/\bexplain\b|\bhow\b|\bwhy\b|\bwhat\b|\bshow\b|\?\s*$/i, explain],
]

/** Plays what fits the prompt. The first prompt plays the main scene unless it is a slash command. */
export async function playPrompt(turn: Turn, prompt: string): Promise<void> {
  await layOutShop(turn.sitting)
  turn.sitting.scratch.beginChange()
  const slash = /^\/([\w-]+)\s*([\s\S]*)$/.exec(prompt.trim())
  if (slash) {
    const scene = Object.hasOwn(bySlash, slash[1] ?? '') ? bySlash[slash[1] ?? ''] : undefined
    if (scene) return await scene(turn, slash[2] ?? '')
    await turn.say(`I know no command \`/${slash[1]}\`.`)
    return await help(turn)
  }
  const draft = takeHeldDraft(turn.sitting)
  if (draft) {
    if (/^(no|stop|cancel)\b|\bforget\b|never ?mind|drop it/i.test(prompt))
      return await turn.say('Dropped. Nothing has changed.')
    if (/^(yes|ok|okay|go|approve[d]?|start|do it)\b/i.test(prompt.trim())) {
      await changeMode(turn, 'default')
      return await draft.go(turn, draft.wishes)
    }
    await turn.say('I have put that into the plan.')
    return await propose(turn, revised(draft, [prompt]))
  }
  if (!turn.sitting.greeted)
    return await playShop(turn, /demo|discount|offdesk|^\W*(hi|hello|hey|go|start)?\W*$/i.test(prompt) ? null : prompt)
  const scene = byWord.find(([words]) => words.test(prompt))?.[1] ?? addSwitch
  await scene(turn, prompt)
}
