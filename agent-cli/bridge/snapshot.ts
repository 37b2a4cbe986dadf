// What is so at this moment as events, for readers from whom the past is withheld: B2 must hold for them too. Pure.
import type { EventBody } from '../agent/translate/event-body.ts'
import type { SessionView } from './view.ts'

export function snapshotOf(view: SessionView): EventBody[] {
  const { session, mode, options, slashCommands, plan, usage, turn, prompts, decisions } = view
  const bodies: EventBody[] = [
    {
      sessionConfigured: {
        agent: session.agent,
        capabilities: [...session.capabilities],
        modes: [...mode.list],
        options: [...options],
      },
    },
  ]
  if (session.titleFrom === 'agent') bodies.push({ titleChanged: { title: session.title } })
  if (mode.effective !== null) {
    bodies.push({ modeChanged: { effective: mode.effective, requested: mode.requested, origin: { surface: 'HOST' } } })
  }
  if (slashCommands.length > 0) bodies.push({ slashCommandsChanged: { commands: [...slashCommands] } })
  if (plan.length > 0) bodies.push({ planChanged: { entries: [...plan] } })
  if (usage !== null) bodies.push({ usageChanged: usage })
  for (const { id: promptId, ...prompt } of prompts) bodies.push({ promptChanged: { promptId, ...prompt } })
  if (turn !== null) bodies.push({ turnStarted: { turnId: turn.id, promptId: turn.promptId } })
  for (const item of view.transcript.items) {
    if (item.is !== 'toolCall' || turn === null || over.has(item.call.status) || item.call.endedWithTurn) continue
    const { content, locations, endedWithTurn: _, ...call } = item.call
    bodies.push({ toolCallChanged: { ...call, content: [...content], locations: [...locations] } })
  }
  for (const { id: decisionId, epoch: _, openedAt: __, ...decision } of decisions) {
    const { paths, options: choices, questions } = decision
    bodies.push({
      decisionOpened: { ...decision, decisionId, paths: [...paths], options: [...choices], questions: [...questions] },
    })
  }
  return bodies
}

const over: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled'])
