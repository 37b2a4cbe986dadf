// What a session is called: by a person, else by the agent, else by its last prompt, else by its place (A7). Pure.
import { basename } from 'node:path'
import type { EventBody } from '../agent/translate/event-body.ts'
import type { SessionFacts } from './view.ts'

const longestTitle = 80

/** The very same facts when the event names nothing. */
export function titled(session: SessionFacts, body: EventBody): SessionFacts {
  if ('titleChanged' in body && session.titleFrom !== 'person') {
    return { ...session, title: body.titleChanged.title, titleFrom: 'agent' }
  }
  if ('promptChanged' in body && (session.titleFrom === 'prompt' || session.titleFrom === 'place')) {
    const title = firstLine(body.promptChanged.text)
    return title === '' || title === session.title ? session : { ...session, title, titleFrom: 'prompt' }
  }
  return session
}

export const placeTitle = (host: string, cwd: string) => `${host} · ${basename(cwd) || cwd}`

function firstLine(text: string): string {
  const line =
    text
      .split('\n')
      .find((each) => each.trim() !== '')
      ?.trim() ?? ''
  return line.length > longestTitle ? `${line.slice(0, longestTitle - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : line
}
