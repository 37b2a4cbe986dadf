// What a host asks of its server about one session. Documents only.
import { graphql, type VariablesOf } from './graphql.ts'

export const StartSession = graphql(`
  mutation StartSession($input: StartSessionInput!) {
    startSession(input: $input) {
      lastSeq
      knownEventKinds
      policy { remoteControl version }
      limits { maxEventBytes maxBatchEvents maxBatchBytes maxChunkBytes }
    }
  }
`)
export const PushEvents = graphql(`
  mutation PushEvents($sessionId: ID!, $epoch: Int!, $attachmentId: ID!, $events: [EventInput!]!) {
    pushEvents(sessionId: $sessionId, epoch: $epoch, attachmentId: $attachmentId, events: $events) { lastSeq }
  }
`)
export const PutBody = graphql(`
  mutation PutBody($input: PutBodyInput!) { putBody(input: $input) { complete receivedBytes } }
`)
export const EndSession = graphql(`
  mutation EndSession($input: EndSessionInput!) { endSession(input: $input) { id } }
`)
/** An attachment a device sent with a prompt: put on the server before the prompt, fetched before it runs (E6). */
export const ReadBody = graphql(`
  query ReadBody($sessionId: ID!, $digest: Digest!, $offset: Int!) {
    session(id: $sessionId) { body(digest: $digest) { size mediaType chunk(offset: $offset) } }
  }
`)

export type SessionStart = VariablesOf<typeof StartSession>['input']
export type EventInput = VariablesOf<typeof PushEvents>['events'][number]
export type EventBodyInput = EventInput['body']
