// How words become items: prompts by their id, messages joined while nothing else comes between. Knows no tools.
import type { EventOf } from '../event-fields.ts'
import type { Page } from './page.ts'
import type { PromptItem } from './shape.ts'

/** A prompt has its place where it begins; until then it waits in the queue. */
export function foldPrompt(page: Page, event: EventOf<'PromptChanged'>): void {
  const key = `prompt:${event.promptId}`
  const item: PromptItem = {
    kind: 'prompt',
    key,
    promptId: event.promptId,
    text: event.text,
    state: event.state,
    at: event.at,
    reason: event.promptReason,
    delivery: event.delivery,
    modeId: event.modeId,
    attachments: event.attachments,
    origin: event.origin,
  }
  const placed = page.find(key)
  if (placed?.kind === 'prompt') {
    // The end of a prompt is the turn's business: its row keeps the time at which it began to run.
    page.replace(key, event.state === 'DONE' ? { ...item, at: placed.at } : item)
    return
  }
  if (event.state === 'QUEUED' || event.state === 'HELD') {
    page.queued.set(event.promptId, item)
    return
  }
  page.queued.delete(event.promptId)
  page.put(item, key)
}

/** Words join the item before them when they belong to the same message; anything visible between begins a new one. */
export function foldText(page: Page, event: EventOf<'AgentText' | 'UserText'>): void {
  const role = event.__typename === 'AgentText' ? 'agent' : 'user'
  const body = event.__typename === 'AgentText' ? event.textBody : null
  const last = page.last()
  if (last?.kind === 'said' && last.role === role && last.messageId === event.messageId && !last.body && !body) {
    page.replaceLast({ ...last, text: last.text + event.text })
    return
  }
  const { messageId, text, at } = event
  page.put({ kind: 'said', key: `said:${event.seq}`, role, messageId, text, body, at })
}

/** A thought is one line however many messages it came in; it ends when something else is shown. */
export function foldThought(page: Page, event: EventOf<'AgentThought'>): void {
  const last = page.last()
  if (last?.kind === 'thought' && last.endedAt === null && !last.body && !event.textBody) {
    const between = last.messageId === event.messageId ? '' : '\n\n'
    page.replaceLast({ ...last, messageId: event.messageId, text: last.text + between + event.text })
    return
  }
  page.put({
    kind: 'thought',
    key: `thought:${event.seq}`,
    messageId: event.messageId,
    text: event.text,
    body: event.textBody,
    at: event.at,
    endedAt: null,
  })
}
