// What a transcript asks of each event kind. Fields that differ in type from kind to kind carry the kind's name as an alias.
import { graphql, type ResultOf } from '../../graphql/graphql.ts'

const BodyRefFields = graphql(`
  fragment TranscriptBodyRef on BodyRef @_unmask { digest mediaType size }
`)

const OriginFields = graphql(`
  fragment TranscriptOrigin on Origin @_unmask { surface deviceId deviceName commandId }
`)

const BlockFields = graphql(
  `
  fragment TranscriptBlock on ContentBlock @_unmask {
    type text title name uri mediaType
    body { ...TranscriptBodyRef }
    textBody { ...TranscriptBodyRef }
  }
`,
  [BodyRefFields],
)

const SpeechFields = graphql(
  `
  fragment SpeechEvents on Event @_unmask {
    ... on UserText { messageId text }
    ... on AgentText { messageId text textBody { ...TranscriptBodyRef } }
    ... on AgentThought { messageId text textBody { ...TranscriptBodyRef } }
    ... on ContentShown { messageId role block { ...TranscriptBlock } }
    ... on PromptChanged {
      promptId text delivery modeId state promptReason: reason promptTurnId: turnId
      attachments { digest mediaType name size }
      origin { ...TranscriptOrigin }
    }
  }
`,
  [BodyRefFields, BlockFields, OriginFields],
)

const ToolFields = graphql(
  `
  fragment ToolEvents on Event @_unmask {
    ... on ToolCallChanged {
      toolCallId endedWithTurn
      toolKind: kind toolName: name toolStatus: status toolTitle: title
      rawInput rawInputBody { ...TranscriptBodyRef }
      rawOutput rawOutputBody { ...TranscriptBodyRef }
      locations { path line }
      content {
        type path terminalId json newText oldText
        block { ...TranscriptBlock }
        newTextBody { ...TranscriptBodyRef }
        oldTextBody { ...TranscriptBodyRef }
      }
    }
  }
`,
  [BodyRefFields, BlockFields],
)

const DecisionFields = graphql(
  `
  fragment DecisionEvents on Event @_unmask {
    ... on DecisionOpened { decisionId decisionKind: kind decisionTitle: title decisionToolCallId: toolCallId
      decisionOptions: options { id kind }
    }
    ... on DecisionSettled {
      decisionId outcome optionId optionName answer settledReason: reason
      origin { ...TranscriptOrigin }
    }
  }
`,
  [OriginFields],
)

const TurnFields = graphql(
  `
  fragment TurnEvents on Event @_unmask {
    ... on TurnStarted { turnId turnPromptId: promptId }
    ... on TurnEnded {
      turnId turnPromptId: promptId stopReason errorCode errorMessage heldPrompts strayProcessesEnded
    }
    ... on PlanChanged { entries { content priority status } }
    ... on ModeChanged {
      effective { id name canonical description }
      requested { id name canonical description }
      origin { ...TranscriptOrigin }
    }
    ... on UsageChanged { used size costAmount costCurrency }
  }
`,
  [OriginFields],
)

const MarginFields = graphql(`
  fragment MarginEvents on Event @_unmask {
    ... on SessionConfigured { agent { id name version } }
    ... on SlashCommandsChanged { commands { name } }
    ... on TitleChanged { newTitle: title }
    ... on CompactionChanged { compactionId compactionStatus: status compactionError: error summary }
    ... on NoticeShown { noticeTitle: title severity noticeDescription: description }
    ... on HistoryWithheld { count since until }
    ... on Tombstone { replacedKind tombstoneReason: reason }
    ... on UnknownEvent { unknownKind: kind json }
    ... on AgentExited { exitCode signal exitDetail: detail }
  }
`)

/** Everything the fold reads of one event. */
export const EventFields = graphql(
  `
  fragment TranscriptEvent on Event @_unmask {
    __typename id seq epoch at
    ...SpeechEvents
    ...ToolEvents
    ...DecisionEvents
    ...TurnEvents
    ...MarginEvents
  }
`,
  [SpeechFields, ToolFields, DecisionFields, TurnFields, MarginFields],
)

export type TranscriptEvent = ResultOf<typeof EventFields>
/** One kind of event, by its GraphQL type name. */
export type EventOf<Kind extends TranscriptEvent['__typename']> = Extract<TranscriptEvent, { __typename: Kind }>
export type BodyRef = ResultOf<typeof BodyRefFields>
export type Origin = ResultOf<typeof OriginFields>
export type Block = ResultOf<typeof BlockFields>
