/** The subscriptions that are shared (L7), whichever way they are asked. Knows no transport. */
import type { GraphQLError, GraphQLSchema } from 'graphql'
import { createWrite } from './asked-feed.ts'
import type { Parts } from './context.ts'
import { createEventFeeds } from './event-feeds.ts'
import type { Follow } from './follow.ts'
import { createListFeeds, type ListOf } from './list-feeds.ts'
import { commandsList } from './live-events.ts'
import { decisionsList, sessionsList } from './live-lists.ts'

export type Feeds = {
  /** Root fields that can be followed here. */
  has(name: string): boolean
  follow: Follow
  close(): Promise<void>
}

export type FeedsOptions = {
  schema: GraphQLSchema
  parts: Parts
  /** What people see of an error. */
  mask: (error: unknown) => GraphQLError
  log: (error: unknown) => void
}

const LISTS: Readonly<Record<string, ListOf>> = {
  sessionsChanged: (context) => sessionsList(context),
  decisionsChanged: (context) => decisionsList(context),
  commandsChanged: (context, { sessionId }) => commandsList(context, String(sessionId)),
}

export function createFeeds({ schema, parts, mask, log }: FeedsOptions): Feeds {
  const write = createWrite(schema, mask)
  const events = createEventFeeds({ parts, write, log })
  const lists = createListFeeds({ parts, write, lists: LISTS })
  return {
    has: (name) => name === 'eventsAppended' || Object.hasOwn(LISTS, name),
    follow: (context, asked, taker) =>
      (asked.subscription.name === 'eventsAppended' ? events : lists).follow(context, asked, taker),
    close: () => events.close(),
  }
}
