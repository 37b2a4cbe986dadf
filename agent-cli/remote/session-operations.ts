// What a host asks of its server about one session. Documents only.
import { graphql, type VariablesOf } from './graphql.ts'

export const StartSession = graphql(`
  mutation StartSession($input: StartSessionInput!) {
    startSession(input: $input) {
      lastSeq
      session { events(last: 1) { edges { node { seq digest } } } }
      knownEventKinds
      policy { remoteControl version }
      limits { maxEventBytes maxBatchEvents maxBatchBytes maxChunkBytes }
    }
  }
`)
/** The event after that number as the server has it. */
export const ReadDigest = graphql(`
  query ReadDigest($sessionId: ID!, $after: String!) {
    session(id: $sessionId) { events(first: 1, after: $after) { edges { node { seq digest } } } }
  }
`)
/** What another process left open, as the server has it (E4). */
export const ReadForeign = graphql(`
  query ReadForeign($sessionId: ID!, $after: String!) {
    session(id: $sessionId) {
      events(first: 200, after: $after) {
        edges {
          node {
            __typename seq
            ... on DecisionOpened { decisionId }
            ... on DecisionSettled { decisionId }
            ... on ToolCallChanged { toolCallId callStatus: status endedWithTurn }
            ... on PromptChanged {
              promptId promptState: state text delivery modeId turnId
              origin { surface deviceId deviceName commandId }
              attachments { digest mediaType name size }
            }
          }
        }
      }
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
